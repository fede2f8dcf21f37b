#include "actors/dead_letters.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/deliveries.hpp"
#include "messages/caf_error.hpp"
#include "messages/erasure.hpp"
#include "messages/json.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr std::size_t dead_letter_credit = 1'024;
// Bytes of an original that a listing shows.
constexpr std::size_t shown_bytes = 2'048;

std::size_t size_of(const log_record& record) {
  auto n = sizeof(log_record) + record.key.size() + record.value.size();
  for (const auto& [key, value] : record.headers) n += key.size() + value.size() + 64;
  return n;
}

/// The bytes as they may stand in JSON: what is not printable ASCII is shown as \xHH.
std::string printable(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : bytes.substr(0, shown_bytes)) {
    if (c >= 0x20 && c < 0x7f)
      out += static_cast<char>(c);
    else
      (out += "\\x") += {digits[c >> 4], digits[c & 15]};
  }
  return out;
}

/// A letter bears the headers of its original, but also a reason.
bool is_erasure_mark(const log_record& record) {
  return is_erasure(record) && last_header(record, headers::reason).empty();
}

} // namespace

void dead_letters_state::start(dead_letters_config c) {
  config = std::move(c);
  const auto range = config.log->range({std::string{topics::dead_letters}, 0});
  total = static_cast<std::uint64_t>(range.end);
  next = std::max(range.begin, range.end - static_cast<std::int64_t>(config.max_letters));
  follow();
}

void dead_letters_state::follow() {
  following = config.log->subscribe({std::string{topics::dead_letters}, 0}, next,
                                    deliver_to(dead_letter_actor{self}));
  following->grant(dead_letter_credit);
}

void dead_letters_state::delivered(const log_delivery& d) {
  if (!*d.batch) {
    spdlog::error("dead letters: {}", d.batch->error().detail);
    following.reset(); // until somebody looks again
    return;
  }
  auto& batch = **d.batch;
  following->grant(batch.records.size());
  next = batch.next;
  total = static_cast<std::uint64_t>(batch.end);
  for (auto& record : batch.records) {
    if (is_erasure_mark(record)) {
      forget(record.key);
      continue;
    }
    bytes += size_of(record);
    kept.push_back(std::move(record));
  }
  while (kept.size() > config.max_letters || (bytes > config.max_bytes && !kept.empty())) {
    bytes -= size_of(kept.front());
    kept.pop_front();
  }
}

/// Letters of an erased user are neither shown nor sent again.
void dead_letters_state::forget(const std::string& user) {
  std::erase_if(kept, [&](const log_record& letter) {
    if (letter.key != user) return false;
    bytes -= size_of(letter);
    return true;
  });
}

answer dead_letters_state::list(const list_dead_letters& question) const {
  return {render_json([&](json_writer& w) {
    w.StartObject();
    json_key(w, "deadLetters");
    w.StartArray();
    std::uint32_t shown = 0;
    for (auto it = kept.rbegin(); it != kept.rend() && shown < question.limit; ++it) {
      if (question.before > 0 && it->offset >= question.before) continue;
      ++shown;
      w.StartObject();
      json_member(w, "offset", it->offset);
      json_member(w, "time", it->timestamp);
      json_member(w, "userId", printable(it->key));
      json_member(w, "reason", last_header(*it, headers::reason));
      json_member(w, "detail", last_header(*it, headers::detail));
      json_member(w, "topic", last_header(*it, headers::topic));
      json_member(w, "partition", last_header(*it, headers::partition));
      json_member(w, "sourceOffset", last_header(*it, headers::offset));
      json_member(w, "original", printable(it->value));
      w.EndObject();
    }
    w.EndArray();
    json_member(w, "kept", kept.size());
    json_member(w, "total", total);
    w.EndObject();
  })};
}

caf::result<answer> dead_letters_state::resubmit(const resubmit_dead_letter& command) {
  const auto found = std::lower_bound(kept.begin(), kept.end(), command.offset,
                                      [](const auto& r, auto offset) { return r.offset < offset; });
  if (found == kept.end() || found->offset != command.offset)
    return to_caf({ec::not_found, "offset", "no dead letter with this offset is kept"});
  if (!last_header(*found, cut_header).empty())
    return to_caf({ec::too_large, "offset",
                   "only the beginning of the original was kept, so it cannot be sent again"});
  storage::outgoing_record again;
  again.topic = last_header(*found, headers::topic);
  again.key = found->key;
  again.value = found->value;
  again.timestamp = found->timestamp;
  for (const auto& h : found->headers)
    if (h.first == headers::event_id || h.first == headers::received ||
        h.first == headers::client || h.first == headers::user_agent || h.first == headers::target)
      again.headers.push_back(h);
  again.headers.emplace_back(headers::resubmitted, "true");
  const auto tag = next_tag++;
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(again));
  const auto failed =
    config.log->append(std::move(records), storage::durability::synced,
                       [to = dead_letter_actor{self}, tag](result<std::vector<std::int64_t>> done) {
                         caf::anon_send(to, done ? append_outcome{tag, {}, *done}
                                                 : append_outcome{tag, done.error(), {}});
                       });
  if (failed) return to_caf(failed);
  auto promise = self->make_response_promise<answer>();
  appending.emplace(tag, pending{command.offset, promise});
  return promise;
}

void dead_letters_state::resubmitted(const append_outcome& outcome) {
  const auto found = appending.find(outcome.tag);
  if (found == appending.end()) return;
  auto [offset, promise] = std::move(found->second);
  appending.erase(found);
  if (outcome.failure)
    promise.deliver(to_caf(outcome.failure));
  else
    promise.deliver(answer{"{\"resubmitted\":" + std::to_string(offset) + "}"});
}

dead_letter_actor::behavior_type
dead_letters(dead_letter_actor::stateful_pointer<dead_letters_state> self,
             dead_letters_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](const list_dead_letters& question) {
      if (!self->state.following) self->state.follow();
      return self->state.list(question);
    },
    [self](const resubmit_dead_letter& command) { return self->state.resubmit(command); },
    [self](const append_outcome& outcome) { self->state.resubmitted(outcome); },
  };
}

} // namespace riq
