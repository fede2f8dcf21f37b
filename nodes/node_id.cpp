#include "nodes/node_id.hpp"

#include <filesystem>
#include <fstream>
#include <random>
#include <regex>
#include <sstream>
#include <string_view>
#include <system_error>

namespace riq {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t id_digits = 16;

std::string fresh_id() {
  std::random_device random;
  std::ostringstream out;
  for (std::size_t i = 0; i < id_digits; ++i) out << digits[random() % digits.size()];
  return out.str();
}

} // namespace

result<std::string> node_id(const settings& s) {
  const auto path = std::filesystem::path{s.node.data_dir} / "node.id";
  std::string id;
  std::ifstream{path} >> id;
  if (std::regex_match(id, std::regex{"[0-9a-f]{16}"})) return id;
  // Written beside its place and moved, so that a crash leaves a whole one or none.
  id = fresh_id();
  auto fresh = path;
  fresh += ".new";
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << id << '\n';
    out.flush();
    if (!out) return error{ec::storage, "node.data_dir", "cannot write " + fresh.string()};
  }
  std::error_code failed;
  std::filesystem::rename(fresh, path, failed);
  if (failed) return error{ec::storage, "node.data_dir", "cannot write " + path.string()};
  return id;
}

} // namespace riq
