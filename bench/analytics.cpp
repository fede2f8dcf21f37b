// What the numbers about the shop cost: making a note and folding it against applying an event, and
// an answer of 12 shards that hold a million users' data.
//   analytics_cost [EVENTS] [USERS]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/analytics/aggregate.hpp"
#include "engine/analytics/merge.hpp"
#include "engine/analytics/tabulate.hpp"
#include "engine/apply.hpp"
#include "engine/random.hpp"
#include "messages/hash.hpp"

namespace {

using namespace riq;
using namespace engine::analytics;
using clock_type = std::chrono::steady_clock;

constexpr std::int64_t start = 1'764'000'000'000 / day_ms * day_ms;
constexpr std::size_t shards = 12;

double seconds(clock_type::time_point from) {
  return std::chrono::duration<double>(clock_type::now() - from).count();
}

event shopper_event(engine::random_source& random, std::uint64_t users, std::int64_t time) {
  const auto n = random.next();
  const auto u = static_cast<double>(random.next() % 1'000'000) / 1e6;
  const auto item = static_cast<std::uint64_t>(u * u * u * 20'000);
  event e{.id = "e" + std::to_string(n),
          .user_id = "u" + std::to_string(random.next() % users),
          .time = time,
          .received = time};
  const auto product = "product-" + std::to_string(item);
  if (n % 40 == 0) {
    e.origin.from = source::order;
    e.what =
      order{.order_id = "o" + std::to_string(n), .items = {{product, 1, 12.5}}, .total = 12.5};
    return e;
  }
  activity a{.type = n % 8 == 0    ? activity_type::add_to_cart
                     : n % 11 == 0 ? activity_type::search
                                   : activity_type::view,
             .product_id = product,
             .category = "c" + std::to_string(item % 40) + ".s" + std::to_string(item % 400),
             .brand = "brand" + std::to_string(item % 100),
             .price = 12.5,
             .country = "DE"};
  if (a.type == activity_type::search) {
    a.query = "words " + std::to_string(item % 2'000);
    a.product_id.clear();
  }
  e.what = std::move(a);
  return e;
}

/// Applying with and without counting, in turns over the same events, so that both meet the same
/// machine. The state's growth is the same in both.
void measure_folding(std::size_t rounds) {
  constexpr std::size_t users = 20'000;
  engine::random_source random{7};
  std::vector<event> events;
  for (std::size_t i = 0; i < rounds; ++i)
    events.push_back(shopper_event(random, users, start + static_cast<std::int64_t>(i) * 5));
  const auto run = [&](bool count) {
    std::vector<user_state> states(users);
    std::vector<session_update> updates;
    aggregate numbers;
    const auto begin = clock_type::now();
    for (std::size_t i = 0; i < events.size(); ++i) {
      updates.clear();
      const auto& e = events[i];
      auto& state = states[stable_hash(e.user_id) % users];
      analytics_note note;
      engine::apply(state, e, static_cast<std::int64_t>(i), {}, updates, note);
      if (count) numbers.fold(static_cast<std::int64_t>(i), e, note, {});
    }
    return seconds(begin) * 1e9 / static_cast<double>(events.size());
  };
  double without = 1e9, with = 1e9;
  for (int i = 0; i < 5; ++i) {
    without = std::min(without, run(false));
    with = std::min(with, run(true));
  }
  std::printf("apply with its note %.0f ns an event, and folded %.0f ns: folding costs %.0f ns\n",
              without, with, with - without);
}

void measure_questions(std::size_t events, std::uint64_t users) {
  std::vector<aggregate> numbers(shards);
  engine::random_source random{1};
  const auto span = 5 * day_ms;
  {
    std::vector<user_state> states(users);
    std::vector<session_update> updates;
    for (std::size_t i = 0; i < events; ++i) {
      const auto time =
        start + static_cast<std::int64_t>(static_cast<double>(i) / static_cast<double>(events) *
                                          static_cast<double>(span));
      const auto e = shopper_event(random, users, time);
      const auto user = std::strtoull(e.user_id.c_str() + 1, nullptr, 10);
      updates.clear();
      analytics_note note;
      engine::apply(states[user], e, static_cast<std::int64_t>(i), {}, updates, note);
      numbers[user % shards].fold(static_cast<std::int64_t>(i), e, note, {});
    }
  }
  std::printf("\n%zu events of %llu users over 5 days in %zu shards; all shares made and merged by "
              "one thread:\n",
              events, static_cast<unsigned long long>(users), shards);
  for (const auto& d : descriptions()) {
    std::vector<double> took;
    std::size_t rows = 0;
    for (int round = 0; round < 15; ++round) {
      analytics_request r;
      r.name = d.name;
      r.now = start + span;
      r.to = r.now;
      r.from = d.name == analytic::trending ? r.to - hour_ms : r.to - day_ms;
      if (d.name == analytic::trending) r.past_ms = day_ms;
      r.limit = std::max<std::uint32_t>(d.limit, 1);
      r.by = d.by.empty() ? "" : std::string{d.by.front()};
      r.steps = {event_kind::view, event_kind::add_to_cart, event_kind::order};
      settle(r);
      const auto begin = clock_type::now();
      const auto question = question_of(r);
      auto sum = numbers[0].answer(question);
      for (std::size_t s = 1; s < shards; ++s) merge(sum, numbers[s].answer(question));
      rows = tabulate(r, sum).rows.size();
      took.push_back(seconds(begin) * 1e3);
    }
    std::nth_element(took.begin(), took.begin() + 7, took.end());
    std::printf("  %-26s median %6.2f ms, %zu rows\n", std::string{name_of(d.name)}.c_str(),
                took[7], rows);
  }
  std::size_t bytes = 0;
  for (auto& n : numbers)
    for (const auto& [key, value] : n.take_changes(0))
      if (value) bytes += value->size();
  std::printf("stored: %.1f MB a shard\n", static_cast<double>(bytes) / 1e6 / shards);
}

} // namespace

int main(int argc, char** argv) {
  const auto events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 4'000'000;
  const auto users = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  measure_folding(400'000);
  measure_questions(events, users);
  return 0;
}
