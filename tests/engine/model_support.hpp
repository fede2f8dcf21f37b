#pragma once
// Streams of touches and users for the tests of the item model and the recommendations.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/apply.hpp"
#include "engine/item_model.hpp"
#include "engine/random.hpp"
#include "engine/recommend.hpp"
#include "engine/user_state.hpp"
#include "messages/hash.hpp"

namespace riq::engine::testing {

inline constexpr std::int64_t start = 1'700'000'000'000;
inline constexpr std::int64_t second = 1'000;
inline constexpr std::int64_t hour = 3'600 * second;
inline constexpr std::int64_t day = 24 * hour;

/// What a shopper did with an item, and what it does to a user and to the model.
struct contact {
  std::string user;
  std::string session;
  item what;
  std::int64_t time = start;
  touch_kind kind = touch_kind::view;
};

inline item thing(std::string id, std::string category = {}, std::string brand = {},
                  double price = 0) {
  item i;
  i.product_id = std::move(id);
  i.category = std::move(category);
  i.brand = std::move(brand);
  i.price = price;
  return i;
}

inline session_update update_of(const contact& c) {
  session_update u;
  u.user_key = stable_hash(c.user);
  u.session_key = stable_hash(c.user + '/' + c.session);
  u.time = c.time;
  u.touch = c.kind;
  u.product_id = c.what.product_id;
  u.category = c.what.category;
  u.brand = c.what.brand;
  u.price = c.what.price;
  return u;
}

inline session_update forget(const std::string& user) {
  session_update u;
  u.kind = session_update::what::forget;
  u.user_key = stable_hash(user);
  return u;
}

/// A user who had these contacts, by the engine's own transitions.
inline user_state visitor(const std::string& name, const std::vector<contact>& contacts) {
  user_state state;
  state.user_id = name;
  std::vector<session_update> updates;
  std::int64_t offset = 0;
  for (const auto& c : contacts) {
    event e;
    e.id = name + std::to_string(offset);
    e.user_id = name;
    e.time = e.received = c.time;
    e.origin.offset = offset;
    if (c.kind == touch_kind::purchase) {
      order o;
      o.order_id = e.id;
      o.items = {{c.what.product_id, 1, c.what.price}};
      o.total = c.what.price;
      e.origin.from = source::order;
      e.what = std::move(o);
    } else {
      activity a;
      a.type = c.kind == touch_kind::cart ? activity_type::add_to_cart : activity_type::view;
      a.product_id = c.what.product_id;
      a.session_id = c.session;
      a.category = c.what.category;
      a.brand = c.what.brand;
      a.price = c.what.price;
      e.what = std::move(a);
    }
    apply(state, e, offset++, feature_settings{}, updates);
  }
  return state;
}

inline void feed(item_model& model, const std::vector<contact>& contacts) {
  for (const auto& c : contacts) model.apply(update_of(c));
}

/// A small shop with categories, brands and prices; shoppers mostly stay in a category.
inline std::vector<contact> random_stream(std::uint64_t seed, std::size_t length,
                                          std::size_t users = 60, std::size_t items = 120) {
  random_source random(seed);
  const auto pick = [&](std::size_t n) {
    return static_cast<std::size_t>(random.unit() * double(n));
  };
  std::vector<contact> out;
  auto now = start;
  for (std::size_t i = 0; i < length; ++i) {
    now += static_cast<std::int64_t>(random.unit() * 20'000);
    const auto user = pick(users);
    const auto home = user % 6;
    const auto number = random.unit() < 0.8 ? pick(items / 6) * 6 + home : pick(items);
    contact c;
    c.user = "u" + std::to_string(user);
    c.session = "s" + std::to_string(now / (2 * hour));
    c.what = thing("p" + std::to_string(number),
                   "d" + std::to_string(number % 3) + ".c" + std::to_string(number % 6),
                   "b" + std::to_string(number % 5), 10 + double(number));
    c.time = now;
    const auto dice = random.unit();
    c.kind = dice < 0.9 ? touch_kind::view : dice < 0.97 ? touch_kind::cart : touch_kind::purchase;
    out.push_back(std::move(c));
  }
  return out;
}

inline std::vector<std::string> ids(const std::vector<recommendation>& list) {
  std::vector<std::string> out;
  for (const auto& r : list) out.push_back(r.product_id);
  return out;
}

inline const recommendation* find(const std::vector<recommendation>& list, const std::string& id) {
  for (const auto& r : list)
    if (r.product_id == id) return &r;
  return nullptr;
}

} // namespace riq::engine::testing
