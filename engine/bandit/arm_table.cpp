#include "engine/bandit/arm_table.hpp"

#include <algorithm>
#include <cmath>

#include "engine/decay.hpp"

namespace riq::engine {
namespace {

// The CUSUM's shift, in standard deviations, and its threshold: over ten thousand outcomes of a
// world that stands still it is crossed about once in ten, a click rate that falls from 12 % to
// 4 % crosses it within some 250.
constexpr double shift = 0.2;
constexpr double threshold = 10;
constexpr double outcomes_before_watching = 30;
constexpr double kept_of_the_old_world = 0.1;
constexpr double pseudo_outcomes = 20;

} // namespace

double reward_cell::fade_to(std::int64_t time) {
  if (time < at) return halved(at - time, offer_half_life_ms);
  if (at != 0 && time != at) {
    const auto factor = halved(time - at, offer_half_life_ms);
    served *= factor;
    reward *= factor;
    squares *= factor;
    told *= factor;
  }
  at = time;
  return 1;
}

reward_cell& arm_table::at(std::uint64_t arm) {
  const auto place = std::ranges::lower_bound(arms_, arm, {}, &entry::arm);
  if (place != arms_.end() && place->arm == arm) return place->cell;
  return arms_.insert(place, {arm, {}})->cell;
}

const reward_cell* arm_table::find(std::uint64_t arm) const {
  const auto place = std::ranges::lower_bound(arms_, arm, {}, &entry::arm);
  return place != arms_.end() && place->arm == arm ? &place->cell : nullptr;
}

reward_cell arm_table::as_of(std::uint64_t arm, std::int64_t now) const {
  const auto* known = find(arm);
  if (known == nullptr) return {};
  auto c = *known;
  if (now > c.at) c.fade_to(now);
  return c;
}

void arm_table::serve(std::uint64_t arm, std::int64_t time) {
  auto& c = at(arm);
  c.served += c.fade_to(time);
  all_.served += all_.fade_to(time);
}

bool arm_table::changed(reward_cell& c, double value) const {
  if (c.told < outcomes_before_watching) return false;
  const auto mean = (c.reward + pseudo_outcomes * all_.told_mean()) / (c.told + pseudo_outcomes);
  const auto second = c.squares / c.told;
  const auto deviation = std::sqrt(std::max(second - mean * mean, 1e-3 * second));
  if (deviation <= 0) return false; // every outcome was 0 so far
  const auto step = shift * (value - mean) / deviation;
  c.drop = std::max(0.0, c.drop - step - shift * shift / 2);
  c.rise = std::max(0.0, c.rise + step - shift * shift / 2);
  return c.drop > threshold || c.rise > threshold;
}

void arm_table::reward(std::uint64_t arm, double value, std::int64_t time) {
  auto& c = at(arm);
  const auto weight = c.fade_to(time);
  const auto alarm = changed(c, value);
  const auto add = [&](reward_cell& to, double w) {
    to.reward += w * value;
    to.squares += w * value * value;
    to.told += w;
  };
  add(c, weight);
  add(all_, all_.fade_to(time));
  if (!alarm) return;
  ++changes_;
  const auto forget = [](reward_cell& x) {
    x.served *= kept_of_the_old_world;
    x.reward *= kept_of_the_old_world;
    x.squares *= kept_of_the_old_world;
    x.told *= kept_of_the_old_world;
    x.drop = x.rise = 0;
  };
  for (auto& e : arms_) forget(e.cell);
  forget(all_);
}

} // namespace riq::engine
