#include "messages/position.hpp"

#include <charconv>

namespace riq {
namespace {

constexpr std::string_view letters = "aofi"; // by riq::source

template <class T>
bool read_number(std::string_view& text, T& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || out < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

} // namespace

std::string to_token(const std::vector<position>& positions) {
  std::string out;
  for (const auto& p : positions) {
    if (!out.empty()) out += '.';
    out += letters[static_cast<std::size_t>(p.from)];
    out += std::to_string(p.partition);
    out += '-';
    out += std::to_string(p.offset);
  }
  return out;
}

result<std::vector<position>> parse_token(std::string_view text) {
  const error bad{ec::invalid, "after", "use the `position` that a POST returned, such as a3-1287"};
  std::vector<position> out;
  while (!text.empty()) {
    position p;
    const auto letter = letters.find(text.front());
    if (letter == letters.npos || out.size() == 64) return bad;
    p.from = static_cast<source>(letter);
    text.remove_prefix(1);
    if (!read_number(text, p.partition) || text.empty() || text.front() != '-') return bad;
    text.remove_prefix(1);
    if (!read_number(text, p.offset)) return bad;
    out.push_back(p);
    if (!text.empty()) {
      if (text.front() != '.' || text.size() == 1) return bad;
      text.remove_prefix(1);
    }
  }
  return out;
}

} // namespace riq
