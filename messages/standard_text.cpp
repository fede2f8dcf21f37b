// Texts as we write them: times, paths, names.
#include "messages/parse_json.hpp"

#include <algorithm>
#include <chrono>

namespace riq {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool space(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

void append_lower(std::string& out, std::string_view text) {
  for (const auto c : text) out += lower(c);
}

// Takes `count` digits off the front.
bool take_digits(std::string_view& text, int count, int& out) {
  if (text.size() < static_cast<std::size_t>(count)) return false;
  out = 0;
  for (int i = 0; i < count; ++i) {
    if (!digit(text[i])) return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take_one_of(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == allowed.npos) return false;
  text.remove_prefix(1);
  return true;
}

// `.123…`: kept to the millisecond.
bool take_fraction(std::string_view& text, int& ms) {
  ms = 0;
  if (text.empty() || text.front() != '.') return true;
  text.remove_prefix(1);
  int digits = 0;
  for (; !text.empty() && digit(text.front()); text.remove_prefix(1), ++digits)
    if (digits < 3) ms = ms * 10 + (text.front() - '0');
  for (auto i = digits; i < 3; ++i) ms *= 10;
  return digits > 0;
}

bool take_offset(std::string_view& text, int& minutes) {
  minutes = 0;
  if (take_one_of(text, "Zz")) return true;
  if (text.empty()) return false;
  const auto sign = text.front() == '-' ? -1 : 1;
  int h = 0;
  int m = 0;
  if (!take_one_of(text, "+-") || !take_digits(text, 2, h) || !take_one_of(text, ":") ||
      !take_digits(text, 2, m) || h > 23 || m > 59)
    return false;
  minutes = sign * (h * 60 + m);
  return true;
}

} // namespace

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool good_id(std::string_view text, std::size_t max) {
  return !text.empty() && text.size() <= max && !has_control(text) &&
         simdjson::validate_utf8(text.data(), text.size());
}

bool read_rfc3339(std::string_view text, std::int64_t& out) {
  using namespace std::chrono;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0, offset = 0;
  if (!take_digits(text, 4, y) || !take_one_of(text, "-") || !take_digits(text, 2, mo) ||
      !take_one_of(text, "-") || !take_digits(text, 2, d) || !take_one_of(text, "Tt ") ||
      !take_digits(text, 2, h) || !take_one_of(text, ":") || !take_digits(text, 2, mi) ||
      !take_one_of(text, ":") || !take_digits(text, 2, s) || !take_fraction(text, ms) ||
      !take_offset(text, offset) || !text.empty())
    return false;
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                            day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return false; // 60: a leap second
  const auto days = sys_days{date}.time_since_epoch().count();
  const auto minutes = (static_cast<std::int64_t>(days) * 24 + h) * 60 + mi - offset;
  out = (minutes * 60 + s) * 1000 + ms;
  return true;
}

std::string standard_category(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("./>"), text.size());
    if (const auto part = trimmed(text.substr(0, end)); !part.empty()) {
      if (!out.empty()) out += '.';
      append_lower(out, part);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string standard_name(std::string_view text) {
  std::string out;
  append_lower(out, trimmed(text));
  return out;
}

} // namespace riq
