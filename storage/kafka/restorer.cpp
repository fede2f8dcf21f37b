#include "storage/kafka/restorer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <future>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "messages/topics.hpp"

namespace riq::storage::kafka {

namespace {

/// Shards' numbers end far below.
constexpr std::int32_t changelog_places = 1 << 20;

constexpr std::size_t batch_records = 5'000;
// Some are under way to the local store at once, whose queue they must not fill.
constexpr std::size_t batch_bytes = std::size_t{8} << 20;
constexpr int wait_ms = 100;
constexpr std::chrono::seconds at_most{30};

const error node_stops{ec::not_ready, "", "the node stops"};

std::int64_t due_of(const rd_kafka_message_t& m) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  std::int64_t due = 0;
  if (rd_kafka_message_headers(&m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
      rd_kafka_header_get_last(headers, std::string{headers::due}.c_str(), &value, &size) ==
        RD_KAFKA_RESP_ERR_NO_ERROR)
    std::from_chars(static_cast<const char*>(value), static_cast<const char*>(value) + size, due);
  return due;
}

/// What is there, at least one message unless none comes for a while, within the bounds of a
/// commit.
std::vector<rd_kafka_message_t*> take(rd_kafka_topic_t* from, std::int32_t partition) {
  std::vector<rd_kafka_message_t*> out;
  std::size_t bytes = 0;
  while (out.size() < batch_records && bytes < batch_bytes) {
    auto* m = rd_kafka_consume(from, partition, out.empty() ? wait_ms : 0);
    if (m == nullptr) break;
    bytes += m->len + m->key_len;
    out.push_back(m);
  }
  return out;
}

state_write to_write(const rd_kafka_message_t& m) {
  state_write out;
  out.key.assign(static_cast<const char*>(m.key), m.key_len);
  if (m.payload != nullptr) out.value.emplace(static_cast<const char*>(m.payload), m.len);
  // A wake-up that the local store has of an older life fires once more, finds nothing, and goes.
  out.due = due_of(m);
  return out;
}

/// Under way when it returns, after those that were begun before.
std::future<error> begin_commit(state_store& local, state_commit batch) {
  auto done = std::make_shared<std::promise<error>>();
  auto outcome = done->get_future();
  if (auto refused = local.commit(std::move(batch), [done](error e) { done->set_value(e); }))
    done->set_value(std::move(refused));
  return outcome;
}

/// Of nothing is nothing to be said.
error outcome_of(std::future<error>& commit) {
  return commit.valid() ? commit.get() : error{};
}

} // namespace

std::int32_t changelog_place(std::int32_t shard) {
  return changelog_places + shard;
}

error restorer::open() {
  for (const auto* isolation : {"read_committed", "read_uncommitted"}) {
    client_config config{settings_.client, &brokers_};
    config.set("group.id", settings_.client.group_id)
      .set("enable.auto.commit", "false")
      .set("enable.partition.eof", "true")
      .set("auto.offset.reset", "earliest")
      .set("fetch.wait.max.ms", 20)
      .set("isolation.level", isolation);
    auto made = config.make(RD_KAFKA_CONSUMER);
    if (!made) return made.error();
    (stable_ ? current_ : stable_) = std::move(*made);
  }
  return {};
}

result<restorer::committed> restorer::committed_by(std::int32_t shard, rd_kafka_t* asking) const {
  const partition_list asked{rd_kafka_topic_partition_list_new(2)};
  rd_kafka_topic_partition_list_add(asked.get(), events_.wire.c_str(), shard);
  rd_kafka_topic_partition_list_add(asked.get(), changelog_.wire.c_str(), shard); // the witness
  const auto code = rd_kafka_committed(asking, asked.get(), settings_.request_timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return to_error(code, "asking for the position of shard " + std::to_string(shard));
  const auto& p = asked->elems[0];
  committed out;
  out.position = std::max({out.position, p.offset, asked->elems[1].offset});
  if (p.metadata != nullptr) out.by.assign(static_cast<const char*>(p.metadata), p.metadata_size);
  while (!out.by.empty() && out.by.back() == '\0') out.by.pop_back();
  return out;
}

/// Ends what a dead owner has left open, and refuses it should it live.
error restorer::fence(const std::string& id) {
  const std::lock_guard one(fencing_); // two would end each other
  client_config config{settings_.client, &brokers_};
  config.set("transactional.id", id);
  auto made = config.make(RD_KAFKA_PRODUCER);
  if (!made) return made.error();
  spdlog::info("ending what node {} has left open", id);
  if (const error_handle failed{
        rd_kafka_init_transactions(made->get(), settings_.request_timeout_ms)})
    return to_error(*failed, "ending the transaction of " + id);
  return {};
}

result<std::int64_t> restorer::changelog_end(std::int32_t shard) const {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  const auto code =
    query_range(current_.get(), changelog_.wire, shard, settings_.request_timeout_ms, begin, end);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return to_error(code, "asking for the end of the changelog");
  return end;
}

error restorer::read_changelog(std::int32_t shard, std::int64_t from, std::int64_t end,
                               const stop_asked& stop) {
  const topic_handle t{rd_kafka_topic_new(stable_.get(), changelog_.wire.c_str(), nullptr)};
  learn_leaders(stable_.get(), t.get(), settings_.request_timeout_ms);
  if (rd_kafka_consume_start(t.get(), shard, from) != 0)
    return to_error(rd_kafka_last_error(), "reading the changelog");
  const auto give_up = std::chrono::steady_clock::now() + at_most;
  auto heard = std::chrono::steady_clock::now();
  error failed;
  std::future<error> under_way; // of the batch before
  for (auto next = from; !failed && next < end;) {
    const auto taken = take(t.get(), shard);
    state_commit batch;
    batch.shard = shard;
    for (auto* m : taken) {
      if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        batch.writes.push_back(to_write(*m));
        next = std::max(next, m->offset + 1);
      } else if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        next = std::max(next, m->offset);
      } else if (!failed) {
        failed = to_error(m->err, "reading the changelog");
      }
      rd_kafka_message_destroy(m);
    }
    const auto now = std::chrono::steady_clock::now();
    if (!taken.empty()) heard = now;
    if (!failed && stop()) failed = node_stops;
    // A transaction that nobody ends holds the end back until the brokers give it up.
    if (now - heard > at_most || (now > give_up && taken.empty()))
      failed = {ec::timed_out, "",
                "the changelog of shard " + std::to_string(shard) +
                  " ends with a transaction that is not decided"};
    if (failed || batch.writes.empty()) continue;
    took(shard, batch, std::max<std::int64_t>(0, end - next));
    // The next records are read meanwhile. Until the shard starts, its position is of no meaning.
    if ((failed = outcome_of(under_way))) break;
    under_way = begin_commit(local_, std::move(batch));
  }
  rd_kafka_consume_stop(t.get(), shard);
  if (auto last = outcome_of(under_way); last && !failed) failed = std::move(last);
  if (failed) return failed;
  state_commit place;
  place.shard = changelog_place(shard);
  place.position = end;
  return begin_commit(local_, std::move(place)).get();
}

void restorer::begin(std::int32_t shard) {
  const std::lock_guard lock(mutex_);
  auto& c = courses_[shard];
  c = {};
  c.begin = clock::now();
  c.told.shard = shard;
  c.told.since = std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
}

void restorer::took(std::int32_t shard, const state_commit& batch, std::int64_t left) {
  const std::lock_guard lock(mutex_);
  auto& told = courses_[shard].told;
  told.records += static_cast<std::int64_t>(batch.writes.size());
  told.left = left;
  for (const auto& w : batch.writes) told.bytes += w.key.size() + (w.value ? w.value->size() : 0);
}

void restorer::end(std::int32_t shard) {
  const std::lock_guard lock(mutex_);
  auto& c = courses_[shard];
  c.told.done = true;
  c.told.left = 0;
  c.told.took_ms = std::chrono::duration<double, std::milli>(clock::now() - c.begin).count();
}

std::vector<shard_restore> restorer::progress() const {
  std::vector<shard_restore> out;
  const auto now = clock::now();
  const std::lock_guard lock(mutex_);
  for (const auto& [shard, c] : courses_) {
    auto& told = out.emplace_back(c.told);
    if (!told.done) told.took_ms = std::chrono::duration<double, std::milli>(now - c.begin).count();
  }
  return out;
}

result<std::int64_t> restorer::restore(std::int32_t shard, const stop_asked& stop) {
  begin(shard);
  const auto last = committed_by(shard, current_.get());
  if (!last) return last.error();
  if (!last->by.empty() && last->by != own_id_)
    if (auto failed = fence(last->by)) return failed;
  if (stop()) return node_stops;
  const auto decided = committed_by(shard, stable_.get());
  if (!decided) return decided.error();
  if (stop()) return node_stops;
  const auto until = changelog_end(shard);
  if (!until) return until.error();
  const auto from = std::clamp<std::int64_t>(local_.position(changelog_place(shard)), 0, *until);
  if (from < *until) {
    if (auto failed = read_changelog(shard, from, *until, stop)) return failed;
    spdlog::info("shard {} restored from {} records of its changelog", shard, *until - from);
  }
  end(shard);
  return decided->position;
}

} // namespace riq::storage::kafka
