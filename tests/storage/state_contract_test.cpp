// What every adapter of the state store promises (storage/state_store.hpp).

#include "tests/storage/support.hpp"

namespace riq::storage::test {

namespace {

class state_contract : public testing::TestWithParam<adapter_maker> {
 protected:
  void SetUp() override { adapter_ = GetParam()(); }
  state_store& state() { return adapter_->state(); }
  std::unique_ptr<adapter> adapter_;
};

TEST_P(state_contract, a_commit_is_read_back_with_its_position) {
  EXPECT_EQ(state().position(3), -1);
  ASSERT_FALSE(commit(state(), {3, {{"a", "1"}, {"b", std::string("\0x", 2)}, {"c", ""}}, 17}));
  for (int life = 0; life < 2; ++life) {
    const auto values = load(state(), 3, {"c", "missing", "b", "a", "a"});
    ASSERT_TRUE(values);
    ASSERT_EQ(values->size(), 5U);
    EXPECT_EQ((*values)[0], "");
    EXPECT_EQ((*values)[1], std::nullopt);
    EXPECT_EQ((*values)[2], std::string("\0x", 2));
    EXPECT_EQ((*values)[3], "1");
    EXPECT_EQ((*values)[4], "1");
    EXPECT_EQ(state().position(3), 17);
    EXPECT_EQ(state().position(4), -1);
    adapter_->restart();
  }
}

TEST_P(state_contract, shards_do_not_mix) {
  ASSERT_FALSE(commit(state(), {1, {{"k", "one"}}, 1}));
  ASSERT_FALSE(commit(state(), {2, {{"k", "two"}}, 2}));
  ASSERT_FALSE(commit(state(), {1, {{"k", std::nullopt}}, 3}));
  EXPECT_EQ((*load(state(), 1, {"k"}))[0], std::nullopt);
  EXPECT_EQ((*load(state(), 2, {"k"}))[0], "two");
  EXPECT_EQ(state().position(1), 3);
  EXPECT_EQ(state().position(2), 2);
}

TEST_P(state_contract, a_load_sees_every_commit_before_it) {
  for (int i = 0; i < 500; ++i) {
    ASSERT_FALSE(state().commit({0, {{"k", std::to_string(i)}}, i}, {}));
    ASSERT_EQ((*load(state(), 0, {"k"}))[0], std::to_string(i));
  }
}

TEST_P(state_contract, wake_ups_come_in_order_and_are_replaced) {
  ASSERT_FALSE(commit(state(), {0, {{"a", "1", 30, 0}, {"b", "1", 10, 0}, {"c", "1", 20, 0}}, 1}));
  ASSERT_FALSE(commit(state(), {1, {{"z", "1", 5, 0}}, 1}));
  EXPECT_EQ(*due(state(), 0, {}, 25, 10), (std::vector<due_entry>{{10, "b"}, {20, "c"}}));
  EXPECT_EQ(*due(state(), 0, {}, 100, 2), (std::vector<due_entry>{{10, "b"}, {20, "c"}}));
  EXPECT_EQ(*due(state(), 0, {20, "c"}, 100, 2), (std::vector<due_entry>{{30, "a"}}));
  EXPECT_EQ(*due(state(), 0, {10, ""}, 10, 2), (std::vector<due_entry>{{10, "b"}}));
  // b moves, c has none any more, a stays with the same time.
  ASSERT_FALSE(
    commit(state(), {0, {{"b", "2", 15, 10}, {"c", std::nullopt, 0, 20}, {"a", "2", 30, 30}}, 2}));
  EXPECT_EQ(*due(state(), 0, {}, 100, 10), (std::vector<due_entry>{{15, "b"}, {30, "a"}}));
  adapter_->restart();
  EXPECT_EQ(*due(state(), 0, {}, 100, 10), (std::vector<due_entry>{{15, "b"}, {30, "a"}}));
}

TEST_P(state_contract, a_wake_up_before_all_that_was_asked_for_is_found) {
  ASSERT_FALSE(commit(state(), {0, {{"a", "1", 1000, 0}}, 1}));
  EXPECT_TRUE(due(state(), 0, {}, 999, 10)->empty());
  EXPECT_EQ(due(state(), 0, {}, 2000, 10)->size(), 1U);
  ASSERT_FALSE(state().commit({0, {{"b", "1", 500, 0}}, 2}, {}));
  EXPECT_EQ(*due(state(), 0, {}, 2000, 10), (std::vector<due_entry>{{500, "b"}, {1000, "a"}}));
  ASSERT_FALSE(commit(state(), {0, {{"b", "1", 0, 500}, {"a", "1", 0, 1000}}, 3}));
  EXPECT_TRUE(due(state(), 0, {}, 5000, 10)->empty());
  ASSERT_FALSE(commit(state(), {0, {{"c", "1", 1, 0}}, 4}));
  EXPECT_EQ(*due(state(), 0, {}, 1, 10), (std::vector<due_entry>{{1, "c"}}));
}

TEST_P(state_contract, scanning_goes_through_a_shard_in_key_order) {
  for (int i = 99; i >= 0; --i)
    ASSERT_FALSE(
      commit(state(), {5, {{"k" + std::to_string(100 + i), std::to_string(i)}}, 100 - i}));
  ASSERT_FALSE(commit(state(), {6, {{"other", "x"}}, 1}));
  std::string from;
  int seen = 0;
  for (;;) {
    const auto page = scan(state(), 5, from, 7);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    for (const auto& [key, value] : *page) {
      EXPECT_EQ(key, "k" + std::to_string(100 + seen));
      EXPECT_EQ(value, std::to_string(seen));
      ++seen;
    }
    from = page->back().first;
  }
  EXPECT_EQ(seen, 100);
}

TEST_P(state_contract, the_number_of_keys_is_about_right) {
  for (int i = 0; i < 50; ++i) {
    state_commit batch{7, {}, i};
    for (int k = 0; k < 100; ++k)
      batch.writes.push_back({"key" + std::to_string(i * 100 + k), std::string(50, 'v')});
    ASSERT_FALSE(commit(state(), std::move(batch)));
  }
  adapter_->look_after();
  EXPECT_GT(state().approximate_keys(7), 2000U);
  EXPECT_LT(state().approximate_keys(7), 12000U);
  EXPECT_EQ(state().approximate_keys(8), 0U);
  EXPECT_GT(state().bytes_on_disk(), 100'000U);
}

INSTANTIATE_TEST_SUITE_P(embedded, state_contract, testing::Values(&embedded_adapter::make));

} // namespace

} // namespace riq::storage::test
