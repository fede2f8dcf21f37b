#include "nodes/secrets.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <openssl/rand.h>

namespace riq {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t secret_bytes = 32;

std::string unwritable(const fs::path& path) {
  std::string out = "cannot write ";
  out += path.string();
  return out;
}

error write_secret(const fs::path& path) {
  std::array<unsigned char, secret_bytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return {ec::internal, "auth.token_secret", "the system gave no random bytes"};
  // Written beside its place and moved, so that a crash leaves a whole secret or none.
  auto fresh = path;
  fresh += ".new";
  std::error_code failed;
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, failed);
    out.write(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    out.flush();
    if (!out) return {ec::storage, "node.data_dir", unwritable(fresh)};
  }
  fs::rename(fresh, path, failed);
  if (failed) return {ec::storage, "node.data_dir", unwritable(path)};
  return {};
}

} // namespace

result<std::string> token_secret(const settings& s) {
  if (!s.auth.token_secret.empty()) return s.auth.token_secret;
  const auto path = fs::path{s.node.data_dir} / "token.secret";
  if (!fs::exists(path))
    if (auto failed = write_secret(path)) return failed;
  std::error_code unreadable;
  if (fs::file_size(path, unreadable) < secret_bytes || unreadable)
    return error{
      ec::corrupt, "node.data_dir",
      "token.secret in the data directory is damaged, so decisions signed with it cannot "
      "be verified any more; delete it to make a new one"};
  std::ifstream in(path, std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

} // namespace riq
