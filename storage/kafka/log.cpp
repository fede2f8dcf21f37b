#include "storage/kafka/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "config/thread_name.hpp"
#include "messages/partition.hpp"
#include "messages/topics.hpp"

namespace riq::storage::kafka {

namespace {

/// How much a restart reads again that was done, at most.
constexpr std::chrono::milliseconds flush_interval{200};

/// Publications come many at once, as they were read: waiting for more only delays them.
constexpr std::uint32_t publication_linger_ms = 1;
/// Updates of the item model, which nobody waits for, and what is published in crowds.
constexpr std::uint32_t bulk_linger_ms = 50;

/// A look whether a broker is there again.
constexpr int probe_ms = 1'000;

/// The positions wait behind a question for a range, so it gives up before long.
constexpr int range_question_ms = 2'000;

} // namespace

result<std::unique_ptr<kafka_log>> kafka_log::open(options settings) {
  std::unique_ptr<kafka_log> out{new kafka_log(std::move(settings))};
  if (auto failed = out->start()) return failed;
  return out;
}

error kafka_log::start() {
  auto admin = client_config{settings_.client, &brokers_}.make(RD_KAFKA_PRODUCER);
  if (!admin) return admin.error();
  admin_ = std::move(*admin);
  topics_ = std::make_unique<topic_table>(admin_.get(), settings_);
  groups_ = std::make_unique<group_offsets>(settings_, brokers_);
  if (auto failed = groups_->open()) return failed;
  const auto linger = settings_.client.linger_ms;
  auto synced =
    producer::open(settings_, {settings_.client.delivery_timeout_ms, "appends", linger}, brokers_);
  if (!synced) return synced.error();
  synced_ = std::move(*synced);
  auto relaxed = producer::open(
    settings_,
    {0, "publications", std::min(linger, publication_linger_ms),
     producer::bulk_client{"bulk", std::max(linger, bulk_linger_ms), topics::session_updates}},
    brokers_);
  if (!relaxed) return relaxed.error();
  relaxed_ = std::move(*relaxed);
  reader_ = std::make_unique<reader>(settings_, *topics_, brokers_);
  upkeep_ = std::thread([this] { look_after(); });
  return {};
}

kafka_log::~kafka_log() {
  reader_.reset();
  synced_.reset();
  relaxed_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wanted_.notify_all();
  if (upkeep_.joinable()) upkeep_.join();
}

void kafka_log::look_after() {
  name_thread("kafka upkeep");
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait_for(lock, flush_interval, [&] { return stopping_ || !questions_.empty(); });
    const bool last = stopping_;
    const auto questions = std::exchange(questions_, {});
    lock.unlock();
    for (const auto& q : questions) q.done(ranges_now(q.where));
    rd_kafka_poll(admin_.get(), 0);
    if (brokers_.is_lost() && learn_leaders(admin_.get(), nullptr, probe_ms)) brokers_.found();
    flush_positions();
    lock.lock();
    if (last) return;
  }
}

topic* kafka_log::find(const topic_partition& where) const {
  auto* t = topics_->find(where.topic);
  return t != nullptr && where.partition >= 0 && where.partition < t->partitions ? t : nullptr;
}

error kafka_log::ensure_topic(const topic_options& wanted) {
  const auto reached = [&] { return groups_->reached(wanted.name, wanted.partitions); };
  if (auto failed = topics_->ensure(wanted, reached)) {
    // That nothing was answered is all that the question itself learns of a refused password.
    if (const auto why = brokers_.connection_failure(); !why.empty()) failed.detail += "; " + why;
    return failed;
  }
  if (cluster_id_.empty()) cluster_id_ = cluster_id(admin_.get(), settings_.request_timeout_ms);
  const auto& t = *topics_->find(wanted.name);
  synced_->prepare(t);
  relaxed_->prepare(t);
  for (const auto of : {part::shard, part::processor})
    if (auto failed = groups_->load(t, 0, t.partitions - 1, of)) return failed;
  return {};
}

std::int32_t kafka_log::partitions(std::string_view topic) const {
  const auto* t = topics_->find(topic);
  return t == nullptr ? 0 : t->partitions;
}

std::int32_t kafka_log::partition_of(std::string_view topic, std::string_view key) const {
  const auto count = partitions(topic);
  return count == 0 ? -1 : riq::partition_of(key, count);
}

error kafka_log::append(std::vector<outgoing_record> records, durability safety, append_done done) {
  const auto& through = safety == durability::synced ? synced_ : relaxed_;
  return through->append(std::move(records), *topics_, std::move(done));
}

std::unique_ptr<subscription> kafka_log::subscribe(topic_partition where, std::int64_t from,
                                                   batch_sink sink) {
  auto* t = find(where);
  return reader_->subscribe(t, std::move(where), from, std::move(sink));
}

offset_range kafka_log::range(const topic_partition& where) const {
  auto* t = find(where);
  if (t == nullptr) return {};
  reader_->look_at_end(*t, where.partition);
  return t->range(where.partition);
}

void kafka_log::ask_ranges(std::vector<topic_partition> where, ranges_done done) {
  {
    const std::lock_guard lock(mutex_);
    questions_.push_back({std::move(where), std::move(done)});
  }
  wanted_.notify_all();
}

result<std::vector<offset_range>>
kafka_log::ranges_now(const std::vector<topic_partition>& where) const {
  std::vector<offset_range> out;
  out.reserve(where.size());
  for (const auto& w : where) {
    auto* t = find(w);
    if (t != nullptr)
      if (auto failed = topics_->refresh(*t, w.partition, range_question_ms)) return failed;
    out.push_back(t == nullptr ? offset_range{} : t->range(w.partition));
  }
  return out;
}

void kafka_log::commit(std::string_view group, const topic_partition& where, std::int64_t next) {
  if (const auto* t = find(where)) groups_->commit(group, *t, where.partition, next);
}

std::int64_t kafka_log::committed(std::string_view group, const topic_partition& where) const {
  const auto* t = find(where);
  return t == nullptr ? -1 : groups_->committed(group, *t, where.partition);
}

error kafka_log::refresh(std::int32_t partition, part of) {
  for (auto* t : topics_->all()) {
    const bool raw = t->name == topics::user_activity || t->name == topics::orders ||
                     t->name == topics::offer_decisions;
    const bool of_no_shard = t->name == topics::session_updates ||
                             t->name == topics::item_updates || t->name == topics::user_state ||
                             t->name == topics::shard_owners || t->name == topics::dead_letters;
    if (partition >= t->partitions || (of == part::processor ? !raw : of_no_shard)) continue;
    // The positions first: they lie before the ends.
    if (auto failed = groups_->load(*t, partition, partition, of)) return failed;
    if (auto failed = topics_->refresh(*t, partition, settings_.request_timeout_ms)) return failed;
  }
  return {};
}

void kafka_log::flush_positions() {
  if (const auto failed = groups_->flush()) spdlog::warn("{}", failed.detail);
}

error kafka_log::health() const {
  if (auto lost = brokers_.health()) return lost;
  return relaxed_->refusal();
}

} // namespace riq::storage::kafka
