#include "engine/standardise.hpp"

#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

event standardised(event e, arrival how, const processor_settings& s = {}) {
  standardise(e, how, s);
  return e;
}

TEST(standardise, times_are_clamped_around_the_arrival) {
  const auto view = acts(activity_type::view, "p");
  processor_settings s;
  s.max_past_days = 2;
  const arrival now{.received = t0};
  EXPECT_EQ(standardised(at(t0 + 4 * minute, view), now, s).time, t0 + 4 * minute);
  EXPECT_EQ(standardised(at(t0 + hour, view), now, s).time, t0 + 5 * minute);
  EXPECT_EQ(standardised(at(t0 - day, view), now, s).time, t0 - day);
  EXPECT_EQ(standardised(at(t0 - 3 * day, view), now, s).time, t0 - 2 * day);
  s.max_past_days = 0; // any age
  EXPECT_EQ(standardised(at(5, view), now, s).time, 5);
}

TEST(standardise, metadata_is_filled_in) {
  const arrival how{
    .received = t0, .country = "de", .from = source::activity, .partition = 3, .offset = 17};
  auto e = standardised(at(t0 - 1, acts(activity_type::view, "p")), how);
  EXPECT_EQ(e.received, t0);
  EXPECT_EQ(e.origin.offset, 17);
  EXPECT_EQ(e.id, "activity:3:17");
  EXPECT_EQ(std::get<activity>(e.what).country, "DE");
  e.origin.producer = "import";
  e.origin.sequence = 4;
  e.id = "mine";
  e = standardised(e, how);
  EXPECT_EQ(e.id, "mine");
  EXPECT_EQ(e.origin.producer, "import");
  EXPECT_EQ(e.origin.sequence, 4);
}

TEST(standardise, orders_have_a_currency) {
  const arrival how{.received = t0, .country = "FR", .from = source::order};
  auto o = orders("o", order_status::completed, {{"p", 1, 1}});
  auto e = standardised(at(t0, o), how);
  EXPECT_EQ(std::get<order>(e.what).currency, "USD");
  EXPECT_EQ(std::get<order>(e.what).country, "FR");
  EXPECT_EQ(e.received, t0);
  o.currency = "EUR";
  EXPECT_EQ(std::get<order>(standardised(at(t0, o), how).what).currency, "EUR");
}

} // namespace
} // namespace riq::engine
