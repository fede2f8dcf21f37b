#include "storage/embedded/subscriber.hpp"

#include <algorithm>

#include "storage/embedded/log_reader.hpp"

namespace riq::storage::embedded {

namespace {

/// Records in one batch from the database, and from the tail.
constexpr std::size_t max_stored = 4096;
constexpr std::size_t max_tail = 256;

/// A thread that only passes by (it appended, granted or wrote) delivers little, then leaves the
/// rest to a reader. Passing by may be the log's writer, for whom everybody waits.
constexpr std::size_t max_inline = 48;
constexpr int inline_rounds = 2;

/// A reader delivers that many batches before others have their turn.
constexpr int reader_rounds = 8;

} // namespace

subscriber::subscriber(const rocks& db, readers& pool, std::shared_ptr<partition> where,
                       std::int64_t from, batch_sink sink)
  : db_(db), pool_(pool), where_(std::move(where)), sink_(std::move(sink)), position_(from) {}

void subscriber::grant(std::size_t records) {
  {
    const std::lock_guard lock(mutex_);
    credit_ += records;
  }
  wake();
}

void subscriber::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || (state_ == run_state::idle && credit_ == 0)) return;
    if (state_ != run_state::idle) {
      again_ = true;
      return;
    }
    state_ = run_state::running;
  }
  // The sink may drop the last handle while we are in it.
  const auto self = shared_from_this();
  run(on::caller);
}

void subscriber::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  if (state_ == run_state::queued) state_ = run_state::idle; // `resume` will find it closed
  if (runner_ == std::this_thread::get_id()) return;
  idle_.wait(lock, [&] { return state_ == run_state::idle; });
}

void subscriber::resume() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    state_ = run_state::running;
  }
  run(on::reader);
}

/// Leaves the rest to a reader.
void subscriber::hand_over() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      state_ = run_state::idle;
      idle_.notify_all();
      return;
    }
    state_ = run_state::queued;
  }
  pool_.bulk([self = shared_from_this()] { self->resume(); });
}

/// Stops running when it is closed, or when there is nothing to do and no news came meanwhile.
bool subscriber::rest(bool nothing_to_do) {
  const std::lock_guard lock(mutex_);
  if (!closed_ && (!nothing_to_do || again_)) return false;
  state_ = run_state::idle;
  idle_.notify_all();
  return true;
}

void subscriber::run(on thread) {
  for (int round = 0;; ++round) {
    std::size_t credit;
    {
      const std::lock_guard lock(mutex_);
      again_ = false;
      credit = credit_;
    }
    const auto w = where_->look(position_, std::min(credit, max_tail));
    if (rest(w.where == window::place::nothing)) return;
    if (w.where == window::place::nothing) continue;
    const auto passing = thread == on::caller;
    if ((passing && (w.where == window::place::behind || round >= inline_rounds ||
                     w.stop - w.from > static_cast<std::int64_t>(max_inline))) ||
        (!passing && round >= reader_rounds)) {
      hand_over();
      return;
    }
    auto batch = w.where == window::place::tail
                   ? read_tail(*where_, w, std::min(credit, max_tail))
                   : read_stored(db_, *where_, w.from, w.stop, std::min(credit, max_stored));
    if (batch) {
      batch->end = w.end;
      position_ = batch->next;
    }
    if (!deliver(std::move(batch))) return;
  }
}

/// False when it ended.
bool subscriber::deliver(result<record_batch> batch) {
  const auto failed = !batch;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      state_ = run_state::idle;
      idle_.notify_all();
      return false;
    }
    if (!failed) credit_ -= batch->records.size();
    runner_ = std::this_thread::get_id();
  }
  sink_(std::move(batch));
  const std::lock_guard lock(mutex_);
  runner_ = {};
  if (failed) closed_ = true;
  if (!closed_) return true;
  state_ = run_state::idle;
  idle_.notify_all();
  return false;
}

} // namespace riq::storage::embedded
