#include "config/campaign.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace riq {
namespace {

using failure = std::optional<config_error>;

constexpr double most = 1e12;               // amounts of money
constexpr double most_hours = 24.0 * 3'650; // of a code

/// `where` with the number's range when it lies outside.
failure in_range(const std::string& where, double value, double low, double high) {
  if (value >= low && value <= high) return {};
  const auto text = [](double x) {
    auto digits = std::to_string(x);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
    return digits;
  };
  return config_error{where, text(value) + " must be from " + text(low) + " to " + text(high)};
}

failure good_name(const std::string& where, const std::string& name) {
  if (name.empty()) return config_error{where, "must not be empty"};
  const bool control = std::ranges::any_of(
    name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (name.size() > bounds::name_bytes || control)
    return config_error{where, "must have at most " + std::to_string(bounds::name_bytes) +
                                 " bytes and no control characters"};
  return {};
}

failure good_validity(const std::string& at, std::int64_t from, std::int64_t until) {
  if (until == 0 || until > from) return {};
  return config_error{at + "/valid_until", "must be after valid_from, or 0 for no end"};
}

/// The first failure of checks that are only made while all before them passed.
template <class... Checks>
failure first_of(Checks&&... checks) {
  failure bad;
  (void)((bad = checks(), bad.has_value()) || ...);
  return bad;
}

failure check_policy(const std::string& at, const policy_settings& p, const campaign_settings& c) {
  if (p.kind == policy_kind::fixed &&
      std::ranges::find(c.arms, p.arm, &arm_settings::id) == c.arms.end())
    return config_error{at + "/arm", "\"" + p.arm + "\" must be the id of an arm of the campaign"};
  return first_of([&] { return in_range(at + "/epsilon", p.epsilon, 0, 1); },
                  [&] { return in_range(at + "/uniform_share", p.uniform_share, 0, 1); },
                  [&] { return in_range(at + "/floor", p.floor, 0, 1); },
                  [&] { return in_range(at + "/alpha", p.alpha, 0, 100); });
}

failure check_fields(const std::string& at, const std::vector<std::string>& names,
                     std::set<std::string>& known) {
  if (names.size() > bounds::campaign_fields)
    return config_error{at,
                        "names more than " + std::to_string(bounds::campaign_fields) + " fields"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto where = at + "/" + std::to_string(i);
    if (auto bad = good_name(where, names[i])) return bad;
    if (!known.insert(names[i]).second)
      return config_error{where, "\"" + names[i] + "\" is named twice"};
  }
  return {};
}

failure check_groups(const campaign_settings& c) {
  if (c.groups.size() > bounds::campaign_groups)
    return config_error{"/groups",
                        "has more than " + std::to_string(bounds::campaign_groups) + " groups"};
  std::set<std::string> names{"holdout", "policy"};
  auto sum = c.holdout;
  for (std::size_t i = 0; i < c.groups.size(); ++i) {
    const auto& g = c.groups[i];
    const auto at = "/groups/" + std::to_string(i);
    if (auto bad = first_of([&] { return good_name(at + "/name", g.name); },
                            [&] { return in_range(at + "/share", g.share, 0, 1); },
                            [&] { return check_policy(at + "/policy", g.policy, c); }))
      return bad;
    if (!names.insert(g.name).second)
      return config_error{at + "/name", "\"" + g.name + "\" is taken"};
    sum += g.share;
  }
  if (sum > 1 + 1e-9)
    return config_error{"/groups", "the shares of the groups and of the holdout exceed 1"};
  return {};
}

failure check_arm(const std::string& at, const arm_settings& arm) {
  return first_of([&] { return good_name(at + "/id", arm.id); },
                  [&] { return good_validity(at, arm.valid_from, arm.valid_until); },
                  [&] { return in_range(at + "/value", arm.value, 0, most); },
                  [&] { return in_range(at + "/cost", arm.cost, 0, most); },
                  [&] { return in_range(at + "/min_cart", arm.min_cart, 0, most); },
                  [&] { return in_range(at + "/code_hours", arm.code_hours, 0, most_hours); });
}

failure check_arms(const campaign_settings& c) {
  if (c.arms.empty())
    return config_error{"/arms", "campaign \"" + c.id + "\" needs at least one arm"};
  if (c.arms.size() > bounds::campaign_arms)
    return config_error{"/arms",
                        "has more than " + std::to_string(bounds::campaign_arms) + " arms"};
  std::set<std::string> ids;
  for (std::size_t i = 0; i < c.arms.size(); ++i) {
    const auto at = "/arms/" + std::to_string(i);
    if (auto bad = check_arm(at, c.arms[i])) return bad;
    if (!ids.insert(c.arms[i].id).second)
      return config_error{at + "/id", "\"" + c.arms[i].id +
                                        "\" is the id of another arm of campaign \"" + c.id + "\""};
  }
  return {};
}

} // namespace

std::optional<config_error> check_campaign(const campaign_settings& c) {
  std::set<std::string> names;
  return first_of(
    [&] { return good_name("/id", c.id); }, [&] { return check_arms(c); },
    [&] { return check_policy("/policy", c.policy, c); },
    [&] { return in_range("/margin_rate", c.margin_rate, 0, 1); },
    [&] { return in_range("/reward_window_hours", c.reward_window_hours, 1, 24.0 * 365); },
    [&] { return check_fields("/categorical", c.categorical, names); },
    [&] { return check_fields("/numeric", c.numeric, names); },
    [&] { return good_validity("", c.valid_from, c.valid_until); },
    [&] { return in_range("/budget", c.budget, 0, most); },
    [&] { return in_range("/holdout", c.holdout, 0, 1); }, [&] { return check_groups(c); });
}

} // namespace riq
