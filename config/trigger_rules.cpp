#include "config/trigger_rules.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace riq {
namespace {

using failure = std::optional<config_error>;

constexpr std::int64_t year_ms = 366LL * 86'400'000;
constexpr std::size_t max_steps = 8;
constexpr std::size_t max_conditions = 16;
constexpr std::size_t max_id = 64;

bool good_name(std::string_view text) {
  return !text.empty() && text.size() <= max_id &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool contains(const std::vector<std::string_view>& list, std::string_view x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

bool has_steps(trigger_kind kind) {
  return kind == trigger_kind::cart_abandoned || kind == trigger_kind::browse_abandoned ||
         kind == trigger_kind::win_back;
}

failure check_steps(const trigger_rule_settings& r) {
  if (!has_steps(r.kind)) {
    if (r.after.empty()) return {};
    return config_error{"after", std::string{name_of(r.kind)} + " fires at once: leave it out"};
  }
  if (r.after.empty()) return config_error{"after", "name at least one duration, such as 30m"};
  if (r.after.size() > max_steps)
    return config_error{"after", "may have at most " + std::to_string(max_steps) + " steps"};
  std::int64_t before = 0;
  for (std::size_t i = 0; i < r.after.size(); ++i) {
    const auto ms = duration_ms(r.after[i]);
    const auto at = "after." + std::to_string(i);
    if (!ms || *ms == 0)
      return config_error{at, "\"" + r.after[i] + "\" is no duration such as 90s, 30m, 24h or 30d"};
    if (*ms <= before) return config_error{at, "must be longer than the step before"};
    before = *ms;
  }
  return {};
}

failure check_url(const webhook_settings& w) {
  const std::string_view url = w.url;
  const auto secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://"))
    return config_error{"url", "must start with http:// or https://"};
  const auto rest = url.substr(secure ? 8 : 7);
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.empty() || authority.front() == ':') return config_error{"url", "names no host"};
  const auto bad = [](unsigned char c) { return c <= 0x20 || c >= 0x7f; };
  if (std::any_of(url.begin(), url.end(), bad) ||
      url.find_first_of("#\\") != std::string_view::npos ||
      authority.find('@') != std::string_view::npos)
    return config_error{"url", "must be plain ASCII without blanks, user name and fragment"};
  return {};
}

template <class T>
failure between(const char* name, T value, T low, T high) {
  if (value >= low && value <= high) return {};
  return config_error{name, "must be from " + std::to_string(low) + " to " + std::to_string(high)};
}

failure check_target(const webhook_settings& w) {
  if (!good_name(w.name))
    return config_error{"name", "must be 1 to 64 letters, digits, dots, dashes and underscores"};
  if (auto bad = check_url(w)) return bad;
  if (w.secret.size() < 16) return config_error{"secret", "must have at least 16 characters"};
  for (const auto& bad :
       {between("timeout_ms", w.timeout_ms, 10u, 600'000u),
        between("in_flight", w.in_flight, 1u, 256u),
        between("max_attempts", w.max_attempts, 1u, 100u),
        between("first_backoff_ms", w.first_backoff_ms, 1u, 3'600'000u),
        between("max_backoff_ms", w.max_backoff_ms, w.first_backoff_ms, 86'400'000u),
        between("give_up_after_min", w.give_up_after_min, 1u, 43'200u),
        between("breaker_failures", w.breaker_failures, 1u, 1'000'000u),
        between("breaker_open_ms", w.breaker_open_ms, 1u, 86'400'000u)})
    if (bad) return bad;
  return {};
}

failure below(const std::string& path, failure bad) {
  if (bad) bad->where = path + "." + bad->where;
  return bad;
}

} // namespace

std::vector<trigger_rule_settings> trigger_settings::default_rules() {
  trigger_rule_settings cart;
  cart.id = "cart-reminder";
  cart.after = {"30m", "24h", "72h"};
  cart.quiet_from = "22:00";
  cart.quiet_until = "08:00";
  cart.campaign = "default";
  trigger_rule_settings drop;
  drop.id = "price-drop";
  drop.kind = trigger_kind::price_drop;
  drop.quiet_from = "22:00";
  drop.quiet_until = "08:00";
  trigger_rule_settings stock = drop;
  stock.id = "back-in-stock";
  stock.kind = trigger_kind::back_in_stock;
  trigger_rule_settings lapsed;
  lapsed.id = "win-back";
  lapsed.kind = trigger_kind::win_back;
  lapsed.after = {"30d"};
  lapsed.conditions = {"orders >= 1"};
  lapsed.quiet_from = "22:00";
  lapsed.quiet_until = "08:00";
  lapsed.late_min = 1'440;
  lapsed.campaign = "default";
  return {cart, drop, stock, lapsed};
}

std::optional<std::int64_t> duration_ms(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (failed != std::errc{} || end + 1 != text.data() + text.size() || n < 0 || n > year_ms)
    return {};
  const auto unit = *end == 's'   ? 1'000
                    : *end == 'm' ? 60'000
                    : *end == 'h' ? 3'600'000
                    : *end == 'd' ? 86'400'000
                                  : 0;
  if (unit == 0 || n > year_ms / unit) return {};
  return n * unit;
}

std::optional<std::uint32_t> minute_of_day(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return {};
  const auto number = [&](std::size_t i) {
    return static_cast<std::uint32_t>((text[i] - '0') * 10 + (text[i + 1] - '0'));
  };
  if (number(0) > 23 || number(3) > 59) return {};
  return number(0) * 60 + number(3);
}

const std::vector<std::string_view>& numeric_conditions() {
  static const std::vector<std::string_view> names{
    "views_7d",   "purchases_30d", "avg_session_sec", "price_sensitivity", "cart_value",
    "cart_items", "sessions",      "session_views",   "session_sec",       "orders",
    "spend_30d",  "abandonments",  "days_since_first"};
  return names;
}

const std::vector<std::string_view>& text_conditions() {
  static const std::vector<std::string_view> names{"segment", "country", "fav_category"};
  return names;
}

config_result<trigger_condition> parse_condition(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return config_error{"", "\"" + std::string{text} + "\": " + why};
  };
  const auto at = text.find_first_of("=!<>");
  if (at == std::string_view::npos || at + 1 >= text.size())
    return wrong("write FEATURE, one of == != < <= > >=, and a value");
  trigger_condition c;
  c.feature = trimmed(text.substr(0, at));
  const bool two = text[at + 1] == '=';
  switch (text[at]) {
  case '<':
    c.op = two ? comparison::at_most : comparison::less;
    break;
  case '>':
    c.op = two ? comparison::at_least : comparison::greater;
    break;
  default:
    if (!two) return wrong("compare with == or !=");
    c.op = text[at] == '=' ? comparison::equal : comparison::unequal;
  }
  auto value = trimmed(text.substr(at + (two ? 2 : 1)));
  if (value.empty()) return wrong("has no value to compare with");
  if (contains(numeric_conditions(), c.feature)) {
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), c.number);
    if (failed != std::errc{} || end != value.data() + value.size() || !(c.number == c.number))
      return wrong(c.feature + " is compared with a number");
    return c;
  }
  if (!contains(text_conditions(), c.feature)) {
    std::string known;
    for (const auto* list : {&numeric_conditions(), &text_conditions()})
      for (const auto name : *list) (known += known.empty() ? "" : ", ") += name;
    return wrong("there is no feature " + c.feature + "; there are " + known);
  }
  if (c.op != comparison::equal && c.op != comparison::unequal)
    return wrong(c.feature + " is compared with == or !=");
  if (value.size() >= 2 && value.front() == value.back() &&
      (value.front() == '"' || value.front() == '\''))
    value = value.substr(1, value.size() - 2);
  c.text = value;
  return c;
}

failure check_rule(const trigger_rule_settings& r, const std::vector<webhook_settings>& targets) {
  if (!good_name(r.id))
    return config_error{"id", "must be 1 to 64 letters, digits, dots, dashes and underscores"};
  if (auto bad = check_steps(r)) return bad;
  if (r.conditions.size() > max_conditions)
    return config_error{"conditions", "may have at most " + std::to_string(max_conditions)};
  for (std::size_t i = 0; i < r.conditions.size(); ++i)
    if (auto parsed = parse_condition(r.conditions[i]); !parsed)
      return config_error{"conditions." + std::to_string(i), parsed.error().what};
  if (r.quiet_from.empty() != r.quiet_until.empty())
    return config_error{"quiet_until", "quiet_from and quiet_until are given together"};
  if (!r.quiet_from.empty() && !minute_of_day(r.quiet_from))
    return config_error{"quiet_from", "must be a time of day such as 22:00"};
  if (!r.quiet_until.empty() && !minute_of_day(r.quiet_until))
    return config_error{"quiet_until", "must be a time of day such as 08:00"};
  if (r.late_min < 1 || r.late_min > 43'200)
    return config_error{"late_min", "must be from 1 to 43200"};
  if (r.cooldown_hours > 24 * 366)
    return config_error{"cooldown_hours", "must be from 0 to " + std::to_string(24 * 366)};
  if (!(r.min_drop_percent >= 0) || r.min_drop_percent >= 100)
    return config_error{"min_drop_percent", "must be from 0 to below 100"};
  if (r.items > 50) return config_error{"items", "must be from 0 to 50"};
  if (r.campaign.size() > 128) return config_error{"campaign", "may have at most 128 bytes"};
  for (std::size_t i = 0; i < r.targets.size(); ++i)
    if (std::none_of(targets.begin(), targets.end(),
                     [&](const auto& t) { return t.name == r.targets[i]; }))
      return config_error{"targets." + std::to_string(i),
                          "\"" + r.targets[i] + "\" is no configured target (triggers.targets)"};
  return {};
}

failure check_triggers(const trigger_settings& t) {
  if (t.consent != "opt_out" && t.consent != "opt_in")
    return config_error{"triggers.consent", "\"" + t.consent + "\" must be one of opt_out, opt_in"};
  if (auto bad = below("triggers", between("attribution_hours", t.attribution_hours, 1u, 8'784u)))
    return bad;
  if (auto bad = below("triggers", between("spread_sec", t.spread_sec, 0u, 86'400u))) return bad;
  if (auto bad = below("triggers", between("kept", t.kept, 1u, 10'000'000u))) return bad;
  if (auto bad =
        below("triggers", between("interest_per_item", t.interest_per_item, 1u, 1'000'000u)))
    return bad;
  std::set<std::string> names;
  for (std::size_t i = 0; i < t.targets.size(); ++i) {
    const auto at = "triggers.targets." + std::to_string(i);
    if (auto bad = below(at, check_target(t.targets[i]))) return bad;
    if (!names.insert(t.targets[i].name).second)
      return config_error{at + ".name", "is the name of another target"};
  }
  names.clear();
  for (std::size_t i = 0; i < t.rules.size(); ++i) {
    const auto at = "triggers.rules." + std::to_string(i);
    if (auto bad = below(at, check_rule(t.rules[i], t.targets))) return bad;
    if (!names.insert(t.rules[i].id).second)
      return config_error{at + ".id", "is the id of another rule"};
  }
  return {};
}

} // namespace riq
