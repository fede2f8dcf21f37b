#include "engine/apply.hpp"

#include "messages/hash.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;
using enum activity_type;

class apply_activities : public ::testing::Test, public subject {
 protected:
  void act(std::int64_t time, activity_type type, std::string product, std::string session = {}) {
    auto a = acts(type, std::move(product));
    a.session_id = std::move(session);
    subject::apply(time, std::move(a));
  }
};

TEST_F(apply_activities, a_view_tells_the_state_and_the_model) {
  auto a = acts(view, "p", 20);
  a.category = "tech.laptop";
  a.brand = "acme";
  a.country = "DE";
  ASSERT_EQ(apply(t0, a), applied::yes);
  EXPECT_EQ(state.user_id, "u");
  EXPECT_EQ(state.applied, 0);
  EXPECT_EQ(state.first_seen, t0);
  EXPECT_EQ(state.last_active, t0);
  EXPECT_EQ(state.country, "DE");
  EXPECT_EQ(state.total.events, 1U);
  EXPECT_EQ(state.total.by_type[0], 1U);
  ASSERT_EQ(state.views.size(), 1U);
  EXPECT_EQ(state.views[0].count, 1U);
  ASSERT_EQ(state.touches.size(), 1U);
  EXPECT_EQ(state.touches[0].product_id, "p");
  EXPECT_EQ(state.seen, (std::vector{stable_hash("p")}));
  ASSERT_EQ(state.categories.size(), 1U);
  EXPECT_EQ(state.categories[0].name, "tech.laptop");
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].kind, session_update::what::touch);
  EXPECT_EQ(updates[0].touch, touch_kind::view);
  EXPECT_EQ(updates[0].product_id, "p");
  EXPECT_EQ(updates[0].category, "tech.laptop");
  EXPECT_EQ(updates[0].brand, "acme");
  EXPECT_EQ(updates[0].price, 20);
  EXPECT_EQ(updates[0].time, t0);
  EXPECT_EQ(updates[0].user_key, stable_hash("u"));
  EXPECT_NE(updates[0].session_key, 0U);
}

TEST_F(apply_activities, scrolls_and_searches_are_counted_but_are_no_touch) {
  act(t0, scroll, "p");
  EXPECT_TRUE(updates.empty());
  subject::apply(t0, activity{.type = search, .query = "shoes"});
  subject::apply(t0, activity{.type = search, .query = "boots"});
  subject::apply(t0, activity{.type = search, .query = "shoes"});
  EXPECT_TRUE(updates.empty());
  EXPECT_TRUE(state.touches.empty());
  EXPECT_EQ(state.searches, (std::vector<std::string>{"boots", "shoes"}));
  EXPECT_EQ(state.total.events, 4U);
}

TEST_F(apply_activities, touches_of_a_kind_merge_and_stand_by_time) {
  act(t0, view, "a");
  act(t0 + 1, view, "b");
  act(t0 + 2, view, "a");
  act(t0 + 3, click, "a");
  act(t0 + 1, view, "c"); // late
  std::string seen;
  for (const auto& t : state.touches) seen += t.product_id + std::string{name_of(t.kind)} + ' ';
  EXPECT_EQ(seen, "bview cview aview aclick ");
  EXPECT_EQ(state.touches[2].count, 2U);
  act(t0, view, "a"); // late: counts, and its place stays
  EXPECT_EQ(state.touches[2].product_id, "a");
  EXPECT_EQ(state.touches[2].count, 3U);
  EXPECT_EQ(state.touches[2].time, t0 + 2);
}

TEST_F(apply_activities, lists_keep_their_bounds) {
  for (int i = 0; i < 1'500; ++i) {
    auto a = acts(view, "p" + std::to_string(i));
    a.category = "c" + std::to_string(i);
    subject::apply(at(t0 + i, a, "e" + std::to_string(i)));
    subject::apply(t0 + i, activity{.type = search, .query = std::to_string(i)});
    subject::apply(t0 + i, acts(add_to_cart, "p" + std::to_string(i)));
  }
  EXPECT_EQ(state.touches.size(), bounds::touches);
  EXPECT_EQ(state.seen.size(), bounds::seen);
  EXPECT_EQ(state.seen.back(), stable_hash("p1499"));
  EXPECT_EQ(state.recent_ids.size(), bounds::recent_ids);
  EXPECT_EQ(state.categories.size(), bounds::tastes);
  EXPECT_EQ(state.searches.size(), bounds::searches);
  EXPECT_EQ(state.basket.lines.size(), bounds::cart_lines);
  EXPECT_LT(memory_of(state), 40'000U);
}

TEST_F(apply_activities, tastes_halve_in_two_weeks_and_do_not_depend_on_the_order) {
  const auto visit = [](subject& s, std::int64_t time, const char* category) {
    auto a = acts(view, "p");
    a.category = category;
    s.apply(time, a);
  };
  visit(*this, t0, "a");
  visit(*this, t0 + 14 * day, "a");
  EXPECT_NEAR(state.categories[0].weight, 1.5, 1e-12);
  subject other;
  visit(other, t0 + 14 * day, "a");
  visit(other, t0, "a");
  EXPECT_NEAR(other.state.categories[0].weight, 1.5, 1e-12);
  EXPECT_EQ(other.state.categories[0].at, t0 + 14 * day);
}

TEST_F(apply_activities, the_lightest_taste_makes_room) {
  for (int i = 0; i < 16; ++i) {
    auto a = acts(i == 3 ? view : add_to_cart, "p");
    a.category = "c" + std::to_string(i);
    subject::apply(t0, a);
  }
  auto a = acts(view, "p");
  a.category = "new";
  subject::apply(t0, a);
  EXPECT_EQ(state.categories.size(), 16U);
  EXPECT_EQ(state.categories.back().name, "new");
  for (const auto& c : state.categories) EXPECT_NE(c.name, "c3");
}

TEST_F(apply_activities, a_gap_or_another_id_opens_a_session) {
  act(t0, view, "a", "s1");
  act(t0 + 30 * minute, view, "b", "s1");
  EXPECT_EQ(state.current.number, 1U);
  act(t0 + 61 * minute, view, "c", "s1");
  EXPECT_EQ(state.current.number, 2U);
  EXPECT_EQ(state.total.session_seconds, 1'800);
  act(t0 + 62 * minute, view, "d", "s2");
  EXPECT_EQ(state.current.number, 3U);
  EXPECT_EQ(state.current.id, "s2");
  act(t0 + 63 * minute, view, "e"); // without an id it is the same
  EXPECT_EQ(state.current.number, 3U);
  EXPECT_EQ(state.current.events, 2U);
  EXPECT_EQ(state.total.sessions, 3U);
  EXPECT_EQ(state.total.session_seconds, 1'800); // the second had one event
}

TEST_F(apply_activities, a_late_event_opens_no_session) {
  act(t0, view, "a", "s1");
  act(t0 + 2 * hour, view, "b", "s2");
  const auto before = state.current;
  act(t0 + 5 * minute, view, "c", "s1");
  act(t0 + hour, view, "d", "s9");
  EXPECT_EQ(to_msgpack(state.current), to_msgpack(before));
  EXPECT_EQ(state.total.sessions, 2U);
  EXPECT_EQ(state.touches[1].session, 1U);      // of the session before
  act(t0 + 2 * hour - minute, view, "e", "s2"); // stretches the current one backwards
  EXPECT_EQ(state.current.started, t0 + 2 * hour - minute);
  EXPECT_EQ(state.current.last, t0 + 2 * hour);
}

TEST_F(apply_activities, updates_of_a_session_share_their_key) {
  act(t0, view, "a");
  const auto first = updates.at(0).session_key;
  act(t0 + 1, click, "b");
  EXPECT_EQ(updates.at(0).session_key, first);
  act(t0 + hour, click, "b");
  EXPECT_NE(updates.at(0).session_key, first);
}

TEST_F(apply_activities, days_outside_the_window_are_not_kept) {
  act(t0, view, "a");
  act(t0 + 7 * day, view, "a");
  EXPECT_EQ(state.views.size(), 2U);
  act(t0 + 8 * day, view, "a");
  EXPECT_EQ(state.views.size(), 2U);
  act(t0, view, "a"); // too late to be counted in a window
  EXPECT_EQ(state.views.size(), 2U);
  EXPECT_EQ(state.total.by_type[0], 4U);
}

TEST_F(apply_activities, an_erasure_leaves_positions_only) {
  auto e = at(t0, acts(add_to_cart, "p", 5), "id");
  e.origin.offset = 41;
  e.origin.producer = "import";
  e.origin.sequence = 3;
  subject::apply(e);
  auto gone = at(t0 + 1, user_erased{});
  gone.origin.from = source::internal;
  ASSERT_EQ(subject::apply(gone), applied::yes);
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].kind, session_update::what::forget);
  EXPECT_EQ(updates[0].user_key, stable_hash("u"));
  user_state empty;
  empty.user_id = "u";
  empty.erased = t0 + 1;
  EXPECT_EQ(content(), [&] {
    subject s;
    s.state = empty;
    return s.content();
  }());
  EXPECT_EQ(state.applied, 1);
  EXPECT_EQ(state.source_offsets[0], 41);
  EXPECT_EQ(subject::apply(e), applied::duplicate); // a replay does not bring it back
}

TEST_F(apply_activities, a_late_event_takes_back_no_newer_wish) {
  auto a = acts(view, "p");
  const auto tell = [&](std::int64_t time, const char* properties) {
    a.properties = properties;
    ASSERT_EQ(apply(time, a), applied::yes);
  };
  tell(t0 + hour, R"({"consent":false,"timeZone":"Asia/Tokyo"})");
  tell(t0, R"({"consent":true,"timeZone":"Europe/Berlin"})");
  EXPECT_EQ(state.triggers->consent, consent::refused);
  EXPECT_EQ(state.triggers->time_zone, "Asia/Tokyo");
  tell(t0 + hour, R"({"consent":true})"); // of one moment the refusal holds
  EXPECT_EQ(state.triggers->consent, consent::refused);
  tell(t0 + hour + 1, R"({"consent":true})");
  EXPECT_EQ(state.triggers->consent, consent::given);
  tell(t0 + hour + 1, R"({"consent":false})");
  EXPECT_EQ(state.triggers->consent, consent::refused);
  tell(t0 + 2 * hour, R"({"timeZone":"Europe/Berlin"})");
  EXPECT_EQ(state.triggers->time_zone, "Europe/Berlin");
  EXPECT_EQ(state.triggers->consent, consent::refused);
}

} // namespace
} // namespace riq::engine
