#include "gateway/backend.hpp"
#include "messages/msgpack.hpp"

#include <charconv>
#include <random>

namespace riq::gateway {
namespace {

std::string in_base36(std::uint64_t n) {
  char digits[16];
  return {digits, std::to_chars(digits, digits + sizeof digits, n, 36).ptr};
}

} // namespace

backend::backend(parts with, const std::vector<std::shared_ptr<io_loop>>& loops)
  : parts_(std::move(with)), deadline_(parts_.config.http.deadline_ms) {
  for (const auto& loop : loops) desks_.push_back(std::make_unique<desk>(*parts_.system, loop));
  std::random_device random;
  id_prefix_ = in_base36(static_cast<std::uint64_t>(wall_ms())) + in_base36(random()) + "-";
}

error backend::check_position(std::string_view after) const {
  const auto positions = parse_token(after);
  if (!positions) return positions.error();
  for (const auto& p : *positions)
    if (p.partition >= log().partitions(topics::of(p.from)))
      return {ec::invalid, "after",
              "names partition " + std::to_string(p.partition) + ", which there is not"};
  return {};
}

std::string backend::next_event_id() {
  return id_prefix_ + in_base36(next_id_.fetch_add(1, std::memory_order_relaxed));
}

void backend::store(std::vector<storage::outgoing_record> records,
                    unique_function<void(result<std::vector<std::int64_t>>)> done) {
  // The log wants a callable that can be copied, and may drop it with the call.
  auto waiting =
    std::make_shared<unique_function<void(result<std::vector<std::int64_t>>)>>(std::move(done));
  auto loop = io_loop::current()->shared_from_this();
  const auto failed =
    log().append(std::move(records), storage::durability::synced,
                 [waiting, loop = std::move(loop)](result<std::vector<std::int64_t>> offsets) {
                   auto& to = *loop;
                   to.post([waiting, offsets = std::move(offsets)]() mutable {
                     (*waiting)(std::move(offsets));
                   });
                 });
  if (failed) (*waiting)(failed);
}

std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

storage::outgoing_record offer_record(const event& e) {
  storage::outgoing_record out;
  out.topic = topics::offer_decisions;
  out.key = e.user_id;
  out.value = to_msgpack(e);
  out.timestamp = e.received;
  out.headers = {{std::string{headers::event_id}, e.id},
                 {std::string{headers::received}, std::to_string(e.received)}};
  return out;
}

storage::outgoing_record raw_record(source from, const event& e, std::string bytes,
                                    const request& r) {
  storage::outgoing_record out;
  out.topic = topics::of(from);
  out.key = e.user_id;
  out.value = std::move(bytes);
  out.timestamp = r.received_ms;
  out.headers.reserve(5);
  const auto add = [&out](std::string_view name, std::string_view value) {
    out.headers.emplace_back(std::string{name}, std::string{value});
  };
  add(headers::event_id, e.id);
  add(headers::received, std::to_string(r.received_ms));
  add(headers::client, r.client);
  if (const auto agent = r[header::user_agent]; !agent.empty())
    add(headers::user_agent, agent.substr(0, 256));
  if (const auto producer = r[header::producer]; !producer.empty())
    add(headers::producer, producer.substr(0, 128));
  return out;
}

} // namespace riq::gateway
