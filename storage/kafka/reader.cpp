#include "storage/kafka/reader.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "config/thread_name.hpp"
#include "messages/topics.hpp"
#include "storage/kafka/witness.hpp"

namespace riq::storage::kafka {

namespace {

/// Records in one batch.
constexpr std::size_t max_batch = 1024;

/// Between two looks at what the clients report on their own.
constexpr std::chrono::milliseconds report_interval{500};

/// How long the start of a subscription waits to learn of a topic's leaders.
constexpr int leader_question_ms = 1'000;

/// A client has one fetch under way with a broker, which goes through all of its partitions whether
/// they have news or not. What there is most of, and somebody waits for, does not wait for the
/// others; these have one lane together.
constexpr std::array own_lane{topics::user_activity, topics::processed_events};

std::size_t lane_of(const topic& t) {
  return static_cast<std::size_t>(std::ranges::find(own_lane, t.name) - own_lane.begin());
}

/// How long a broker keeps a fetch that has nothing to tell, by whether the lane is one's own. What
/// is followed newly joins the next fetch: users wait for that when their shard comes to a node on
/// which nothing happens, and nobody waits for a first record of the others'.
constexpr int fetch_wait_ms = 250;
constexpr int shared_fetch_wait_ms = 500;

/// What a client holds of one partition before it stops fetching it.
constexpr std::int64_t fetched_ahead_kbytes = 4'096;

} // namespace

reader::reader(const options& settings, const topic_table& topics, reachability& brokers)
  : settings_(settings), topics_(topics), brokers_(brokers), thread_([this] { run(); }) {}

reader::~reader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wanted_.notify_all();
  thread_.join();
}

std::unique_ptr<subscription> reader::subscribe(topic* where, topic_partition name,
                                                std::int64_t from, batch_sink sink) {
  auto made = std::make_shared<stream>(*this, where, std::move(name), from, std::move(sink));
  enqueue(step::start, made);
  return std::make_unique<stream_handle>(std::move(made));
}

/// The client's threads come here with the lock of a queue held: nothing here may touch the client.
void reader::enqueue(step what, std::shared_ptr<stream> of) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    steps_.emplace_back(what, std::move(of));
  }
  wanted_.notify_one();
}

void reader::run() {
  name_thread("kafka reader");
  std::set<std::shared_ptr<stream>> running;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (steps_.empty()) wanted_.wait_for(lock, report_interval);
    auto steps = std::exchange(steps_, {});
    lock.unlock();
    for (auto& [what, s] : steps) {
      switch (what) {
      case step::start:
        running.insert(s);
        start(*s);
        break;
      case step::read:
        read(s);
        break;
      case step::stop:
        stop(*s);
        running.erase(s);
      }
    }
    for (auto& c : clients_) rd_kafka_poll(c.client.get(), 0);
    lock.lock();
  }
  lock.unlock();
  for (const auto& s : running) {
    {
      const std::lock_guard closing(s->mutex_);
      s->closed_ = true;
    }
    stop(*s);
  }
  for (auto& c : clients_) c.known.clear(); // before their client
  clients_.clear();
}

result<std::size_t> reader::client_for(const topic& t, std::int32_t partition) {
  const auto lane = lane_of(t);
  const auto free = std::find_if(clients_.begin(), clients_.end(), [&](const auto& c) {
    return c.lane == lane && !c.followed.contains({&t, partition});
  });
  if (free != clients_.end()) return static_cast<std::size_t>(free - clients_.begin());
  client_config config{settings_.client, &brokers_};
  config.reports("reader-" + std::to_string(clients_.size() + 1))
    .set("enable.partition.eof", "true")
    .set("auto.offset.reset", "error") // see lost_place
    .set("isolation.level", "read_committed")
    .set("fetch.wait.max.ms", lane < own_lane.size() ? fetch_wait_ms : shared_fetch_wait_ms)
    .set("fetch.error.backoff.ms", 100)
    .set("queued.max.messages.kbytes", fetched_ahead_kbytes)
    .set("allow.auto.create.topics", "false");
  auto made = config.make(RD_KAFKA_CONSUMER);
  if (!made) return made.error();
  follower_client c{lane, std::move(*made), {}, {}};
  ask_for_leaders(c, topics_.all());
  const std::lock_guard lock(clients_mutex_);
  clients_.push_back(std::move(c));
  return clients_.size() - 1;
}

/// Left to itself the client asks once a second. All at once, and before anything is fetched: a
/// question would wait behind the fetch that waits for records on the same connection.
void reader::ask_for_leaders(follower_client& c, const std::vector<topic*>& topics) const {
  for (const auto* t : topics)
    c.known.try_emplace(t, rd_kafka_topic_new(c.client.get(), t->wire.c_str(), nullptr));
  learn_leaders(c.client.get(), nullptr, leader_question_ms);
}

void reader::start(stream& s) {
  if (s.where_ == nullptr) {
    s.deliver(error{ec::not_found, "topic", "There is no topic " + s.name_.topic + "."});
    return;
  }
  const auto at = client_for(*s.where_, s.name_.partition);
  if (!at) {
    s.deliver(at.error());
    return;
  }
  auto& c = clients_[*at];
  s.client_ = *at;
  s.handle_.reset(rd_kafka_topic_new(c.client.get(), s.where_->wire.c_str(), nullptr));
  if (!c.known.contains(s.where_)) ask_for_leaders(c, {s.where_}); // made later than the client
  s.queue_.reset(rd_kafka_queue_new(c.client.get()));
  rd_kafka_queue_cb_event_enable(s.queue_.get(), &stream::has_news, &s);
  // Beyond the end there is nothing to start from; what comes before is passed over.
  const auto held = s.where_->range(s.name_.partition);
  const auto from = std::max(held.begin, std::min(s.next_, held.end));
  if (rd_kafka_consume_start_queue(s.handle_.get(), s.name_.partition, from, s.queue_.get()) != 0) {
    s.deliver(to_error(rd_kafka_last_error(), "following " + s.where_->wire));
    return;
  }
  s.started_ = true;
  c.followed.emplace(s.where_, s.name_.partition);
}

void reader::stop(stream& s) {
  if (!s.queue_) return;
  rd_kafka_queue_cb_event_enable(s.queue_.get(), nullptr, nullptr);
  if (s.started_) {
    rd_kafka_consume_stop(s.handle_.get(), s.name_.partition);
    clients_[s.client_].followed.erase({s.where_, s.name_.partition});
  }
  s.started_ = false;
  s.queue_.reset();
  s.handle_.reset();
}

void reader::read(const std::shared_ptr<stream>& s) {
  const auto credit = s->begin_round();
  if (credit == 0 || !s->started_) return;
  const auto before = s->next_;
  bool all = true;
  auto batch = s->take(std::min(credit, max_batch), all);
  if (!batch || !batch->records.empty() || batch->next != before)
    if (!s->deliver(std::move(batch))) return;
  if (!all) s->wake();
}

/// The brokers do not have what would come next. A topic that counts from 0 again, because it was
/// deleted and made anew, must not be read from there: everybody would take it for what they have.
error reader::lost_place(const stream& s) const {
  const auto& t = *s.where_;
  const auto partition = s.name_.partition;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  if (const auto code = query_range(clients_[s.client_].client.get(), t.wire, partition,
                                    leader_question_ms, begin, end);
      code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return to_error(code, "asking for the range of " + t.wire);
  if (s.next_ > end) return ends_before(t.name, partition, end, s.next_);
  if (s.next_ >= begin) return {ec::storage, "", "Kafka: " + t.wire + " is begun again"};
  s.where_->saw_begin(partition, begin);
  return {ec::storage, "",
          "Kafka has dropped the records " + std::to_string(s.next_) + " to " +
            std::to_string(begin - 1) + " of partition " + std::to_string(partition) + " of " +
            t.wire + " before they were read"};
}

void reader::look_at_end(topic& t, std::int32_t partition) const {
  const std::lock_guard lock(clients_mutex_);
  for (const auto& c : clients_) {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    if (rd_kafka_get_watermark_offsets(c.client.get(), t.wire.c_str(), partition, &begin, &end) ==
          RD_KAFKA_RESP_ERR_NO_ERROR &&
        end >= 0)
      t.saw_end(partition, end);
  }
}

} // namespace riq::storage::kafka
