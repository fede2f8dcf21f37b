#include "engine/triggers/registry.hpp"

#include <algorithm>

namespace riq::engine {

trigger_rule understood(trigger_rule_settings told, std::uint64_t version) {
  trigger_rule out;
  out.version = version;
  for (const auto& text : told.after)
    if (const auto ms = duration_ms(text)) out.after.push_back(*ms);
  for (const auto& text : told.conditions)
    if (auto c = parse_condition(text)) out.conditions.push_back(std::move(*c));
  const auto from = minute_of_day(told.quiet_from);
  const auto until = minute_of_day(told.quiet_until);
  if (from && until && *from != *until) {
    out.quiet = true;
    out.quiet_from = *from;
    out.quiet_until = *until;
  }
  out.told = std::move(told);
  return out;
}

trigger_registry::trigger_registry(std::vector<trigger_rule> rules, std::uint64_t epoch)
  : rules_(std::move(rules)), epoch_(epoch) {
  std::ranges::sort(rules_, {},
                    [](const trigger_rule& r) -> const std::string& { return r.told.id; });
  for (const auto& r : rules_)
    if (r.told.enabled) kinds_ |= 1U << static_cast<unsigned>(r.told.kind);
}

const trigger_rule* trigger_registry::find(std::string_view id) const {
  const auto at = std::ranges::find(
    rules_, id, [](const trigger_rule& r) -> std::string_view { return r.told.id; });
  return at == rules_.end() ? nullptr : &*at;
}

} // namespace riq::engine
