#include "gateway/desk.hpp"

#include <caf/actor_companion.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include <mutex>

namespace riq::gateway {
namespace {

constexpr std::uint64_t index_bits = 24; ///< more than 16 million questions at once are not open
constexpr std::uint64_t index_mask = (std::uint64_t{1} << index_bits) - 1;
constexpr std::uint64_t generation_mask = (std::uint64_t{1} << (60 - index_bits)) - 1;

/// How late a deadline may be noticed: fewer wake-ups for it.
constexpr std::chrono::milliseconds slack{5};

} // namespace

/// Where answers of other threads wait for the loop. It outlives the desk, as a thread may be in
/// the middle of handing one over.
struct desk::inbox {
  std::mutex mutex;
  std::vector<caf::mailbox_element_ptr> waiting; ///< guarded by mutex
  desk* owner = nullptr;                         ///< guarded by mutex, null once the desk is gone
  std::vector<caf::mailbox_element_ptr> taken;   ///< of the loop's thread
};

desk::desk(caf::actor_system& system, std::shared_ptr<io_loop> loop)
  : loop_(std::move(loop)), companion_(system.spawn<caf::actor_companion>()),
    self_(caf::actor_cast<caf::strong_actor_ptr>(companion_)), inbox_(std::make_shared<inbox>()),
    timer_(loop_->context()) {
  inbox_->owner = this;
  loop_->on_stop([this] {
    stopped_ = true;
    timer_.cancel();
  });
  auto* companion = caf::actor_cast<caf::actor_companion*>(companion_);
  companion->on_enqueue([in = inbox_, to = loop_](caf::mailbox_element_ptr element) {
    bool first;
    {
      std::lock_guard lock(in->mutex);
      first = in->waiting.empty();
      in->waiting.push_back(std::move(element));
    }
    if (!first) return;
    to->post([in] {
      desk* owner;
      {
        std::lock_guard lock(in->mutex);
        in->taken.swap(in->waiting);
        owner = in->owner;
      }
      if (owner)
        for (auto& e : in->taken) owner->received(std::move(e));
      in->taken.clear();
    });
  });
}

desk::~desk() {
  {
    std::lock_guard lock(inbox_->mutex);
    inbox_->owner = nullptr;
  }
  // CAF 0.17.6 declares `disconnect` but does not have it.
  auto* companion = caf::actor_cast<caf::actor_companion*>(companion_);
  companion->on_enqueue({});
  companion->cleanup(caf::make_error(caf::exit_reason::normal), nullptr);
}

caf::message_id desk::open(std::chrono::milliseconds deadline, completion done) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.emplace_back();
  }
  const auto index = free_.back();
  free_.pop_back();
  auto& e = entries_[index];
  e.done = std::move(done);
  const auto id = (e.generation << index_bits) | index;
  auto q = queues_.begin();
  while (q != queues_.end() && q->length != deadline) ++q;
  if (q == queues_.end()) q = queues_.insert(q, queue{deadline, {}});
  q->entries.push_back({steady::now() + deadline, id});
  if (q->entries.back().at < armed_for_) arm();
  return caf::make_message_id(id);
}

bool desk::is_open(std::uint64_t id) const {
  const auto index = id & index_mask;
  return index < entries_.size() && entries_[index].done &&
         entries_[index].generation == id >> index_bits;
}

void desk::complete(std::uint64_t id, result<caf::message> m) {
  if (!is_open(id)) return; // late: its deadline ended it
  const auto index = static_cast<std::uint32_t>(id & index_mask);
  auto& e = entries_[index];
  auto done = std::exchange(e.done, {});
  e.generation = e.generation % generation_mask + 1;
  free_.push_back(index);
  done(std::move(m)); // may ask again
}

void desk::received(caf::mailbox_element_ptr element) {
  if (!element->mid.is_response()) return;
  const auto id = element->mid.request_id().integer_value();
  if (!is_open(id)) return;
  auto content = element->move_content_to_message();
  if (content.match_elements<caf::error>())
    return complete(id, from_caf(content.get_as<caf::error>(0)));
  complete(id, std::move(content));
}

void desk::arm() {
  auto first = steady::time_point::max();
  for (auto& q : queues_) {
    while (!q.entries.empty() && !is_open(q.entries.front().id)) q.entries.pop_front();
    if (!q.entries.empty()) first = std::min(first, q.entries.front().at);
  }
  armed_for_ = first;
  if (first == steady::time_point::max() || stopped_) return;
  timer_.expires_at(first + slack);
  timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) expire();
  });
}

void desk::expire() {
  const auto now = steady::now();
  std::vector<std::uint64_t> over;
  for (auto& q : queues_)
    while (!q.entries.empty() && (q.entries.front().at <= now || !is_open(q.entries.front().id))) {
      over.push_back(q.entries.front().id);
      q.entries.pop_front();
    }
  for (const auto id : over)
    complete(id, error{ec::timed_out, "", "the answer did not come within its time"});
  arm();
}

} // namespace riq::gateway
