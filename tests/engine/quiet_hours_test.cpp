// Nobody is called back in their quiet hours, whenever a trigger came due.
#include <gmock/gmock.h>

#include "trigger_support.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;
using ::testing::ElementsAre;
using what = trigger_note::what;

trigger_rule_settings quiet_at_night() {
  auto r = rule_of(trigger_kind::cart_abandoned, {"30m", "24h"});
  r.quiet_from = "22:00";
  r.quiet_until = "08:00";
  r.late_min = 120;
  return r;
}

TEST_F(triggers, quiet_hours_are_those_of_the_users_zone) {
  use({quiet_at_night()});
  // t0 is midnight UTC; two hours east it is 02:00, and 02:30 when it comes due.
  zone.seconds = 7'200;
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  EXPECT_EQ(due(), t0 + 6 * hour);
  zone.seconds = 9 * 3'600;
  EXPECT_EQ(due(), t0 + 30 * minute);
  settings.spread_sec = 600;
  zone.seconds = 7'200;
  EXPECT_GE(due(), t0 + 6 * hour);
  EXPECT_LT(due(), t0 + 6 * hour + 10 * minute);
}

class late_at_night : public triggers {
 protected:
  // Due at 21:50, ten minutes before the night.
  late_at_night() {
    use({quiet_at_night()});
    user.apply(t0 + 21 * hour + 20 * minute, acts(activity_type::add_to_cart, "p", 10));
    EXPECT_EQ(due(), t0 + 21 * hour + 50 * minute);
  }
  static constexpr auto morning = t0 + day + 8 * hour;
};

TEST_F(late_at_night, what_is_looked_at_within_them_waits_for_their_end) {
  EXPECT_THAT(fire(t0 + 23 * hour), ElementsAre());
  EXPECT_EQ(last.verdict, trigger_verdict::deferred);
  EXPECT_EQ(due(), morning);
  EXPECT_THAT(fire(morning - 1), ElementsAre());
  EXPECT_THAT(fire(morning), ElementsAre(what::fired, what::no_effect));
  EXPECT_EQ(last.step, 0U);
  EXPECT_TRUE(user.state.triggers->deferred.empty());
  EXPECT_EQ(due(), t0 + day + 21 * hour + 20 * minute); // the series goes on as ever
}

TEST_F(late_at_night, a_day_of_stop_in_the_next_night_waits_once_more) {
  auto patient = quiet_at_night();
  patient.late_min = 2 * 24 * 60;
  use({patient});
  fire(t0 + 23 * hour);
  EXPECT_THAT(fire(t0 + day + 23 * hour), ElementsAre());
  EXPECT_EQ(due(), morning + day);
  EXPECT_THAT(fire(morning + day), ElementsAre(what::fired, what::no_effect));
}

TEST_F(late_at_night, later_than_the_rule_allows_is_skipped_all_the_same) {
  EXPECT_THAT(fire(t0 + day), ElementsAre(what::skipped, what::no_effect));
  EXPECT_EQ(due(), t0 + day + 21 * hour + 20 * minute);
}

TEST_F(late_at_night, what_waited_is_late_from_the_morning_on) {
  fire(t0 + 23 * hour);
  EXPECT_THAT(fire(morning + 121 * minute), ElementsAre(what::skipped, what::no_effect));
}

TEST_F(late_at_night, the_mornings_cap_holds) {
  settings.max_per_user_day = 1;
  auto other = quiet_at_night();
  other.id = "other";
  use({quiet_at_night(), other});
  fire(t0 + 23 * hour);
  EXPECT_THAT(fire(morning),
              ElementsAre(what::fired, what::no_effect, what::capped, what::no_effect));
}

TEST_F(late_at_night, who_comes_back_meanwhile_is_left_alone_for_as_long_as_ever) {
  fire(t0 + 23 * hour);
  user.apply(morning - minute, acts(activity_type::view, "p"));
  EXPECT_EQ(due(), morning + 29 * minute);
}

TEST_F(late_at_night, an_order_ends_what_waits) {
  fire(t0 + 23 * hour);
  user.apply(t0 + day, orders("o", order_status::completed, {{"p", 1, 10}}));
  EXPECT_EQ(due(), 0);
}

} // namespace
} // namespace riq::engine
