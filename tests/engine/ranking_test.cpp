#include "engine/ranking.hpp"

#include "engine/context.hpp"
#include "engine/lanes.hpp"
#include "engine/retrieval.hpp"
#include "tests/engine/model_support.hpp"

namespace riq::engine {
namespace {

using namespace testing;

/// Shoppers of some categories and brands, with carts and prices, some items without either.
std::vector<contact> crowd(random_source& random) {
  std::vector<contact> out;
  auto at = start;
  for (int s = 0; s < 200; ++s) {
    const auto user = "user" + std::to_string(s % 40);
    for (int k = 0; k < 6; ++k) {
      const auto i = static_cast<int>(random.unit() * random.unit() * 120);
      const auto what =
        thing("item" + std::to_string(i),
              i % 7 == 0 ? "" : "c" + std::to_string(i % 3) + ".d" + std::to_string(i % 9),
              i % 5 == 0 ? "" : "b" + std::to_string(i % 4), i % 11);
      const auto kind = random.unit() < 0.2 ? touch_kind::cart : touch_kind::view;
      out.push_back({user, "s" + std::to_string(s), what, at += second * 40, kind});
    }
  }
  return out;
}

// Exactly, as a list is ordered by scores of many and explained by the score of one.
TEST(ranking, a_score_among_many_is_the_score_alone) {
  random_source random(7);
  item_model model{model_settings{}};
  const auto contacts = crowd(random);
  feed(model, contacts);
  const ranking_settings weights;
  const term_scale scale(model.learned());
  context asking;
  std::vector<float> scores;
  std::size_t compared = 0;
  for (std::size_t first = 0; first + 30 < contacts.size(); first += 30) {
    const auto from = contacts.begin() + static_cast<std::ptrdiff_t>(first);
    auto mine = std::vector<contact>(from, from + 30);
    for (auto& c : mine) c.user = "me";
    const auto now = mine.back().time + hour;
    fill_context(asking, visitor("me", mine), model, now);
    const question q(asking, model);
    // Every number of candidates that a block can be left with.
    for (std::uint32_t limit = 97; limit < 101; ++limit) {
      const auto& found = retrieve_candidates(asking, model, limit);
      scale.score_all(found, q, weights, scores);
      ASSERT_EQ(scores.size(), found.size());
      for (std::size_t i = 0; i < found.size(); ++i)
        ASSERT_EQ(scores[i], scale.score(found[i], q, weights).score) << limit << ' ' << i;
      compared += found.size();
    }
  }
  EXPECT_GT(compared, 10'000U);
}

TEST(ranking, a_weight_table_knows_its_keys_and_nothing_else) {
  small_weights weights;
  for (std::uint32_t key = 0; key < small_weights::capacity; ++key)
    weights.add(key * key, 0.5F + static_cast<float>(key));
  const weight_table table(weights);
  for (std::uint32_t key = 0; key < small_weights::capacity; ++key)
    EXPECT_EQ(table.of(words{} + key * key)[0], weights.of(key * key));
  const auto found = table.of(words{4, 5, group_lists::none, 225});
  EXPECT_EQ(found[0], 2.5F);
  EXPECT_EQ(found[1], 0);
  EXPECT_EQ(found[2], 0);
  EXPECT_EQ(found[3], 15.5F);
  EXPECT_EQ(weight_table().of(words{})[0], 0);
}

} // namespace
} // namespace riq::engine
