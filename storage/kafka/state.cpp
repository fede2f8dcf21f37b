#include "storage/kafka/state.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <utility>

#include <string.h>

#include <spdlog/spdlog.h>

#include "config/thread_name.hpp"
#include "messages/topics.hpp"
#include "storage/kafka/outgoing.hpp"
#include "storage/kafka/restorer.hpp"

namespace riq::storage::kafka {

namespace {

/// A dead node's open transaction holds readers up for that long, unless its successor ends it.
constexpr int transaction_timeout_ms = 10'000;
constexpr int transaction_poll_ms = 50;
/// A transaction that follows another at once is told to come again, for as long as the brokers
/// write the end of the one before, which takes them some milliseconds.
constexpr int come_again_ms = 10;
/// Shards that are told to store come one after the other, and share a transaction.
constexpr std::chrono::milliseconds gather_for{2};
// What commits rely on must be stored within this time.
constexpr std::chrono::milliseconds settle_within{10'000};
constexpr int attempts = 3;
constexpr std::chrono::seconds release_within{5};

error not_ours(std::int32_t shard) {
  return {ec::conflict, "",
          "shard " + std::to_string(shard) + " is another node's now; nothing was stored"};
}

rd_kafka_headers_t* due_header(std::int64_t due) {
  if (due == 0) return nullptr;
  auto* out = rd_kafka_headers_new(1);
  const auto text = std::to_string(due);
  rd_kafka_header_add(out, headers::due.data(), static_cast<ssize_t>(headers::due.size()),
                      text.data(), static_cast<ssize_t>(text.size()));
  return out;
}

} // namespace

kafka_state::kafka_state(parts with) : with_(std::move(with)), thread_([this] { run(); }) {}

kafka_state::~kafka_state() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wanted_.notify_all();
  thread_.join();
}

error kafka_state::load(std::int32_t shard, std::vector<std::string> keys, load_done done) {
  return with_.local.load(shard, std::move(keys), std::move(done));
}

error kafka_state::due(std::int32_t shard, due_entry from, std::int64_t until, std::size_t limit,
                       due_done done) {
  return with_.local.due(shard, std::move(from), until, limit, std::move(done));
}

error kafka_state::scan(std::int32_t shard, std::string from, std::size_t limit, scan_done done) {
  return with_.local.scan(shard, std::move(from), limit, std::move(done));
}

std::uint64_t kafka_state::approximate_keys(std::int32_t shard) const {
  return with_.local.approximate_keys(shard);
}

std::uint64_t kafka_state::bytes_on_disk() const {
  return with_.local.bytes_on_disk();
}

void kafka_state::restored(std::int32_t shard, std::int64_t position) {
  const std::lock_guard lock(mutex_);
  positions_[shard] = position;
}

void kafka_state::release(const std::vector<std::int32_t>& shards) {
  const auto claim = with_.claims();
  std::vector<work> works;
  std::vector<std::future<void>> waiting;
  for (const auto shard : shards) {
    const auto owned = claim.shards.find(shard);
    const auto last = position(shard);
    if (owned == claim.shards.end() || last < 0) continue; // nobody has committed it yet
    auto done = std::make_shared<std::promise<void>>();
    waiting.push_back(done->get_future());
    // What goes wrong costs the next owner a moment, for ending a transaction that is not open.
    works.push_back(
      {{shard, {}, last}, [done](const error&) { done->set_value(); }, owned->second, -1});
  }
  if (enqueue(std::move(works))) return;
  const auto until = std::chrono::steady_clock::now() + release_within;
  for (auto& heard : waiting) heard.wait_until(until);
}

std::int64_t kafka_state::position(std::int32_t shard) const {
  const std::lock_guard lock(mutex_);
  const auto found = positions_.find(shard);
  return found == positions_.end() ? -1 : found->second;
}

error kafka_state::commit(state_commit batch, std::function<void(error)> done) {
  const auto claim = with_.claims();
  const auto owned = claim.shards.find(batch.shard);
  if (owned == claim.shards.end()) return not_ours(batch.shard);
  std::vector<work> one;
  one.push_back({std::move(batch), std::move(done), owned->second, -1});
  return enqueue(std::move(one));
}

/// What comes together shares a transaction.
error kafka_state::enqueue(std::vector<work> works) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {ec::storage, "", "the node stops"};
    std::ranges::move(works, std::back_inserter(queue_));
  }
  wanted_.notify_one();
  return {};
}

void kafka_state::await_settled(std::int32_t shard) {
  std::unique_lock lock(mutex_);
  settled_.wait(lock, [&] { return !under_way_.contains(shard); });
  positions_.erase(shard);
}

bool kafka_state::is_current(const work& w, const membership::claim& claim) {
  const auto owned = claim.shards.find(w.batch.shard);
  return claim.metadata && owned != claim.shards.end() && owned->second == w.tenure;
}

void kafka_state::run() {
  name_thread("kafka commits");
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    wanted_.wait_for(lock, gather_for, [&] { return stopping_; });
    if (stopping_) break;
    auto taken = std::exchange(queue_, {});
    for (const auto& w : taken) under_way_.insert(w.batch.shard);
    lock.unlock();
    commit_all(std::move(taken));
    lock.lock();
    under_way_.clear();
    settled_.notify_all();
  }
  for (auto& w : queue_) w.done({ec::storage, "", "the node stops"});
  changelog_.reset();
  client_.reset();
}

void kafka_state::commit_all(std::vector<work> taken) {
  error failed;
  if (!with_.await_relaxed(settle_within))
    failed = {ec::storage, "", "Kafka: what the commit relies on could not be stored"};
  const auto claim = with_.claims();
  std::vector<work*> ours;
  for (auto& w : taken) {
    if (is_current(w, claim))
      ours.push_back(&w);
    else
      w.done(not_ours(w.batch.shard));
  }
  if (ours.empty()) return;
  if (!failed) failed = transact(ours, claim);
  for (auto* w : ours) {
    if (failed)
      w->done(failed);
    else
      keep(*w);
  }
}

error kafka_state::ready_client() {
  if (client_) return {};
  client_config config{with_.settings.client, &with_.brokers};
  config.set("transactional.id", with_.transactional_id)
    .set("transaction.timeout.ms", transaction_timeout_ms)
    .set("linger.ms", with_.settings.client.linger_ms)
    .set("retry.backoff.ms", come_again_ms)
    .set("queue.buffering.max.messages", 10'000'000)
    .set("queue.buffering.max.kbytes", 2'097'151);
  rd_kafka_conf_set_dr_msg_cb(config.raw(), &kafka_state::delivered);
  auto made = config.make(RD_KAFKA_PRODUCER);
  if (!made) return made.error();
  if (const error_handle bad{
        rd_kafka_init_transactions(made->get(), with_.settings.request_timeout_ms)})
    return to_error(*bad, "preparing transactions");
  client_ = std::move(*made);
  changelog_.reset(rd_kafka_topic_new(client_.get(), with_.changelog.wire.c_str(), nullptr));
  return {};
}

void kafka_state::delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return; // the transaction fails with it
  auto& end = static_cast<work*>(message->_private)->changelog_end;
  end = std::max(end, message->offset + 1);
}

error kafka_state::send(work& w) {
  for (const auto& write : w.batch.writes) {
    const auto hand_over = [&] {
      record_parts record{write.key, write.value, due_header(write.due)};
      record.copied = true; // who undoes a transaction need not know when the client lets go of it
      return produce(client_.get(), changelog_.get(), w.batch.shard, record, &w);
    };
    auto code = hand_over();
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      rd_kafka_poll(client_.get(), transaction_poll_ms);
      code = hand_over();
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code, "writing the changelog");
  }
  return {};
}

error kafka_state::decide(std::vector<work*>& works, const membership::claim& claim) {
  const partition_list offsets{
    rd_kafka_topic_partition_list_new(2 * static_cast<int>(works.size()))};
  for (const auto* w : works) {
    // The witness, see witness.hpp.
    rd_kafka_topic_partition_list_add(offsets.get(), with_.changelog.wire.c_str(), w->batch.shard)
      ->offset = w->batch.position;
    auto* p =
      rd_kafka_topic_partition_list_add(offsets.get(), with_.events.wire.c_str(), w->batch.shard);
    p->offset = w->batch.position;
    if (claim.released.contains(w->batch.shard)) continue;
    // Says who has to be ended before somebody else goes on; freed with the list.
    p->metadata = ::strdup(with_.transactional_id.c_str());
    p->metadata_size = with_.transactional_id.size();
  }
  if (const error_handle bad{rd_kafka_send_offsets_to_transaction(
        client_.get(), offsets.get(), claim.metadata.get(), with_.settings.request_timeout_ms)}) {
    undo(rd_kafka_error_is_fatal(bad.get()) == 0);
    return to_error(*bad, "committing positions");
  }
  for (int attempt = 1;; ++attempt) {
    const error_handle bad{
      rd_kafka_commit_transaction(client_.get(), with_.settings.request_timeout_ms)};
    if (!bad) return {};
    if (rd_kafka_error_is_retriable(bad.get()) != 0 && attempt < attempts) continue;
    undo(rd_kafka_error_txn_requires_abort(bad.get()) != 0);
    return to_error(*bad, "committing");
  }
}

error kafka_state::transact(std::vector<work*>& works, const membership::claim& claim) {
  if (auto bad = ready_client()) return bad;
  const auto begin = std::chrono::steady_clock::now();
  if (const error_handle bad{rd_kafka_begin_transaction(client_.get())}) {
    undo(false);
    return to_error(*bad, "beginning a transaction");
  }
  for (auto* w : works)
    if (auto bad = send(*w)) {
      undo(true);
      return bad;
    }
  if (auto bad = decide(works, claim)) return bad;
  with_.brokers.figures().committed(
    std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  return {};
}

/// After a failure: nothing of the transaction holds. A client that cannot say so is replaced,
/// which ends the transaction as well.
void kafka_state::undo(bool abortable) {
  with_.brokers.figures().aborted();
  if (abortable) {
    const error_handle bad{
      rd_kafka_abort_transaction(client_.get(), with_.settings.request_timeout_ms)};
    if (!bad) return;
    spdlog::warn("kafka: aborting a transaction: {}", rd_kafka_error_string(bad.get()));
  }
  with_.brokers.figures().replaced();
  changelog_.reset();
  client_.reset();
}

/// In the local store: the states first, then how much of the changelog they are.
void kafka_state::keep(work& w) {
  const auto shard = w.batch.shard;
  {
    const std::lock_guard lock(mutex_);
    positions_[shard] = w.batch.position;
  }
  if (auto refused = with_.local.commit(std::move(w.batch), w.done)) {
    w.done(refused);
    return;
  }
  if (w.changelog_end < 0) return;
  state_commit place;
  place.shard = changelog_place(shard);
  place.position = w.changelog_end;
  // Lost with a crash, it only makes the next restore read a little more.
  (void)with_.local.commit(std::move(place), {});
}

} // namespace riq::storage::kafka
