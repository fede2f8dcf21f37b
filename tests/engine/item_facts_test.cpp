// What is known of an item: the catalogue's word, what events told, and deletions. A node that
// starts reads catalogue and events in another order than the nodes that ran, and must come to the
// same.
#include <algorithm>
#include <functional>
#include <optional>
#include <random>

#include "tests/engine/model_support.hpp"

namespace riq::engine {
namespace {

using namespace testing;

contact told(std::int64_t at, std::string category, std::string brand = {}, double price = 0) {
  return {"u", "s", thing("a", std::move(category), std::move(brand), price), start + at};
}

TEST(item_facts, the_catalogue_has_the_last_word_and_events_fill_what_it_leaves_out) {
  item_model model{model_settings{}};
  feed(model, {told(0, "wrong.place", "acme", 12)});
  auto entry = thing("a", "right.place");
  entry.title = "A";
  model.put(entry);
  feed(model, {told(second, "wrong.again", "other", 99)});
  const auto* a = model.find("a");
  EXPECT_EQ(a->category, "right.place");
  EXPECT_EQ(a->brand, "other");
  EXPECT_EQ(a->price, 99);
  EXPECT_EQ(a->title, "A");
}

TEST(item_facts, a_put_replaces_the_one_before_it) {
  item_model model{model_settings{}};
  feed(model, {told(0, "events.place")});
  auto entry = thing("a", "shops.place", "acme", 12);
  entry.title = "A";
  entry.tags = {"red"};
  entry.in_stock = false;
  model.put(entry);
  model.put(thing("a", {}, {}, 15));
  const auto* a = model.find("a");
  EXPECT_EQ(a->category, "events.place");
  EXPECT_EQ(a->brand, "");
  EXPECT_EQ(a->price, 15);
  EXPECT_EQ(a->title, "");
  EXPECT_TRUE(a->tags.empty());
  EXPECT_TRUE(a->in_stock);
  EXPECT_FALSE(model.word_on("a")->category.size());
  EXPECT_EQ(model.word_on("a")->price, 15);
}

TEST(item_facts, only_what_the_catalogue_was_told_is_its_word) {
  item_model model{model_settings{}};
  feed(model, {told(0, "events.place", "acme", 12)});
  EXPECT_FALSE(model.word_on("a"));
  EXPECT_FALSE(model.word_on("b"));
  model.put(thing("a", "shops.place"));
  EXPECT_EQ(model.word_on("a")->category, "shops.place");
  EXPECT_EQ(model.word_on("a")->brand, "");
}

TEST(item_facts, a_deleted_item_stays_away_until_a_later_event_or_a_put) {
  item_model model{model_settings{}};
  model.remove("a", start + hour); // a node that starts may read this first
  feed(model, {told(0, "x"), told(hour, "x")});
  EXPECT_EQ(model.find("a"), nullptr);
  feed(model, {told(hour + 1, "y")});
  ASSERT_NE(model.find("a"), nullptr);
  EXPECT_NEAR(model.counts("a", start + hour)->views, 1, 1e-3);
  model.remove("a", start + 2 * hour);
  EXPECT_EQ(model.find("a"), nullptr);
  model.put(thing("a", "z"));
  feed(model, {told(hour + 2, "y", "late")});
  EXPECT_EQ(model.find("a")->category, "z");
  EXPECT_EQ(model.find("a")->brand, "") << "told of the item that was deleted";
}

TEST(item_facts, do_not_depend_on_the_order_in_which_catalogue_and_events_are_read) {
  using step = std::function<void(item_model&)>;
  const auto put = [](item i) -> step { return [i](item_model& m) { m.put(i); }; };
  const auto removed = [](std::int64_t at) -> step {
    return [at](item_model& m) { m.remove("a", start + at); };
  };
  // One key's records keep their order, events come from many partitions.
  const std::vector<std::vector<step>> catalogues = {
    {put(thing("a", "c1", "b1", 5)), put(thing("a", {}, "b2"))},
    {put(thing("a", "c1")), removed(50)},
    {removed(20), put(thing("a", {}, {}, 7))},
    {put(thing("a", "c1")), removed(35), put(thing("a", "c2"))},
  };
  for (std::size_t which = 0; which < catalogues.size(); ++which) {
    const auto& catalogue = catalogues[which];
    std::optional<item> first;
    std::mt19937 dice(static_cast<unsigned>(which));
    for (int round = 0; round < 200; ++round) {
      std::vector<contact> events = {told(10, "e1", "x", 1), told(30, "e3", "", 3),
                                     told(40, "", "y", 2), told(40, "e4", "z"), told(60, "e6")};
      std::shuffle(events.begin(), events.end(), dice);
      std::vector<step> all;
      for (const auto& e : events) all.push_back([e](item_model& m) { m.apply(update_of(e)); });
      std::size_t from = 0;
      for (const auto& s : catalogue) {
        from += dice() % (all.size() - from + 1);
        all.insert(all.begin() + static_cast<std::ptrdiff_t>(from++), s);
      }
      item_model model{model_settings{}};
      for (const auto& s : all) s(model);
      const auto* a = model.find("a");
      ASSERT_NE(a, nullptr);
      if (!first) first = *a;
      EXPECT_EQ(a->category, first->category) << which;
      EXPECT_EQ(a->brand, first->brand) << which;
      EXPECT_EQ(a->price, first->price) << which;
      EXPECT_EQ(a->title, first->title) << which;
    }
  }
}

} // namespace
} // namespace riq::engine
