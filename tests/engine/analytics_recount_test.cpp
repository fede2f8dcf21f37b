// The aggregate against a recount of all applied events from scratch, over random shoppers whose
// events come late, twice and out of order, and with the partition moving in between.
#include <set>

#include <gtest/gtest.h>

#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/merge.hpp"
#include "engine/features.hpp"
#include "messages/msgpack.hpp"
#include "tests/engine/analytics_support.hpp"

namespace riq::testing {
namespace {

using namespace engine::analytics;

constexpr std::int64_t horizon = 1'000 * day; // all there is

/// Counts as the definitions say, knowing everything.
struct recount {
  std::map<std::int64_t, std::array<std::int64_t, counted_kinds>> events; ///< by minute
  std::map<std::string, std::map<std::string, std::string>> orders;       ///< user, order: status
  std::int64_t completed = 0, units = 0, cancellations = 0;
  micros revenue = 0;
  std::map<std::string, std::int64_t> product_views;
  std::map<std::string, std::int64_t> searches;
  std::map<std::string, std::int64_t> first_week;
  std::map<std::string, std::set<std::int64_t>> weeks;
  std::map<std::string, std::int64_t> served; ///< by arm
  std::set<std::string> known;                ///< users of whom something is held

  void take(const event& e) {
    // An outcome makes nobody known.
    if (std::holds_alternative<offer_rewarded>(e.what) && !known.contains(e.user_id)) return;
    known.insert(e.user_id);
    auto& minute_of = events[e.time / minute * minute];
    if (const auto* a = std::get_if<activity>(&e.what)) {
      ++minute_of[static_cast<std::size_t>(a->type)];
      product_views[a->product_id] += a->type == activity_type::view;
      if (a->type == activity_type::search) ++searches[a->query];
      present(e);
    } else if (const auto* o = std::get_if<order>(&e.what)) {
      take_order(e, *o, minute_of);
    } else if (const auto* s = std::get_if<offer_served>(&e.what)) {
      ++minute_of[static_cast<std::size_t>(event_kind::offer_served)];
      ++served[s->arm];
    } else {
      ++minute_of[static_cast<std::size_t>(event_kind::offer_rewarded)];
    }
  }

  void take_order(const event& e, const order& o, std::array<std::int64_t, counted_kinds>& to) {
    auto& status = orders[e.user_id][o.order_id];
    if (o.status == order_status::cancelled) {
      ++to[static_cast<std::size_t>(event_kind::cancel)];
      if (status == "completed") ++cancellations, status = "both";
      if (status.empty()) status = "cancelled";
      if (status == "started") status = "cancelled";
      return;
    }
    present(e);
    if (o.status == order_status::checkout) {
      ++to[static_cast<std::size_t>(event_kind::checkout)];
      if (status.empty()) status = "started";
      return;
    }
    ++to[static_cast<std::size_t>(event_kind::order)];
    if (status == "completed" || status == "both") return;
    if (status == "cancelled") ++cancellations;
    status = status == "cancelled" ? "both" : "completed";
    ++completed;
    revenue += to_micros(o.total);
    for (const auto& line : o.items) units += line.quantity;
  }

  void present(const event& e) {
    const auto week = (e.time / day + 3) / 7;
    const auto first = first_week.try_emplace(e.user_id, week).first->second;
    weeks[e.user_id].insert(std::max(week, first) - first);
  }
};

void compare(const miniature& m, const recount& r) {
  const auto all = m.sum(t0 - horizon, t0 + horizon);
  std::array<std::int64_t, counted_kinds> kinds{};
  for (const auto& [minute_begin, counts] : r.events)
    for (std::size_t i = 0; i < counts.size(); ++i) kinds[i] += counts[i];
  for (const auto& [user, state] : m.users)
    kinds[static_cast<std::size_t>(event_kind::cart_abandoned)] += state.basket.abandonments;
  EXPECT_EQ(all.events, kinds);
  EXPECT_EQ(all.orders, r.completed);
  EXPECT_EQ(all.revenue, r.revenue);
  EXPECT_EQ(all.units, r.units);
  EXPECT_EQ(all.cancellations, r.cancellations);
  for (const auto& row : all.products.rows)
    EXPECT_EQ(row.counts.views, r.product_views.at(row.name)) << row.name;
  for (const auto& row : all.searches.rows)
    EXPECT_EQ(row.counts.searches, r.searches.at(row.name)) << row.name;
  std::map<std::string, std::int64_t> served;
  for (const auto& row : all.arms.rows)
    served[row.name.substr(row.name.find('\x1f') + 1)] = row.counts.served;
  for (const auto& [arm, n] : r.served) EXPECT_EQ(served[arm], n) << arm;
  EXPECT_NEAR(estimate(all.users), static_cast<double>(r.first_week.size()), 0.2);

  const auto slice = m.numbers.answer(
    {0, 1, 0, 0, bit_of(analytics_part::cohorts) | bit_of(analytics_part::levels)});
  std::map<std::int64_t, std::int64_t> sizes;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> cells;
  for (const auto& [user, week] : r.first_week) {
    ++sizes[week];
    for (const auto later : r.weeks.at(user)) ++cells[{week, later}];
  }
  ASSERT_EQ(slice.cohorts.size(), sizes.size());
  for (const auto& row : slice.cohorts) {
    EXPECT_EQ(row.users, sizes.at(row.week));
    for (std::size_t later = 0; later < cohort_weeks; ++later) {
      const auto cell = cells.find({row.week, static_cast<std::int64_t>(later)});
      EXPECT_EQ(row.active[later], cell == cells.end() ? 0 : cell->second) << row.week << later;
    }
  }
  std::array<std::int64_t, 4> segments{}, from_states{};
  for (const auto& row : slice.levels.segments)
    for (std::size_t i = 0; i < 4; ++i) segments[i] += row.users[i];
  std::int64_t open = 0;
  double value = 0;
  for (const auto& [user, state] : m.users) {
    if (state.last_active == 0) continue;
    ++from_states[static_cast<std::size_t>(
      engine::segment_of(state, state.last_active, m.settings))];
    if (state.counted.cart == cart_status::open) ++open, value += engine::cart_value(state);
  }
  EXPECT_EQ(segments, from_states);
  EXPECT_EQ(slice.levels.open_carts, open);
  EXPECT_NEAR(from_micros(slice.levels.open_value), value, 1e-4);
  EXPECT_EQ(all.carts[static_cast<std::size_t>(cart_status::open)], open);
  for (const auto n : all.carts) EXPECT_GE(n, 0);
}

/// A partition that goes to another owner, which reads what was stored.
aggregate moved(const std::map<std::string, std::string>& entries) {
  aggregate out;
  for (const auto& [key, value] : entries) EXPECT_FALSE(out.restore(key, value));
  out.restored();
  return out;
}

void store(aggregate& from, std::map<std::string, std::string>& to, std::int64_t position) {
  for (auto& [key, value] : from.take_changes(position)) {
    if (value)
      to[key] = *value;
    else
      to.erase(key);
  }
  from.stored();
}

TEST(analytics_recount, equals_a_recount_whatever_the_order_and_the_owner) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    random_shop shop{seed};
    miniature m;
    recount r;
    std::map<std::string, std::string> stored;
    for (int i = 0; i < 700; ++i) {
      const auto e = shop.next();
      if (m.apply(e) == engine::applied::yes) r.take(e);
      const auto chance = shop.below(40);
      if (chance == 0 && m.numbers.changed()) {
        (void)m.numbers.take_changes(m.next_offset); // a commit that fails
        m.numbers.not_stored();
      } else if (chance < 4) {
        store(m.numbers, stored, m.next_offset);
        m.numbers = moved(stored);
        EXPECT_EQ(m.numbers.stored_position(), m.next_offset);
      }
    }
    EXPECT_EQ(m.numbers.answer({0, 1, 0, 0, 0}).too_old, 0);
    compare(m, r);
    if (HasFailure()) return;
  }
}

TEST(analytics_recount, what_is_below_the_stored_position_is_skipped_on_replay) {
  random_shop shop{5};
  std::vector<event> log;
  for (int i = 0; i < 300; ++i) log.push_back(shop.next());
  miniature once;
  for (const auto& e : log) once.apply(e);

  miniature first;
  for (int i = 0; i < 200; ++i) first.apply(log[static_cast<std::size_t>(i)]);
  std::map<std::string, std::string> stored;
  store(first.numbers, stored, 200);
  // The next owner reads everything again, into users that know nothing.
  miniature second;
  second.numbers = moved(stored);
  for (const auto& e : log) second.apply(e);
  const auto from = t0 - horizon, to = t0 + horizon;
  EXPECT_EQ(second.sum(from, to).events, once.sum(from, to).events);
  EXPECT_EQ(second.sum(from, to).revenue, once.sum(from, to).revenue);
  EXPECT_EQ(second.sum(from, to).carts, once.sum(from, to).carts);
}

TEST(analytics_recount, partitions_add_up_to_the_whole) {
  random_shop shop{11};
  miniature whole, left, right;
  for (int i = 0; i < 600; ++i) {
    const auto e = shop.next();
    whole.apply(e);
    (e.user_id.back() % 2 == 0 ? left : right).apply(e);
  }
  const ask_analytics q{t0 - day, t0 + horizon, day, 0, all_parts};
  auto a = left.numbers.answer(q);
  merge(a, right.numbers.answer(q));
  const auto all = whole.numbers.answer(q);
  ASSERT_EQ(a.points.size(), all.points.size());
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    EXPECT_EQ(a.points[i].t, all.points[i].t);
    EXPECT_EQ(a.points[i].counts.events, all.points[i].counts.events);
    EXPECT_EQ(a.points[i].counts.carts, all.points[i].counts.carts);
    EXPECT_EQ(a.points[i].counts.revenue, all.points[i].counts.revenue);
    EXPECT_EQ(estimate(a.points[i].counts.sessions), estimate(all.points[i].counts.sessions));
  }
  EXPECT_EQ(to_msgpack(a.cohorts), to_msgpack(all.cohorts));
  EXPECT_EQ(a.levels.open_carts, all.levels.open_carts);
}

} // namespace
} // namespace riq::testing
