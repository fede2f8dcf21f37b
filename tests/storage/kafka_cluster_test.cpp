// Shards that move between nodes on a real broker; skipped without RIQ_TEST_BROKER.

#include <cstdlib>
#include <set>

#include "messages/topics.hpp"
#include "storage/kafka/cluster.hpp"
#include "tests/storage/kafka_support.hpp"
#include "tests/storage/support.hpp"

namespace riq::storage::test {

namespace {

constexpr std::int32_t shards = 4;

/// A node's storage, with a listener that has nothing to stop when shards go.
class member {
 public:
  member(const std::string& prefix, std::string id, const std::string& assignor)
    : settings_(kafka_options(std::getenv("RIQ_TEST_BROKER"), prefix)), id_(std::move(id)) {
    settings_.client.assignor = assignor;
    settings_.client.session_timeout_ms = 2'000;
    settings_.groups = {"event-processor"};
    settings_.processors = "event-processor";
    open_cluster();
  }

  /// Another life of the process, on the same disk.
  void restart() {
    cluster_.reset();
    owned_.clear();
    open_cluster();
  }

  void open_cluster() {
    auto opened = kafka::kafka_cluster::open(settings_, local_->state(), id_);
    if (!opened) {
      ADD_FAILURE() << opened.error().detail;
      std::abort();
    }
    cluster_ = std::move(*opened);
    for (const auto name : {topics::user_activity, topics::processed_events, topics::user_state})
      EXPECT_FALSE(cluster_->log().ensure_topic(
        {std::string{name}, shards, name == topics::user_state, 0, 0}));
    EXPECT_FALSE(cluster_->prepare());
  }

  void start() {
    shard_ownership::listener hears;
    hears.gained = [this](const std::vector<std::int32_t>& gained) {
      const std::lock_guard lock(mutex_);
      owned_.insert(gained.begin(), gained.end());
      changed_.notify_all();
    };
    hears.lost = [this](const std::vector<std::int32_t>& lost, bool,
                        const std::function<void()>& released) {
      {
        const std::lock_guard lock(mutex_);
        for (const auto s : lost) owned_.erase(s);
        changed_.notify_all();
      }
      released();
    };
    EXPECT_FALSE(cluster_->ownership().start(std::move(hears)));
  }

  /// Events up to the positions that the tests commit: none may lie behind a partition's end.
  void fill() {
    std::vector<outgoing_record> events;
    for (std::int32_t s = 0; s < shards; ++s)
      for (int i = 0; i < 64; ++i) {
        auto& e = events.emplace_back();
        e.topic = topics::processed_events;
        e.partition = s;
        e.value = "event";
      }
    EXPECT_TRUE(append(cluster_->log(), std::move(events)));
  }

  bool owns(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return owned_.size() == count; });
  }
  std::set<std::int32_t> owned() {
    const std::lock_guard lock(mutex_);
    return owned_;
  }
  std::vector<shard_restore> restores() { return cluster_->ownership().restores(); }
  bool leave() { return cluster_->ownership().leave(std::chrono::seconds(10)); }
  state_store& state() { return cluster_->state(); }

 private:
  kafka::options settings_;
  const std::string id_;
  temp_dir dir_;
  std::unique_ptr<embedded::database> local_ = open(small(dir_.path()));
  std::unique_ptr<kafka::kafka_cluster> cluster_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::int32_t> owned_;
};

state_commit one_write(std::int32_t shard, const std::string& value, std::int64_t position) {
  state_commit c;
  c.shard = shard;
  c.position = position;
  c.writes.push_back({"u" + std::to_string(shard), value, 5'000, 0});
  return c;
}

class kafka_cluster_test : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (std::getenv("RIQ_TEST_BROKER") == nullptr)
      GTEST_SKIP() << "RIQ_TEST_BROKER names no broker";
  }
  std::unique_ptr<member> join(const std::string& id) {
    return std::make_unique<member>(prefix_, id, GetParam());
  }
  /// The first node of a cluster that has seen events.
  std::unique_ptr<member> first_node(const std::string& id) {
    auto first = join(id);
    first->fill();
    return first;
  }
  const std::string prefix_ = unique_prefix();
};

TEST_P(kafka_cluster_test, kafka_broker_a_shard_takes_its_state_along) {
  auto a = first_node("a");
  a->start();
  ASSERT_TRUE(a->owns(shards));
  for (std::int32_t s = 0; s < shards; ++s) {
    EXPECT_EQ(a->state().position(s), -1);
    EXPECT_FALSE(commit(a->state(), one_write(s, "old", 10 + s)));
    EXPECT_FALSE(commit(a->state(), one_write(s, "new", 20 + s)));
  }
  EXPECT_TRUE(a->leave());
  auto b = join("b");
  b->start();
  ASSERT_TRUE(b->owns(shards));
  const auto restores = b->restores();
  ASSERT_EQ(restores.size(), std::size_t{shards});
  for (const auto& r : restores) {
    EXPECT_TRUE(r.done);
    EXPECT_EQ(r.records, 2) << "of shard " << r.shard;
    EXPECT_EQ(r.left, 0);
    EXPECT_GT(r.bytes, 0u);
  }
  for (std::int32_t s = 0; s < shards; ++s) {
    EXPECT_EQ(b->state().position(s), 20 + s);
    const auto found = load(b->state(), s, {"u" + std::to_string(s), "nobody"});
    ASSERT_TRUE(found);
    EXPECT_EQ((*found)[0], "new");
    EXPECT_FALSE((*found)[1]);
    const auto timers = due(b->state(), s, {}, 10'000, 10);
    ASSERT_TRUE(timers);
    EXPECT_EQ(timers->size(), 1U);
  }
  EXPECT_TRUE(b->leave());
}

TEST_P(kafka_cluster_test, kafka_broker_a_node_with_its_disk_reads_only_what_it_missed) {
  auto a = first_node("a");
  a->start();
  ASSERT_TRUE(a->owns(shards));
  for (std::int32_t s = 0; s < shards; ++s)
    EXPECT_FALSE(commit(a->state(), one_write(s, "old", 10 + s)));
  EXPECT_TRUE(a->leave());
  a->restart();
  a->start();
  ASSERT_TRUE(a->owns(shards));
  for (const auto& r : a->restores()) EXPECT_EQ(r.records, 0) << "of shard " << r.shard;
  EXPECT_TRUE(a->leave());
  auto b = join("b");
  b->start();
  ASSERT_TRUE(b->owns(shards));
  EXPECT_FALSE(commit(b->state(), one_write(2, "new", 50)));
  EXPECT_TRUE(b->leave());
  a->restart();
  a->start();
  ASSERT_TRUE(a->owns(shards));
  for (const auto& r : a->restores())
    EXPECT_EQ(r.records, r.shard == 2 ? 1 : 0) << "of shard " << r.shard;
  const auto found = load(a->state(), 2, {"u2"});
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0], "new");
  EXPECT_TRUE(a->leave());
}

TEST_P(kafka_cluster_test, kafka_broker_only_the_owner_of_a_shard_can_commit) {
  auto a = first_node("a");
  a->start();
  ASSERT_TRUE(a->owns(shards));
  auto b = join("b");
  b->start();
  ASSERT_TRUE(b->owns(shards / 2));
  ASSERT_TRUE(a->owns(shards / 2));
  for (std::int32_t s = 0; s < shards; ++s) {
    const bool of_a = a->owned().contains(s);
    EXPECT_NE(of_a, b->owned().contains(s));
    EXPECT_EQ(bool(commit(a->state(), one_write(s, "a", 5))), !of_a);
    EXPECT_EQ(bool(commit(b->state(), one_write(s, "b", 5))), of_a);
  }
  EXPECT_TRUE(b->leave());
  ASSERT_TRUE(a->owns(shards));
  for (std::int32_t s = 0; s < shards; ++s) EXPECT_EQ(a->state().position(s), 5);
  EXPECT_TRUE(a->leave());
}

INSTANTIATE_TEST_SUITE_P(assignors, kafka_cluster_test,
                         testing::Values("range", "cooperative-sticky"),
                         [](const auto& info) { return info.index == 0 ? "range" : "sticky"; });

} // namespace

} // namespace riq::storage::test
