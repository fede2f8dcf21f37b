#include "storage/embedded/pipeline.hpp"

#include <algorithm>
#include <future>
#include <string>

#include "config/thread_name.hpp"
#include "storage/embedded/disk_space.hpp"

namespace riq::storage::embedded {

namespace {

constexpr std::size_t max_group_bytes = std::size_t{8} << 20;
// Between looks at what is to be synced, and at positions of groups that nothing else takes along.
constexpr std::chrono::milliseconds tick{50};
constexpr std::chrono::milliseconds quiet_tick{250};
constexpr std::chrono::milliseconds retry_interval{200};

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

error closing() {
  return {ec::not_ready, "", "The storage is being closed."};
}

} // namespace

pipeline::pipeline(const rocks& db, group_offsets& offsets, const options& settings)
  : db_(db), offsets_(offsets), settings_(settings), group_(db), thread_([this] { run(); }) {}

error pipeline::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

error pipeline::admit(std::size_t bytes, std::size_t records) const {
  if (stopping_) return closing();
  if (health_) return health_;
  if (bytes > settings_.queue_bytes || records > settings_.queue_records)
    return {ec::too_large, "", "One write is larger than the whole queue; split it."};
  if (queued_bytes_ + bytes > settings_.queue_bytes ||
      queued_records_ + records > settings_.queue_records)
    return {ec::queue_full, "", "The storage's queue is full; try again later."};
  return {};
}

void pipeline::enqueue(work w) {
  queued_bytes_ += w.bytes;
  queued_records_ += w.records;
  queue_.push_back(std::move(w));
  if (waiting_) {
    waiting_ = false;
    ready_.notify_one();
  }
}

error pipeline::append(append_work w, const std::vector<std::uint32_t>& part_of) {
  std::size_t bytes = sizeof(work);
  for (const auto& part : w.parts) bytes += part.data->records.size() + sizeof(slab);
  const auto records = std::max<std::size_t>(w.offsets.size(), 1);
  partition* first_woken = nullptr;
  std::vector<partition*> woken;
  {
    const std::lock_guard lock(mutex_);
    if (auto refused = admit(bytes, records)) return refused;
    // Under the queue's lock, so that the order of offsets is the order of the queue.
    for (const auto& part : w.parts) {
      if (!part.where->append(part.data)) continue;
      if (first_woken == nullptr)
        first_woken = part.where;
      else if (part.where != first_woken)
        woken.push_back(part.where);
    }
    for (std::size_t i = 0; i < w.offsets.size(); ++i)
      w.offsets[i] += w.parts[part_of.empty() ? 0 : part_of[i]].data->base;
    enqueue({std::move(w), bytes, records});
  }
  if (first_woken != nullptr) first_woken->wake();
  for (auto* where : woken) where->wake();
  return {};
}

error pipeline::commit(state_work w) {
  std::size_t bytes = sizeof(work);
  for (const auto& write : w.commit.writes)
    bytes += sizeof(write) + 2 * write.key.size() + (write.value ? write.value->size() : 0);
  const auto records = std::max<std::size_t>(w.commit.writes.size(), 1);
  const std::lock_guard lock(mutex_);
  if (auto refused = admit(bytes, records)) return refused;
  enqueue({std::move(w), bytes, records});
  return {};
}

void pipeline::after_queued(std::function<void()> then) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      enqueue({state_work{{}, [then = std::move(then)](const error&) { then(); }}, 0, 0});
      return;
    }
  }
  then();
}

error pipeline::call(std::function<error()> task) {
  std::promise<error> promise;
  auto outcome = promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return closing();
    enqueue({task_work{std::move(task), [&](error e) { promise.set_value(std::move(e)); }}, 0, 0});
  }
  return outcome.get();
}

void pipeline::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void pipeline::run() {
  name_thread("log writer");
  for (bool last = false; !last;) {
    std::vector<work> taken;
    std::vector<group_offsets::change> changes;
    {
      std::unique_lock lock(mutex_);
      waiting_ = queue_.empty() && !stopping_;
      const auto at_most = unsynced_ || failing_ ? tick : quiet_tick;
      if (waiting_) ready_.wait_for(lock, at_most, [&] { return !queue_.empty() || stopping_; });
      waiting_ = false;
      taken.swap(queue_);
      last = stopping_;
      // Taken under the same lock as the queue: what a thread appended before it committed is in
      // this round or an earlier one.
      changes = offsets_.take();
    }
    process(std::move(taken), std::move(changes));
    if (failing_ && (last || clock::now() >= next_retry_)) retry();
    sync_lazily(last);
  }
  const auto why = health();
  for (auto& w : kept_) complete(w, why ? why : closing());
}

void pipeline::process(std::vector<work> taken, std::vector<group_offsets::change> changes) {
  auto* const end = taken.data() + taken.size();
  for (auto* first = taken.data(); first != end;) {
    if (auto* task = std::get_if<task_work>(&first->what)) {
      task->done(task->run());
      ++first;
      continue;
    }
    auto* last = first;
    for (std::size_t bytes = 0; last != end && bytes < max_group_bytes; ++last) {
      if (std::holds_alternative<task_work>(last->what)) break;
      bytes += last->bytes;
    }
    write(first, last, last == end ? std::exchange(changes, {}) : decltype(changes){});
    first = last;
  }
  if (!changes.empty()) write(nullptr, nullptr, std::move(changes));
}

void pipeline::write(work* first, work* last, std::vector<group_offsets::change> changes) {
  const auto give_up = [&](const error& why) {
    group_.clear();
    offsets_.give_back(std::move(changes));
    for (auto* w = first; w != last; ++w) refuse(*w, why);
  };
  if (failing_) return give_up(health());
  group_.clear();
  std::size_t bytes = 0;
  std::size_t records = 0;
  for (auto* w = first; w != last; ++w) {
    bytes += w->bytes;
    records += w->records;
    if (const auto* append = std::get_if<append_work>(&w->what))
      group_.add(*append);
    else
      group_.add(std::get<state_work>(w->what));
  }
  group_.add(changes);
  group_.finish(settings_.now_ms());
  if (!group_.empty()) {
    // A write takes its size in the log now and again in a table file later.
    if (!room(2 * bytes)) {
      fail({ec::disk_full, "",
            "The disk of " + settings_.path.string() + " is full: less than " +
              std::to_string(settings_.reserve_bytes >> 20) +
              " MiB would be left. Free some space; writing goes on by itself then."});
      return give_up(health());
    }
    rocksdb::WriteOptions how;
    how.sync = settings_.sync && group_.synced();
    const auto status = db_.db().Write(how, &group_.batch());
    if (!status.ok()) {
      fail(to_error(status, "writing"));
      return give_up(health());
    }
    if (how.sync) {
      unsynced_ = false;
    } else if (!unsynced_) {
      unsynced_ = true;
      unsynced_since_ = clock::now();
    }
  }
  {
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= bytes;
    queued_records_ -= records;
  }
  for (auto* p : group_.stored(settings_.tail_bytes)) p->wake();
  group_.clear();
  for (auto* w = first; w != last; ++w) {
    w->bytes = w->records = 0; // given back above, all at once
    complete(*w, {});
  }
}

/// Answers, and gives the work's room in the queue back.
void pipeline::complete(work& w, const error& outcome) {
  if (w.records != 0) {
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= w.bytes;
    queued_records_ -= w.records;
  }
  std::visit(overloaded{[&](append_work& a) {
                          if (!a.done) return;
                          if (outcome)
                            a.done(outcome);
                          else
                            a.done(std::move(a.offsets));
                        },
                        [&](state_work& s) {
                          if (s.done) s.done(outcome);
                        },
                        [&](task_work& t) { t.done(outcome); }},
             w.what);
}

void pipeline::refuse(work& w, const error& why) {
  auto* append = std::get_if<append_work>(&w.what);
  if (append != nullptr && append->safety == durability::relaxed) {
    kept_.push_back(std::move(w));
    return;
  }
  if (append != nullptr) {
    for (const auto& part : append->parts) part.where->drop(part.data);
    for (const auto& part : append->parts) part.where->wake();
  }
  complete(w, why);
}

void pipeline::fail(error why) {
  failing_ = true;
  next_retry_ = clock::now() + retry_interval;
  const std::lock_guard lock(mutex_);
  health_ = std::move(why);
}

void pipeline::retry() {
  next_retry_ = clock::now() + retry_interval;
  std::size_t bytes = std::size_t{1} << 20; // some room beyond the reserve, not to fail again soon
  for (const auto& w : kept_) bytes += 2 * w.bytes;
  if (health().code == ec::disk_full && !room(bytes)) return;
  if (const auto status = db_.db().Resume(); !status.ok()) return;
  failing_ = false;
  auto kept = std::exchange(kept_, {});
  process(std::move(kept), {});
  if (failing_) return;
  const std::lock_guard lock(mutex_);
  health_ = {};
}

void pipeline::sync_lazily(bool now) {
  if (!unsynced_ || !settings_.sync || failing_) return;
  if (!now && clock::now() < unsynced_since_ + settings_.lazy_sync_interval) return;
  const auto status = db_.db().SyncWAL();
  if (status.ok())
    unsynced_ = false;
  else
    fail(to_error(status, "syncing the write-ahead log"));
}

bool pipeline::room(std::uint64_t bytes) const {
  return free_bytes(settings_.path) >= settings_.reserve_bytes + bytes;
}

} // namespace riq::storage::embedded
