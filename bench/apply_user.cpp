// What one event costs: reading its JSON, applying it to a user, writing the snapshot; and what a
// user's state takes, by our estimate and by the allocator.
//
//   apply_user [ROUNDS]

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <malloc.h>

#include "engine/apply.hpp"
#include "engine/features.hpp"
#include "engine/random.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_activity.hpp"
#include "messages/parse_order.hpp"

namespace {

using namespace riq;
using clock_type = std::chrono::steady_clock;

constexpr std::int64_t start = 1'705'593'600'000;

template <class F>
double nanoseconds_each(std::size_t rounds, F&& once) {
  const auto begin = clock_type::now();
  for (std::size_t i = 0; i < rounds; ++i) once(i);
  const std::chrono::duration<double, std::nano> took = clock_type::now() - begin;
  return took.count() / static_cast<double>(rounds);
}

// One in eight events is a cart's, one in forty an order; products and categories repeat.
event shopper_event(engine::random_source& random, std::int64_t time, std::size_t n) {
  event e{
    .id = "5f0c3a1e-" + std::to_string(n), .user_id = "user_42", .time = time, .received = time};
  const auto product = "product-" + std::to_string(random.next() % 200);
  if (random.next() % 40 == 0) {
    e.origin.from = source::order;
    e.what =
      order{.order_id = "order-" + std::to_string(n), .items = {{product, 1, 12.5}}, .total = 12.5};
    return e;
  }
  const auto type = random.next() % 8 == 0 ? activity_type::add_to_cart : activity_type::view;
  e.what = activity{.type = type,
                    .product_id = product,
                    .session_id = "session-of-the-shop",
                    .category = "electronics.part" + std::to_string(random.next() % 8),
                    .brand = "brand" + std::to_string(random.next() % 20),
                    .price = 12.5};
  return e;
}

std::vector<event> history(std::size_t length) {
  engine::random_source random{42};
  std::vector<event> out;
  for (std::size_t i = 0; i < length; ++i)
    out.push_back(shopper_event(random, start + static_cast<std::int64_t>(i) * 20'000, i));
  return out;
}

user_state grown(const std::vector<event>& events, std::size_t length) {
  user_state s;
  std::vector<session_update> updates;
  for (std::size_t i = 0; i < length; ++i) {
    updates.clear();
    engine::apply(s, events[i], static_cast<std::int64_t>(i), {}, updates);
  }
  return s;
}

void measure_parsing(std::size_t rounds) {
  const std::string typical =
    R"({"userId":"user_42","eventType":"VIEW","productId":"laptop_pro_2024","sessionId":"session_xyz","timestamp":1705593600000})";
  const std::string full =
    R"({"userId":"user_42","eventType":"ADD_TO_CART","productId":"laptop_pro_2024","sessionId":"session_xyz","timestamp":"2024-01-18T16:00:00Z","eventId":"5f0c3a1e-97f1","category":"Electronics/Laptop","brand":"Acme","price":1299.99,"properties":{"page":"home"}})";
  const std::string one_line =
    R"({"orderId":"order_789","userId":"user_42","items":[{"productId":"laptop_pro_2024","quantity":1,"price":1299.99}],"totalAmount":1299.99})";
  const parse_context now{start, "id"};
  std::size_t good = 0;
  const auto activities = [&](const std::string& text) {
    return nanoseconds_each(rounds, [&](std::size_t) { good += bool(parse_activity(text, now)); });
  };
  const auto t = activities(typical);
  const auto f = activities(full);
  const auto o =
    nanoseconds_each(rounds, [&](std::size_t) { good += bool(parse_order(one_line, now)); });
  if (good != 3 * rounds) std::puts("a text was refused");
  std::printf("parse: typical activity %.0f ns, with every field %.0f ns, order %.0f ns\n", t, f,
              o);
}

void measure_applying(std::size_t rounds) {
  constexpr std::size_t length = 1'000;
  const auto events = history(length);
  std::vector<session_update> updates;
  user_state s;
  const auto each = nanoseconds_each(rounds, [&](std::size_t i) {
    if (i % length == 0) s = {};
    updates.clear();
    engine::apply(s, events[i % length], static_cast<std::int64_t>(i), {}, updates);
  });
  const auto again = nanoseconds_each(rounds, [&](std::size_t i) {
    engine::apply(s, events[length - 1 - i % 50], static_cast<std::int64_t>(rounds + i), {},
                  updates);
  });
  std::printf("apply: %.0f ns an event over a life of %zu events, %.0f ns a duplicate\n", each,
              length, again);
}

void measure_states(std::size_t length, const std::vector<event>& events) {
  constexpr std::size_t users = 20'000;
  std::vector<user_state> states;
  states.reserve(users);
  const auto before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < users; ++i) states.push_back(grown(events, length));
  const auto heap = static_cast<double>(mallinfo2().uordblks - before) / users;
  const auto real = heap + sizeof(user_state);
  const auto estimate = static_cast<double>(engine::memory_of(states[0]));
  const auto bytes = to_msgpack(states[0]);
  const auto pack = nanoseconds_each(20'000, [&](std::size_t) { (void)to_msgpack(states[0]); });
  const auto unpack =
    nanoseconds_each(20'000, [&](std::size_t) { (void)from_msgpack<user_state>(bytes); });
  std::printf("state after %4zu events: %5.0f bytes by estimate, %5.0f by the allocator "
              "(ratio %.2f); snapshot %5zu bytes, %.0f ns to write, %.0f ns to read\n",
              length, estimate, real, estimate / real, bytes.size(), pack, unpack);
}

} // namespace

int main(int argc, char** argv) {
  const auto rounds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  measure_parsing(rounds);
  measure_applying(rounds);
  const auto events = history(1'000);
  std::printf("sizeof(user_state) %zu\n", sizeof(user_state));
  for (const std::size_t length : {1, 5, 50, 1'000}) measure_states(length, events);
  return 0;
}
