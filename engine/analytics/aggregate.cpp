#include "engine/analytics/aggregate.hpp"

#include <algorithm>

#include "engine/analytics/bounds.hpp"
#include "engine/analytics/merge.hpp"
#include "engine/analytics/tables.hpp"

namespace riq::engine::analytics {
namespace {

std::int64_t floor_to(std::int64_t time, std::int64_t length) {
  return time - ((time % length) + length) % length;
}

void keep_bounds(analytics_bucket& b, std::int64_t length) {
  make_room(b.products, bounds::products(length));
  make_room(b.searches, bounds::searches(length));
  fold_others(b.categories, bounds::groups);
  fold_others(b.brands, bounds::groups);
  fold_others(b.countries, bounds::countries);
  fold_others(b.paths, bounds::paths);
  fold_others(b.arms, bounds::arms);
}

} // namespace

void aggregate::touch(place p) {
  changed_.insert(p);
}

/// The bucket in which this time is counted, made when there is none; null when it is too old.
analytics_bucket* aggregate::bucket_at(std::int64_t time) {
  const auto holds = [time](const found& f) { return time >= f.begin && time < f.end; };
  if (holds(last_)) return last_.bucket;
  if (time < days_from_) return nullptr;
  auto& slot = recent_[static_cast<std::size_t>(time / minute_ms) % recent_.size()];
  if (!holds(slot)) {
    auto [where, how, length] = time >= minutes_from_
                                  ? std::tuple{&minutes_, level::minute, minute_ms}
                                : time >= hours_from_ ? std::tuple{&hours_, level::hour, hour_ms}
                                                      : std::tuple{&days_, level::day, day_ms};
    const auto begin = floor_to(time, length);
    slot = {begin, begin + length, &(*where)[begin]};
    touch({how, begin});
  }
  last_ = slot;
  return last_.bucket;
}

/// Buckets go away, or have to be marked again.
void aggregate::forget_recent() {
  recent_.fill({});
  last_ = {};
}

void aggregate::coarsen(buckets& fine, level fine_level, std::int64_t before, buckets& coarse,
                        level coarse_level, std::int64_t length) {
  std::set<std::int64_t> grown;
  while (!fine.empty() && fine.begin()->first < before) {
    const auto begin = floor_to(fine.begin()->first, length);
    merge(coarse[begin], fine.begin()->second);
    grown.insert(begin);
    touch({fine_level, fine.begin()->first});
    fine.erase(fine.begin());
  }
  for (const auto begin : grown) {
    keep_bounds(coarse[begin], length);
    touch({coarse_level, begin});
  }
}

/// Time goes on: what is too old for its granularity moves to the next.
void aggregate::saw(std::int64_t time) {
  if (time <= newest_) return;
  newest_ = time;
  const auto minutes_from = floor_to(time - minutes_kept_ms, hour_ms);
  if (minutes_from == minutes_from_) return;
  forget_recent();
  minutes_from_ = minutes_from;
  hours_from_ = floor_to(time - hours_kept_ms, day_ms);
  days_from_ = floor_to(time - days_kept_ms, day_ms);
  coarsen(minutes_, level::minute, minutes_from_, hours_, level::hour, hour_ms);
  coarsen(hours_, level::hour, hours_from_, days_, level::day, day_ms);
  while (!days_.empty() && days_.begin()->first < days_from_) {
    touch({level::day, days_.begin()->first});
    days_.erase(days_.begin());
  }
}

analytics_slice aggregate::answer(const ask_analytics& q) const {
  analytics_slice out;
  out.as_of = newest_;
  out.too_old = too_old_;
  const auto buckets_too =
    q.parts & ~(bit_of(analytics_part::levels) | bit_of(analytics_part::cohorts));
  std::map<std::int64_t, analytics_bucket> bins;
  const auto take = [&](const buckets& from) {
    for (auto it = from.lower_bound(q.from); it != from.end() && it->first < q.to; ++it) {
      auto t = q.from;
      if (q.split > 0 && it->first >= q.split)
        t = q.step > 0 ? it->first : q.split;
      else if (q.step > 0)
        t = std::max(q.from, floor_to(it->first, q.step));
      merge(bins[t], it->second, buckets_too);
    }
  };
  if (buckets_too != 0) {
    take(days_);
    take(hours_);
    take(minutes_);
  }
  for (auto& [t, counts] : bins) {
    make_room(counts.products, bounds::answered_products);
    make_room(counts.searches, bounds::answered_products);
    out.points.push_back({t, std::move(counts)});
  }
  if ((q.parts & bit_of(analytics_part::levels)) != 0) {
    out.levels.open_carts = open_carts_;
    out.levels.open_value = open_value_;
    for (const auto& [day, users] : segments_) out.levels.segments.push_back({day, users});
  }
  if ((q.parts & bit_of(analytics_part::cohorts)) != 0)
    for (const auto& [week, row] : cohorts_) out.cohorts.push_back(row);
  return out;
}

} // namespace riq::engine::analytics
