#include "storage/kafka/producer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "config/thread_name.hpp"
#include "messages/partition.hpp"
#include "storage/kafka/outgoing.hpp"

namespace riq::storage::kafka {

namespace {

constexpr int report_poll_ms = 1'000; // reports of records come at once
// How long a producer that ends still sends.
constexpr int last_flush_ms = 5'000;
// Before the next attempt with a client that could not be made, or a record that was refused.
constexpr std::chrono::milliseconds replace_again{1'000};
/// Records join a batch before the client's own wait for them is over, however long they take to
/// get there. When brokers are away the client has to have a record to give it up in time.
send_timing timing_of(const producer::behaviour& how) {
  using namespace std::chrono;
  const auto join = [](std::uint32_t linger_ms) {
    return microseconds{std::max(linger_ms * 800, 500U)};
  };
  const auto patience = milliseconds{how.give_up_after_ms / 4};
  return {join(how.linger_ms), how.give_up_after_ms == 0 ? steady_clock::duration::max() : patience,
          how.bulk ? join(how.bulk->linger_ms) : steady_clock::duration::zero()};
}

} // namespace

producer::producer(const options& settings, behaviour how, reachability& brokers)
  : settings_(settings), how_(std::move(how)), brokers_(brokers), timing_(timing_of(how_)),
    prompt_(settings, brokers, {how_.name, how_.linger_ms, how_.give_up_after_ms},
            &producer::delivered) {
  if (how_.bulk)
    bulk_ = std::make_unique<outlet>(
      settings, brokers,
      outlet::behaviour{how_.bulk->name, how_.bulk->linger_ms, how_.give_up_after_ms},
      &producer::delivered);
}

/// Anew, if there were clients.
error producer::connect() {
  if (bulk_) bulk_->close(); // it wakes the other
  prompt_.close();
  if (auto failed = prompt_.open(nullptr)) return failed;
  return bulk_ ? bulk_->open(&prompt_) : error{};
}

result<std::unique_ptr<producer>> producer::open(const options& settings, behaviour how,
                                                 reachability& brokers) {
  std::unique_ptr<producer> out{new producer(settings, std::move(how), brokers)};
  if (auto failed = out->connect()) return failed;
  out->thread_ = std::thread([p = out.get()] { p->run(); });
  return out;
}

producer::~producer() {
  if (!thread_.joinable()) return;
  (void)await_settled(std::chrono::milliseconds(last_flush_ms));
  stopping_ = true;
  {
    const std::shared_lock sending(client_mutex_);
    prompt_.wake(); // its thread waits there
  }
  thread_.join();
}

error producer::resolve(call& c, const topic_table& topics) const {
  topic* t = nullptr;
  c.slots.resize(c.records.size());
  for (std::size_t i = 0; i < c.records.size(); ++i) {
    const auto& r = c.records[i];
    if (t == nullptr || t->name != r.topic) t = topics.find(r.topic);
    if (t == nullptr) return {ec::not_found, "topic", "There is no topic " + r.topic + "."};
    const auto p = r.partition < 0 ? riq::partition_of(r.key, t->partitions) : r.partition;
    if (p >= t->partitions)
      return {ec::invalid, "partition",
              "Topic " + r.topic + " has no partition " + std::to_string(p) + "."};
    const auto size = size_of(r);
    if (size > prompt_.most_bytes())
      return {ec::too_large, "",
              "A record for " + r.topic + " has " + std::to_string(size) +
                " bytes, and Kafka's message.max.bytes is " + std::to_string(prompt_.most_bytes()) +
                "."};
    c.slots[i] = {&c, t, p, false, false, size, nullptr};
    c.bytes += size;
  }
  c.left = c.records.size();
  c.offsets.assign(c.left, -1);
  return {};
}

/// Takes a place in the queue.
error producer::admit(const call& c) {
  if (waiting_records_ + c.records.size() > settings_.queue_records ||
      waiting_bytes_ + c.bytes > settings_.queue_bytes)
    return {ec::queue_full, "", "Too many records wait for the brokers; try again later."};
  waiting_records_ += c.records.size();
  waiting_bytes_ += c.bytes;
  return {};
}

void producer::prepare(const topic& t) {
  prompt_.prepare(t);
  if (bulk_) bulk_->prepare(t);
}

error producer::append(std::vector<outgoing_record> records, const topic_table& topics,
                       append_done done) {
  auto made = std::make_unique<call>();
  made->records = std::move(records);
  made->done = std::move(done);
  if (auto wrong = resolve(*made, topics)) return wrong;
  if (made->records.empty()) {
    if (made->done) made->done(std::vector<std::int64_t>{});
    return {};
  }
  const std::shared_lock sending(client_mutex_);
  auto& c = *made;
  {
    const std::lock_guard lock(mutex_);
    if (auto full = admit(c)) return full;
    c.owner = this;
    c.number = next_number_++;
    open_.emplace(c.number, std::move(made));
    if (broken_) return {}; // with all others, when there is another client
    queue(c);
  }
  hand_over();
  return {};
}

/// Of the call, what is not over, into the windows of its partitions.
void producer::queue(call& c) {
  for (auto& s : c.slots) {
    if (s.over) continue;
    const bool always_bulk = how_.bulk && s.where->name == how_.bulk->topic;
    s.through = &windows_.try_emplace({s.where, s.partition}, always_bulk).first->second;
    s.through->add(&s, s.bytes);
    crowded_.insert(s.through);
  }
}

/// Gives the client what it may have now, in small steps: what a long one would bring last comes
/// too late to share its partition's request.
void producer::hand_over() {
  constexpr std::size_t step = 16;
  std::vector<slot*> slots;
  std::vector<window*> from;
  do {
    const std::lock_guard lock(mutex_);
    for (auto* w : from) w->handed_over();
    if (broken_) return; // all that is open goes to the next client
    slots.clear();
    from.clear();
    const auto now = window::clock::now();
    for (auto w = crowded_.begin(); w != crowded_.end() && slots.size() < step;) {
      if ((*w)->take(now, timing_, step, slots)) from.push_back(*w);
      w = (*w)->waits() ? std::next(w) : crowded_.erase(w);
    }
  } while (!slots.empty() && send_all(slots));
}

/// False when the client failed, and the rest is left to another.
bool producer::send_all(std::span<slot* const> slots) {
  // A call may end, on the producer's thread, as soon as its last record is sent.
  while (!slots.empty()) {
    auto& w = *slots.front()->through;
    const auto now = window::clock::now();
    if (w.late(now, timing_)) {
      const auto other = std::ranges::find_if(slots, [&](auto* s) { return s->through != &w; });
      const auto rest = slots.first(static_cast<std::size_t>(other - slots.begin()));
      const std::lock_guard lock(mutex_);
      if (w.put_off(
            rest, [](const slot* s) { return s->bytes; }, now)) {
        crowded_.insert(&w);
        slots = slots.subspan(rest.size());
        continue;
      }
    }
    auto& s = *slots.front();
    slots = slots.subspan(1);
    const auto refused = send(s);
    if (refused != RD_KAFKA_RESP_ERR_NO_ERROR && !ended(s, refused, -1)) return false;
  }
  return true;
}

rd_kafka_resp_err_t producer::send(slot& s) {
  const auto& r = s.of->records[static_cast<std::size_t>(&s - s.of->slots.data())];
  auto& to = s.through->in_bulk() ? *bulk_ : prompt_;
  return to.send(r, *s.where, s.partition, &s);
}

void producer::delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto& s = *static_cast<slot*>(message->_private);
  s.of->owner->ended(s, message->err, message->offset);
}

/// What became of one record. False when it is left open, to be sent again: the client failed as a
/// whole, or brokers refused what nobody would miss before others had built on it.
bool producer::ended(slot& s, rd_kafka_resp_err_t code, std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  auto& c = *s.of;
  s.through->ended();
  if (client_failed(code)) {
    broken_ = true;
    return false;
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR && how_.give_up_after_ms == 0 && !c.done) {
    broken_ = s.refused = true;
    refusal_ = to_error(code, "appending to " + s.where->wire);
    replace_at_ = std::chrono::steady_clock::now() + replace_again;
    return false;
  }
  const auto i = static_cast<std::size_t>(&s - c.slots.data());
  s.over = true;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    c.offsets[i] = offset;
    s.where->saw_end(s.partition, offset + 1);
    if (s.refused) refusal_ = {};
  } else if (!c.failure) {
    c.failure = to_error(code, "appending to " + s.where->wire);
    // The topic was there when the record was taken: whoever asked for something else is not wrong.
    if (c.failure.code == ec::not_found) c.failure.code = ec::storage;
  }
  if (--c.left > 0) return true;
  waiting_records_ -= c.records.size();
  waiting_bytes_ -= c.bytes;
  finished_.push_back(std::move(open_.extract(c.number).mapped()));
  settled_.notify_all();
  return true;
}

void producer::answer() {
  std::vector<std::unique_ptr<call>> ready;
  {
    const std::lock_guard lock(mutex_);
    ready.swap(finished_);
  }
  for (auto& c : ready) {
    if (!c->failure) brokers_.found();
    if (!c->done) continue;
    if (c->failure)
      c->done(std::move(c->failure));
    else
      c->done(std::move(c->offsets));
  }
}

void producer::run() {
  name_thread(how_.name);
  while (!stopping_) {
    prompt_.poll(report_poll_ms);
    if (bulk_) bulk_->poll(0); // it ends the other's wait
    hand_over();
    answer();
    bool broken = !failure().empty();
    {
      const std::lock_guard lock(mutex_);
      broken = (broken || broken_) && std::chrono::steady_clock::now() >= replace_at_;
    }
    if (broken) replace_clients();
  }
  end();
}

std::string producer::failure() const {
  auto why = prompt_.failure();
  return why.empty() && bulk_ ? bulk_->failure() : why;
}

void producer::replace_clients() {
  spdlog::warn("kafka: a producer failed and is replaced: {}", failure());
  brokers_.figures().replaced();
  std::unique_lock alone(client_mutex_);
  empty_clients();
  while (auto failed = connect()) {
    spdlog::error("{}", failed.detail);
    std::this_thread::sleep_for(replace_again);
  }
  send_again();
  alone.unlock();
  answer();
}

void producer::empty_clients() {
  prompt_.empty();
  if (bulk_) bulk_->empty();
}

void producer::send_again() {
  {
    const std::lock_guard lock(mutex_);
    broken_ = false;
    crowded_.clear();
    windows_.clear();
    for (const auto& [number, c] : open_) queue(*c);
  }
  hand_over();
}

error producer::refusal() const {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

void producer::end() {
  empty_clients();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [number, c] : open_) {
      c->failure = {ec::storage, "", "Kafka: the node stops"};
      finished_.push_back(std::move(c));
    }
    open_.clear();
  }
  answer();
}

bool producer::await_settled(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  const auto from_here = next_number_;
  return settled_.wait_for(lock, at_most,
                           [&] { return open_.empty() || open_.begin()->first >= from_here; });
}

} // namespace riq::storage::kafka
