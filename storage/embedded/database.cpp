#include "storage/embedded/database.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "config/thread_name.hpp"
#include "storage/embedded/catalog.hpp"
#include "storage/embedded/cleaner.hpp"
#include "storage/embedded/group_offsets.hpp"
#include "storage/embedded/log.hpp"
#include "storage/embedded/pipeline.hpp"
#include "storage/embedded/readers.hpp"
#include "storage/embedded/restore.hpp"
#include "storage/embedded/retention.hpp"
#include "storage/embedded/rocks.hpp"
#include "storage/embedded/state.hpp"
#include "storage/embedded/subscriber.hpp"

namespace riq::storage::embedded {

namespace {

std::int64_t system_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

} // namespace

/// In the order of starting; they are stopped and destroyed in the reverse order.
struct database::parts {
  parts(options s, std::unique_ptr<rocks> opened, std::vector<std::string> lost_parts)
    : settings(std::move(s)), lost(std::move(lost_parts)), db(std::move(opened)) {}

  ~parts() {
    if (!writer) return;
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wanted.notify_all();
    upkeep_thread.join();
    for (auto* t : topics.all())
      for (const auto& p : t->partitions)
        for (const auto& follower : p->listeners()) {
          p->remove(follower.get());
          static_cast<subscriber&>(*follower).close();
        }
    writer->stop(); // answers appends and commits; passes waiting reads on
    pool->stop();   // answers reads
  }

  void start() {
    pool = std::make_unique<readers>(settings.readers, settings.read_requests);
    writer = std::make_unique<pipeline>(*db, groups, settings);
    log = std::make_unique<embedded_log>(*db, topics, groups, *writer, *pool);
    state = std::make_unique<embedded_state>(*db, *writer, *pool, settings);
    state->measure();
    upkeep_thread = std::thread([this] { look_after(); });
  }

  bool ending() {
    const std::lock_guard lock(mutex);
    return stopping;
  }

  error upkeep() {
    const std::lock_guard one_at_a_time(upkeep_mutex);
    auto bad = retain(*db, topics, groups, *writer, settings.now_ms());
    if (!bad) bad = clean(*db, topics, groups, *writer, settings, [this] { return ending(); });
    state->measure(); // what they leave
    return bad;
  }

  /// The upkeep thread. What fails is tried again the next time; a write that fails shows in
  /// `health` by itself, and reads that fail reach those who read.
  void look_after() {
    name_thread("log upkeep");
    std::unique_lock lock(mutex);
    while (!wanted.wait_for(lock, settings.upkeep_interval, [this] { return stopping; })) {
      lock.unlock();
      (void)upkeep();
      lock.lock();
    }
  }

  const options settings;
  const std::vector<std::string> lost;
  std::unique_ptr<rocks> db;
  catalog topics;
  group_offsets groups;
  std::unique_ptr<readers> pool;
  std::unique_ptr<pipeline> writer;
  std::unique_ptr<embedded_log> log;
  std::unique_ptr<embedded_state> state;

  std::mutex mutex;
  std::condition_variable wanted;
  bool stopping = false;
  std::mutex upkeep_mutex;
  std::thread upkeep_thread;
};

result<std::unique_ptr<database>> database::open(options settings) {
  if (!settings.now_ms) settings.now_ms = system_ms;
  std::vector<std::string> lost;
  auto db = rocks::open(settings, lost);
  if (!db) return std::move(db.error());
  auto made = std::make_unique<parts>(std::move(settings), std::move(*db), std::move(lost));
  if (auto bad = restore(*made->db, made->settings.repair, made->topics, made->groups)) return bad;
  made->start();
  return std::unique_ptr<database>(new database(std::move(made)));
}

database::database(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
database::~database() = default;

event_log& database::log() {
  return *parts_->log;
}
state_store& database::state() {
  return *parts_->state;
}
const std::vector<std::string>& database::lost() const {
  return parts_->lost;
}
error database::upkeep() {
  return parts_->upkeep();
}

} // namespace riq::storage::embedded
