// Random histories with duplicates, retries and disorder, against a recount by brute force.

#include <map>
#include <random>
#include <set>

#include "engine/day_window.hpp"
#include "engine/features.hpp"
#include "messages/hash.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;
using generator = std::mt19937_64;

std::uint64_t below(generator& g, std::uint64_t n) {
  return g() % n;
}

std::string product(generator& g) {
  return "p" + std::to_string(below(g, 30));
}

fact random_activity(generator& g) {
  activity a{.type = static_cast<activity_type>(below(g, 7)), .product_id = product(g)};
  if (a.type == activity_type::search) a.query = "q" + std::to_string(below(g, 20));
  if (below(g, 3) > 0) a.category = "c" + std::to_string(below(g, 5));
  if (below(g, 2) > 0) a.price = 1 + static_cast<double>(below(g, 1000)) / 7;
  if (below(g, 4) == 0) a.session_id = "s" + std::to_string(below(g, 3));
  a.quantity = 1 + static_cast<std::uint32_t>(below(g, 3));
  a.duration_sec = static_cast<double>(below(g, 100));
  return a;
}

fact random_order(generator& g) {
  const auto id = "o" + std::to_string(below(g, 15)); // fewer than are remembered
  const auto status = static_cast<order_status>(below(g, 3));
  std::vector<order_line> lines{{product(g), 1 + static_cast<std::uint32_t>(below(g, 3)), 12.25}};
  if (status == order_status::cancelled) lines.clear();
  auto o = orders(id, status, std::move(lines));
  if (below(g, 2) == 0) o.offer_decision_id = "d" + std::to_string(below(g, 20));
  return o;
}

fact random_fact(generator& g) {
  switch (below(g, 10)) {
  case 0:
    return random_order(g);
  case 1:
    return serves("d" + std::to_string(below(g, 20)), "a" + std::to_string(below(g, 3)));
  case 2:
    return rewards("d" + std::to_string(below(g, 20)), t0, 1, "a1");
  case 3:
    return cart_abandoned{t0 + static_cast<std::int64_t>(below(g, 20)) * hour};
  default:
    return random_activity(g);
  }
}

// A history as the log holds it: source positions ascend by topic, times are in disorder.
std::vector<event> history(generator& g, std::size_t length) {
  std::array<std::int64_t, source_count> offsets{};
  std::vector<event> out;
  std::int64_t line = 0;
  const bool imported = below(g, 2) == 0;
  for (std::size_t i = 0; i < length; ++i) {
    const auto drift = static_cast<std::int64_t>(i) * day / 10;
    const auto jitter = static_cast<std::int64_t>(below(g, below(g, 8) == 0 ? 40 * day : hour));
    auto e = at(t0 + 40 * day + drift - jitter, random_fact(g), "e" + std::to_string(i));
    const auto from = static_cast<std::size_t>(e.origin.from);
    if (e.origin.from != source::internal) e.origin.offset = offsets[from] += 1 + below(g, 3);
    if (imported && below(g, 2) == 0) {
      e.origin.producer = "import";
      e.origin.sequence = ++line;
    }
    out.push_back(std::move(e));
  }
  return out;
}

class histories : public ::testing::TestWithParam<int> {
 protected:
  generator g{static_cast<std::uint64_t>(GetParam())};
  std::vector<event> events = history(g, 20 + below(g, 300));
};

TEST_P(histories, duplicates_of_every_kind_change_nothing) {
  subject once;
  subject often;
  for (std::size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(once.apply(events[i]), applied::yes);
    ASSERT_EQ(often.apply(events[i]), applied::yes);
    const auto before = often.content();
    for (auto n = below(g, 3); n > 0; --n) {
      auto again = events[i - below(g, std::min<std::size_t>(i + 1, 100))];
      switch (below(g, 3)) {
      case 0:
        break; // the processor went back
      case 1:
        again.origin.offset = -1;
        break; // a resubmission
      default:
        again.origin.producer.clear();
        again.origin.offset = -1; // a client's retry
      }
      ASSERT_EQ(often.apply(again), applied::duplicate);
      ASSERT_TRUE(often.updates.empty());
    }
    const auto seen_offset = often.next_offset - 1;
    ASSERT_EQ(engine::apply(often.state, events[0], seen_offset, often.settings, often.updates),
              applied::duplicate);
    ASSERT_EQ(often.content(), before);
  }
  EXPECT_EQ(once.content(), often.content());
}

TEST_P(histories, a_restart_anywhere_changes_nothing) {
  subject whole;
  for (const auto& e : events) whole.apply(e);
  subject split;
  for (const auto& e : events) {
    split.apply(e);
    if (below(g, 10) != 0) continue;
    auto restored = from_msgpack<user_state>(to_msgpack(split.state));
    ASSERT_TRUE(restored);
    split.state = std::move(*restored);
    // What is delivered again after a restart is known by its position.
    for (std::int64_t back = 1; back < 5; ++back)
      ASSERT_EQ(
        engine::apply(split.state, e, split.next_offset - back, split.settings, split.updates),
        applied::duplicate);
  }
  EXPECT_EQ(split.bytes(), whole.bytes());
}

// What the history says, counted without any of the engine's code.
struct recount {
  std::array<std::uint64_t, 7> by_type{};
  std::uint64_t events = 0;
  std::map<std::int64_t, std::uint64_t> views;
  std::set<std::string> products;
  std::map<std::string, std::set<std::string>> bought;              ///< by order
  std::map<std::string, std::pair<std::int64_t, double>> completed; ///< first completion
  std::map<std::string, std::uint64_t> units;
  std::set<std::string> cancelled;
  std::int64_t first = INT64_MAX;
  std::int64_t last = 0;

  void add(const event& e) {
    const bool told_of_nobody = events == 0 && std::holds_alternative<offer_rewarded>(e.what);
    if (e.origin.from != source::internal && !told_of_nobody) ++events;
    if (const auto* a = std::get_if<activity>(&e.what)) {
      ++by_type[static_cast<std::size_t>(a->type)];
      if (a->type == activity_type::view) ++views[e.time / day];
      if (a->type != activity_type::scroll && a->type != activity_type::search)
        products.insert(a->product_id);
    }
    const auto* o = std::get_if<order>(&e.what);
    if (o != nullptr && o->status == order_status::cancelled) cancelled.insert(o->order_id);
    if (o != nullptr && o->status == order_status::completed &&
        completed.try_emplace(o->order_id, e.time, o->total).second) {
      for (const auto& l : o->items) {
        products.insert(l.product_id);
        bought[o->order_id].insert(l.product_id);
        units[o->order_id] += l.quantity;
      }
    }
    if (o == nullptr ? std::holds_alternative<activity>(e.what)
                     : o->status != order_status::cancelled) {
      first = std::min(first, e.time);
      last = std::max(last, e.time);
    }
  }
};

TEST_P(histories, counts_equal_a_recount) {
  subject s;
  recount r;
  for (const auto& e : events) {
    s.apply(e);
    if (below(g, 2) == 0) s.apply(e);
    r.add(e);
  }
  const auto& total = s.state.total;
  EXPECT_EQ(total.events, r.events);
  EXPECT_EQ(total.by_type, r.by_type);
  EXPECT_EQ(total.orders, r.completed.size());
  EXPECT_EQ(s.state.first_seen, r.first);
  EXPECT_EQ(s.state.last_active, r.last);
  std::uint64_t units = 0;
  std::uint64_t cancelled = 0;
  double spent = 0;
  for (const auto& [id, order] : r.completed) {
    units += r.units[id];
    spent += order.second;
    cancelled += r.cancelled.count(id);
  }
  EXPECT_EQ(total.units, units);
  EXPECT_EQ(total.cancellations, cancelled);
  EXPECT_NEAR(total.spent, spent, 1e-6);
  std::set<std::string> bought;
  for (const auto& [id, lines] : r.bought)
    if (!r.cancelled.contains(id)) bought.insert(lines.begin(), lines.end());
  EXPECT_EQ(std::set<std::string>(s.state.purchased.begin(), s.state.purchased.end()), bought);
  std::set<std::uint64_t> seen;
  for (const auto& p : r.products) seen.insert(stable_hash(p));
  EXPECT_EQ(std::set<std::uint64_t>(s.state.seen.begin(), s.state.seen.end()), seen);

  const auto now = std::max(r.last, t0 + 40 * day);
  std::uint64_t week = 0;
  for (const auto& [d, n] : r.views)
    if (d > now / day - 7) week += n;
  std::uint64_t month = 0;
  for (const auto& [id, order] : r.completed)
    if (order.first / day > now / day - 30 && r.cancelled.count(id) == 0) ++month;
  const auto f = features_of(s.state, now, s.settings);
  EXPECT_EQ(f.views_7d, week);
  EXPECT_EQ(f.purchases_30d, month);
}

TEST_P(histories, what_is_kept_stays_in_order_and_in_its_bounds) {
  subject s;
  for (const auto& e : events) {
    s.apply(e);
    const auto& state = s.state;
    const auto ascending = [](const auto& list, auto by) {
      return std::ranges::is_sorted(list, {}, by);
    };
    ASSERT_TRUE(ascending(state.touches, &touch::time));
    ASSERT_TRUE(ascending(state.views, &day_count::day));
    ASSERT_TRUE(ascending(state.purchases, &day_count::day));
    ASSERT_LE(state.views.size(), 8U);
    ASSERT_LE(state.purchases.size(), 31U);
    ASSERT_LE(state.current.started, state.current.last);
    ASSERT_EQ(state.total.sessions, state.current.number);
    for (const auto& t : state.touches) ASSERT_LE(t.session, state.current.number);
    std::set<std::uint64_t> decisions;
    for (const auto& p : state.bandit.pending) ASSERT_TRUE(decisions.insert(p.key).second);
    for (const auto& a : state.bandit.arms) ASSERT_GE(a.served, 0);
    const auto due = next_due(state, s.settings);
    const auto closes = [&](const auto& p) { return due == expires_at(p); };
    ASSERT_TRUE(due == 0 || due > state.last_active ||
                std::ranges::any_of(state.bandit.pending, closes));
    const auto sensitivity = price_sensitivity(state);
    ASSERT_TRUE(sensitivity >= 0 && sensitivity <= 1);
  }
}

TEST_P(histories, a_cart_without_removals_does_not_depend_on_the_order) {
  std::vector<event> cart;
  for (auto& e : events) {
    e.origin = {.from = e.origin.from};
    const auto* a = std::get_if<activity>(&e.what);
    auto* o = std::get_if<order>(&e.what);
    if (o != nullptr) o->order_id = e.id; // the first report of an order counts
    if ((a != nullptr && a->type == activity_type::add_to_cart) ||
        (o != nullptr && o->status == order_status::completed && cart.size() % 7 == 0))
      cart.push_back(e);
  }
  subject forwards;
  for (const auto& e : cart) forwards.apply(e);
  std::ranges::shuffle(cart, g);
  subject shuffled;
  for (const auto& e : cart) shuffled.apply(e);
  const auto lines = [](const user_state& s) {
    std::map<std::string, std::uint32_t> out;
    for (const auto& l : s.basket.lines) out[l.product_id] = l.quantity;
    return out;
  };
  // A line is cleared as a whole by its newest addition, so only carts of additions after the last
  // order compare piece by piece.
  std::set<std::string> products;
  for (const auto& [p, n] : lines(forwards.state)) products.insert(p);
  for (const auto& [p, n] : lines(shuffled.state)) EXPECT_TRUE(products.contains(p)) << p;
  EXPECT_EQ(products.size(), lines(shuffled.state).size());
  EXPECT_EQ(forwards.state.basket.cleared, shuffled.state.basket.cleared);
}

// A visit of some minutes. No more is taken out of the cart than is in, and what was in it when an
// order came is not put in again.
std::vector<event> visit(generator& g) {
  std::vector<event> out;
  std::map<std::string, std::uint32_t> held;
  const auto length = 5 + below(g, 40);
  int carts = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const auto time = t0 + static_cast<std::int64_t>(i) * 20'000;
    const auto tell = [&](fact what) {
      out.push_back(at(time, std::move(what), "e" + std::to_string(out.size())));
    };
    const auto some = "c" + std::to_string(carts) + '-' + std::to_string(below(g, 3));
    auto a = acts(activity_type::view, some);
    a.quantity = 1 + static_cast<std::uint32_t>(below(g, 3));
    switch (below(g, 4)) {
    case 0:
      a.type = activity_type::add_to_cart;
      held[some] += a.quantity;
      break;
    case 1:
      a.quantity = std::min(a.quantity, held[some]);
      if (a.quantity == 0) continue;
      a.type = activity_type::remove_from_cart;
      held[some] -= a.quantity;
      break;
    case 2: {
      const auto id = "o" + std::to_string(i);
      if (carts == 4 || below(g, 2) == 0) continue;
      ++carts;
      tell(orders(id, order_status::completed, {{"p" + std::to_string(below(g, 4)), 1, 12.25}}));
      if (below(g, 2) == 0) tell(orders(id, order_status::cancelled, {}));
      continue;
    }
    default:
      break;
    }
    tell(a);
  }
  return out;
}

// What a user's state says, whatever the order in which it was told.
std::string facts_of(const user_state& s) {
  std::map<std::string, std::uint32_t> cart;
  for (const auto& l : s.basket.lines) cart[l.product_id] = l.quantity;
  std::string text;
  for (const auto& [product, pieces] : cart) text += product + '*' + std::to_string(pieces) + ' ';
  auto bought = s.purchased;
  std::ranges::sort(bought);
  for (const auto& product : bought) text += product + ' ';
  auto met = s.seen;
  std::ranges::sort(met);
  const auto kept = sum_of_days(s.purchases, t0, 30); // a day without any may be there or not
  return text + to_msgpack(met) + to_msgpack(s.total) + to_msgpack(s.views) +
         std::to_string(kept.count) + ' ' + std::to_string(kept.amount) + ' ' +
         std::to_string(s.basket.abandonments) + std::to_string(s.last_active) + ' ' +
         std::to_string(s.first_seen);
}

TEST_P(histories, a_visit_is_the_same_whatever_the_order_in_which_it_is_told) {
  auto told = visit(g);
  subject in_order;
  for (const auto& e : told) in_order.apply(e);
  for (int i = 0; i < 20; ++i) {
    std::ranges::shuffle(told, g);
    subject shuffled;
    std::string order;
    for (const auto& e : told) {
      shuffled.apply(e);
      order += e.id + ' ';
    }
    ASSERT_EQ(facts_of(shuffled.state), facts_of(in_order.state)) << order;
  }
}

INSTANTIATE_TEST_SUITE_P(random, histories, ::testing::Range(1, 101));

} // namespace
} // namespace riq::engine
