#include "storage/kafka/membership.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "config/thread_name.hpp"

namespace riq::storage::kafka {

namespace {

// Between two heartbeats of a member that expects a change, and for how long it does.
constexpr std::chrono::milliseconds attentive_heartbeat{50};
constexpr std::chrono::seconds attentive_for{5};
constexpr std::chrono::milliseconds longest_heartbeat{1'000};
// Heartbeats in a session timeout, of one that expects nothing.
constexpr int heartbeats = 12;
// A shard that stores its users gets this long when it is given up.
constexpr std::chrono::seconds release_within{15};
// Then brokers that answer have heard in this time that the member leaves.
constexpr std::chrono::seconds left_within{5};
// And its client, which has nothing left to do, has ended.
constexpr std::chrono::seconds ended_within{1};
// One answers questions of brokers while another one's records are read, and a node that takes over
// many shards stays responsive.
constexpr int restored_at_once = 2;
// Until a shard that could not be restored is tried again.
constexpr std::chrono::milliseconds restore_again{1'000};
// Faults of the cooperative protocol that this version does not have any more.
constexpr int cooperative_since = 0x02080000;

std::vector<std::int32_t> shards_of(const rd_kafka_topic_partition_list_t& list) {
  std::vector<std::int32_t> out;
  for (int i = 0; i < list.cnt; ++i) out.push_back(list.elems[i].partition);
  return out;
}

std::string text(const std::vector<std::int32_t>& shards) {
  std::string out;
  for (const auto s : shards) out += (out.empty() ? "" : ", ") + std::to_string(s);
  return out.empty() ? "none" : out;
}

/// Whether the step was over within the time. If not it goes on, and the process ends with it.
bool in_time(std::chrono::milliseconds within, std::function<void()> step) {
  auto over = std::make_shared<std::promise<void>>();
  auto heard = over->get_future();
  std::thread taking([over, step = std::move(step)] {
    step();
    over->set_value();
  });
  const bool so = heard.wait_for(within) == std::future_status::ready;
  if (so)
    taking.join();
  else
    taking.detach();
  return so;
}

/// The client's own thread sees that a heartbeat is due when something else wakes it, which may
/// take a second: a question does.
void wake(rd_kafka_t* member) {
  if (auto* id = rd_kafka_memberid(member)) rd_kafka_mem_free(member, id);
}

} // namespace

membership::membership(const options& settings, share what, reachability& brokers, hooks act)
  : settings_(settings), what_(std::move(what)), brokers_(brokers), act_(std::move(act)) {}

membership::~membership() {
  (void)leave(std::chrono::milliseconds(0));
}

bool membership::cooperative() const {
  const auto* protocol = rd_kafka_rebalance_protocol(member_.get());
  return protocol != nullptr && std::string_view{protocol} == "COOPERATIVE";
}

std::chrono::milliseconds membership::heartbeat() const {
  if (std::chrono::steady_clock::now() < attentive_until_.load()) return attentive_heartbeat;
  return std::clamp(std::chrono::milliseconds(settings_.client.session_timeout_ms) / heartbeats,
                    attentive_heartbeat, longest_heartbeat);
}

void membership::expect_change() {
  attentive_until_ = std::chrono::steady_clock::now() + attentive_for;
  const std::lock_guard lock(mutex_);
  if (!stopping_) end_poll(); // closing the member must not be woken: it would be cut short
}

/// With the lock.
void membership::end_poll() {
  if (news_) rd_kafka_queue_yield(news_.get());
}

error membership::start(listener who) {
  who_ = std::move(who);
  auto assignor = settings_.client.assignor;
  if (assignor == "auto")
    assignor = rd_kafka_version() >= cooperative_since ? "cooperative-sticky" : "range";
  client_config config{settings_.client, &brokers_};
  config.set("group.id", what_.group)
    .set("enable.auto.commit", "false")
    .set("enable.auto.offset.store", "false")
    .set("partition.assignment.strategy", assignor)
    .set("session.timeout.ms", settings_.client.session_timeout_ms)
    .set("heartbeat.interval.ms", attentive_heartbeat.count());
  rd_kafka_conf_set_rebalance_cb(config.raw(), &membership::rebalanced);
  rd_kafka_conf_set_opaque(config.raw(), this);
  rd_kafka_conf_set_error_cb(config.raw(), nullptr);
  auto made = config.make(RD_KAFKA_CONSUMER);
  if (!made) return made.error();
  member_ = std::move(*made);
  rd_kafka_poll_set_consumer(member_.get());
  {
    const std::lock_guard lock(mutex_);
    news_.reset(rd_kafka_queue_get_consumer(member_.get()));
  }
  const partition_list wanted{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(wanted.get(), what_.of.wire.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto code = rd_kafka_subscribe(member_.get(), wanted.get());
      code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return to_error(code, "joining group " + what_.group);
  polling_ = std::thread([this] { poll(); });
  for (int i = 0; i < restored_at_once; ++i)
    restoring_threads_.emplace_back([this] { restore_gained(); });
  return {};
}

void membership::poll() {
  name_thread("kafka group");
  std::chrono::steady_clock::time_point woken;
  while (!stopping_) {
    // Records that were fetched before the pause took hold are nobody's business.
    const auto wait = static_cast<int>(heartbeat().count());
    if (auto* m = rd_kafka_consumer_poll(member_.get(), wait)) {
      if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
        spdlog::debug("kafka: group: {}", rd_kafka_message_errstr(m));
      rd_kafka_message_destroy(m);
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - woken >= heartbeat()) {
      woken = now;
      wake(member_.get());
    }
    if (brokers_.is_lost()) alone_ = now;
    // The group should have spoken by then.
    if (!kept_.empty() &&
        now - alone_ > std::chrono::milliseconds(2 * settings_.client.session_timeout_ms))
      let_go_of_kept();
  }
}

void membership::rebalanced(rd_kafka_t* member, rd_kafka_resp_err_t what,
                            rd_kafka_topic_partition_list_t* list, void* opaque) {
  auto& self = *static_cast<membership*>(opaque);
  const bool increment = self.cooperative();
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = RD_KAFKA_OFFSET_END;
    if (increment)
      error_handle{rd_kafka_incremental_assign(member, list)};
    else
      rd_kafka_assign(member, list);
    rd_kafka_pause_partitions(member, list);
    self.assigned(*list);
    return;
  }
  self.revoked(*list, rd_kafka_assignment_lost(member) == 0);
  if (increment)
    error_handle{rd_kafka_incremental_unassign(member, list)};
  else
    rd_kafka_assign(member, nullptr);
}

/// Of the generation that the callback is about.
void membership::capture() {
  claim_.metadata = group_metadata{rd_kafka_consumer_group_metadata(member_.get()),
                                   rd_kafka_consumer_group_metadata_destroy};
}

void membership::assigned(const rd_kafka_topic_partition_list_t& list) {
  auto shards = shards_of(list);
  spdlog::info("{} assigned to this node: {}", what_.noun, text(shards));
  brokers_.figures().rebalanced(what_.group, shards.size(), true);
  let_go_of_kept(); // others may have had them meanwhile
  {
    const std::lock_guard lock(mutex_);
    capture();
    // Of those that were here a moment ago little is missing: their users wait for no others'.
    std::ranges::stable_partition(shards, [&](auto s) { return here_.contains(s); });
    for (const auto s : shards)
      if (claim_.shards.try_emplace(s, ++tenures_).second) {
        here_.erase(s);
        to_restore_.push_back(s);
      }
    std::erase_if(here_, [&](auto s) { return !claim_.shards.contains(s); });
  }
  assigned_once_ = true;
  gained_.notify_all();
}

void membership::revoked(const rd_kafka_topic_partition_list_t& list, bool in_time) {
  const auto shards = shards_of(list);
  spdlog::info("{} {}: {}", what_.noun, in_time ? "given up" : "lost", text(shards));
  brokers_.figures().rebalanced(what_.group, shards.size(), false);
  {
    std::unique_lock lock(mutex_);
    if (in_time)
      capture();
    else
      claim_ = {};
    std::erase_if(to_restore_, [&](auto s) {
      return std::find(shards.begin(), shards.end(), s) != shards.end();
    });
    if (in_time) claim_.released.insert(shards.begin(), shards.end());
    // A shard that is being restored would start after it was given up.
    gained_.wait(lock, [&] {
      return std::ranges::none_of(shards, [&](auto s) { return restoring_.contains(s); });
    });
  }
  if (!in_time && what_.kept_without_brokers && brokers_.is_lost()) return keep(shards);
  const bool all = end(shards, in_time);
  // Of a shard that did not come as far as to start here, this node may know an old position only.
  if (all && in_time) act_.release(gained_of(shards));
  const std::lock_guard lock(mutex_);
  all_released_ = all_released_ && all;
  for (const auto s : shards) {
    claim_.shards.erase(s);
    claim_.released.erase(s);
  }
}

std::vector<std::int32_t> membership::gained_of(const std::vector<std::int32_t>& shards) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::int32_t> out;
  std::ranges::copy_if(shards, std::back_inserter(out), [&](auto s) { return here_.contains(s); });
  return out;
}

/// Whether it was done within the time.
bool membership::end(const std::vector<std::int32_t>& shards, bool in_time) {
  auto released = std::make_shared<std::promise<void>>();
  auto heard = released->get_future();
  who_.lost(shards, in_time, [released] { released->set_value(); });
  return heard.wait_for(release_within) == std::future_status::ready;
}

void membership::keep(const std::vector<std::int32_t>& shards) {
  spdlog::info("{} that no broker can give to anybody answer from memory until one is there",
               what_.noun);
  kept_.insert(shards.begin(), shards.end());
  alone_ = std::chrono::steady_clock::now();
}

void membership::let_go_of_kept() {
  if (kept_.empty()) return;
  const std::vector<std::int32_t> shards{kept_.begin(), kept_.end()};
  kept_.clear();
  const bool all = end(shards, false);
  const std::lock_guard lock(mutex_);
  all_released_ = all_released_ && all;
}

error membership::unready() const {
  const std::lock_guard lock(mutex_);
  if (!assigned_once_)
    return {ec::not_ready, "", "group " + what_.group + " has not told yet what is this node's"};
  if (not_restored_) return not_restored_;
  const auto missing = to_restore_.size() + restoring_.size();
  if (missing == 0) return {};
  return {ec::not_ready, "",
          what_.noun + ": " + std::to_string(missing) + " are on their way here"};
}

bool membership::owns(std::int32_t shard) const {
  return claim_.shards.contains(shard) && !claim_.released.contains(shard);
}

void membership::restore_gained() {
  name_thread("kafka restore");
  std::unique_lock lock(mutex_);
  while (true) {
    gained_.wait(lock, [&] { return stopping_ || !to_restore_.empty(); });
    if (stopping_) return;
    const auto shard = to_restore_.front();
    to_restore_.pop_front();
    restoring_.insert(shard);
    lock.unlock();
    const auto failed = act_.restore(shard, [this] { return stopping_.load(); });
    if (failed && !stopping_)
      spdlog::error("{}: {} cannot be brought here yet: {}", what_.noun, shard, failed.detail);
    lock.lock();
    not_restored_ = failed;
    if (failed) {
      if (owns(shard)) to_restore_.push_back(shard);
      restoring_.erase(shard);
      gained_.notify_all();
      gained_.wait_for(lock, restore_again, [&] { return stopping_.load(); });
      continue;
    }
    if (owns(shard)) {
      here_.insert(shard);
      lock.unlock();
      who_.gained({shard});
      lock.lock();
    }
    restoring_.erase(shard);
    gained_.notify_all();
  }
}

membership::claim membership::claims() const {
  const std::lock_guard lock(mutex_);
  return claim_;
}

bool membership::leave(std::chrono::milliseconds within) {
  if (!polling_.joinable()) return true;
  {
    const std::lock_guard lock(mutex_);
    to_restore_.clear();
    all_released_ = true;
    stopping_ = true;
    end_poll();
  }
  gained_.notify_all();
  polling_.join();
  for (auto& thread : restoring_threads_) thread.join();
  // Closing a member that was never assigned anything crashes versions before 2.3, and closing one
  // during an assignment hangs those before 2.4: everything is stored by now, so it is not waited
  // for beyond the given time.
  const auto close = [this] {
    if (assigned_once_) rd_kafka_consumer_close(member_.get());
  };
  if (!in_time(std::max<std::chrono::milliseconds>(within, release_within + left_within), close)) {
    (void)news_.release();
    (void)member_.release();
    return false;
  }
  // A member of a topic that was deleted may never end in versions before 2.6.1, which miscount who
  // refers to its partitions (confluentinc/librdkafka#4724).
  const auto destroy = [news = news_.release(), member = member_.release()] {
    rd_kafka_queue_destroy(news);
    rd_kafka_destroy(member);
  };
  if (!in_time(ended_within, destroy))
    spdlog::debug("kafka: the client of group {} has left it and does not end", what_.group);
  return all_released_;
}

} // namespace riq::storage::kafka
