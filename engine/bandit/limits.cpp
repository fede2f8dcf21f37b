#include "engine/bandit/limits.hpp"

#include <algorithm>

#include "engine/day_window.hpp"

namespace riq::engine {
namespace {

constexpr std::int64_t minute_ms = 60'000;

/// What a user got of one arm, or of all arms of the campaign.
struct servings {
  std::uint32_t today = 0;
  std::int64_t last = 0;
};

servings servings_of(const user_state& user, std::span<const decision_under_way> under_way,
                     const std::string& campaign, const std::string* arm, std::int64_t now) {
  servings out;
  const auto today = day_of(now);
  for (const auto& a : user.bandit.arms) {
    if (a.campaign != campaign || (arm != nullptr && a.arm != *arm)) continue;
    if (a.day == today) out.today += a.served_today;
    out.last = std::max(out.last, a.last_served);
  }
  for (const auto& d : under_way) {
    if (d.campaign != campaign || (arm != nullptr && d.arm != *arm)) continue;
    if (day_of(d.time) == today) ++out.today;
    out.last = std::max(out.last, d.time);
  }
  return out;
}

} // namespace

bool within_limits(const user_state& user, std::span<const decision_under_way> under_way,
                   const std::string& campaign, const std::string* arm, std::uint32_t cap,
                   std::uint32_t cooldown_min, std::int64_t now) {
  if (cap == 0 && cooldown_min == 0) return true;
  const auto had = servings_of(user, under_way, campaign, arm, now);
  if (cap != 0 && had.today >= cap) return false;
  return cooldown_min == 0 || had.last == 0 || now >= had.last + cooldown_min * minute_ms;
}

} // namespace riq::engine
