#pragma once
// A partition in miniature: users, their notes and an aggregate; and random shoppers' events.

#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/analytics/aggregate.hpp"
#include "tests/engine/user_events.hpp"

namespace riq::testing {

/// Applies events to users and folds what they mean.
struct miniature {
  feature_settings settings;
  std::map<std::string, user_state> users;
  engine::analytics::aggregate numbers;
  std::int64_t next_offset = 0;

  engine::applied apply(const event& e) {
    std::vector<session_update> updates;
    analytics_note note;
    const auto offset = next_offset++;
    const auto what = engine::apply(users[e.user_id], e, offset, settings, updates, note);
    numbers.fold(offset, e, note, {});
    return what;
  }

  void does(std::int64_t time, fact what, const std::string& user = "u") {
    auto e = at(time, std::move(what));
    e.user_id = user;
    apply(e);
  }

  /// Everything between the times, in one bin.
  analytics_bucket sum(std::int64_t from, std::int64_t to) const {
    const auto slice = numbers.answer({from, to, 0, 0, 0xffffffffU});
    return slice.points.empty() ? analytics_bucket{} : slice.points[0].counts;
  }
};

/// A shop's visitors, some events late, some sent twice.
class random_shop {
 public:
  explicit random_shop(unsigned seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  event next() {
    if (!told_.empty() && below(12) == 0) return told_[below(told_.size())]; // again
    time_ += static_cast<std::int64_t>(below(6 * minute));
    if (below(60) == 0) time_ += static_cast<std::int64_t>(below(2 * day));
    auto at_time = time_;
    if (below(6) == 0) at_time -= static_cast<std::int64_t>(below(3 * hour)); // late
    const auto user = "u" + std::to_string(below(12));
    const auto product = "p" + std::to_string(below(9));
    fact what;
    switch (below(14)) {
    case 0:
    case 1: {
      auto o = orders("o" + std::to_string(below(10)), order_status::completed,
                      {{product, 1 + static_cast<std::uint32_t>(below(3)), 12.25}});
      o.country = "DE";
      what = o;
      break;
    }
    case 2:
      what = orders("o" + std::to_string(below(10)), order_status::checkout, {{product, 1, 12.25}});
      break;
    case 3:
      what = orders("o" + std::to_string(below(10)), order_status::cancelled, {});
      break;
    case 4:
      what = serves("d" + std::to_string(decisions_++), below(2) == 0 ? "a" : "b",
                    below(3) == 0 ? 0.1 : 0.9);
      std::get<offer_served>(what).arms = {"a", "b"};
      break;
    case 5: // of an earlier decision, perhaps somebody else's: the token would not allow that
      what = rewards("d" + std::to_string(below(decisions_)), at_time - day);
      break;
    default: {
      auto a = acts(static_cast<activity_type>(below(7)), product, 12.25);
      a.category = below(2) == 0 ? "shoes.red" : "hats";
      a.brand = "acme";
      a.country = below(3) == 0 ? "" : "FR";
      if (a.type == activity_type::search) a.product_id.clear(), a.query = "red " + product;
      what = a;
    }
    }
    auto e = at(at_time, what, "e" + std::to_string(told_.size()));
    e.user_id = user;
    told_.push_back(e);
    return e;
  }

  std::int64_t time() const { return time_; }

 private:
  std::mt19937 random_;
  std::vector<event> told_;
  std::int64_t time_ = t0;
  std::uint64_t decisions_ = 1;
};

} // namespace riq::testing
