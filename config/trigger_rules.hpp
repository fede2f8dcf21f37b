#pragma once
// What a trigger rule's texts mean, and what is wrong with a rule. Used by the loader and for rules
// that come by the API.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/result.hpp"
#include "config/trigger_settings.hpp"

namespace riq {

/// `90s`, `30m`, `24h`, `30d` in milliseconds; nothing when it is none or longer than a year.
std::optional<std::int64_t> duration_ms(std::string_view text);

/// `22:30` as the minute of the day.
std::optional<std::uint32_t> minute_of_day(std::string_view text);

enum class comparison : std::uint8_t { equal, unequal, less, at_most, greater, at_least };

/// `feature op value`, the value a number or a text, in quotes or not.
struct trigger_condition {
  std::string feature;
  comparison op = comparison::equal;
  double number = 0;
  std::string text; ///< of the features that are texts
};

/// The features conditions may name, numbers and texts.
const std::vector<std::string_view>& numeric_conditions();
const std::vector<std::string_view>& text_conditions();

/// What is wrong stands in `where` as empty, `what` a sentence.
config_result<trigger_condition> parse_condition(std::string_view text);

/// The first thing that is wrong with the rule; `where` is the field, such as `after.1`.
std::optional<config_error> check_rule(const trigger_rule_settings& rule,
                                       const std::vector<webhook_settings>& targets);

/// The first thing that is wrong with the whole section; `where` is the setting's name.
std::optional<config_error> check_triggers(const trigger_settings& t);

} // namespace riq
