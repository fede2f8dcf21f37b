#pragma once
// One idempotent client of a producer, and the topics it has met.
//
// Threading: `send` and `wake` from any thread; the others from its owner's only, while nobody
// sends.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "storage/event_log.hpp"
#include "storage/kafka/client.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/topics.hpp"

namespace riq::storage::kafka {

class outlet {
 public:
  struct behaviour {
    std::string name;                   ///< under which its figures are shown
    std::uint32_t linger_ms = 0;        ///< that a record waits for others to share its request
    std::uint32_t give_up_after_ms = 0; ///< 0: never, and no later record is stored before it
  };
  /// What became of a record, told by `poll`; `_private` is what it was sent with.
  using delivered = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

  outlet(const options& settings, reachability& brokers, behaviour how, delivered report)
    : settings_(settings), brokers_(brokers), how_(std::move(how)), report_(report) {}
  outlet(const outlet&) = delete;
  ~outlet() { close(); }

  /// `waker`, unless null, is woken when there is something to poll here; it is closed later.
  error open(outlet* waker);
  void close();

  /// Asks for the topic's leaders, so that its first record need not. Blocks.
  void prepare(const topic& t);

  /// The record's payload stays where it is until it is delivered.
  rd_kafka_resp_err_t send(const outgoing_record& r, const topic& t, std::int32_t partition,
                           void* private_data);

  void poll(int timeout_ms) { rd_kafka_poll(client_.get(), timeout_ms); }
  void wake() { rd_kafka_queue_yield(reports_.get()); } ///< ends a poll

  /// Why the client failed for good; empty: it did not.
  std::string failure() const;

  /// Hears of everything that the client still holds.
  void empty();

  /// Of a record, with what it takes beside its payload.
  std::size_t most_bytes() const { return most_bytes_; }

 private:
  rd_kafka_topic_t* handle_of(const topic& t);

  const options& settings_;
  reachability& brokers_;
  const behaviour how_;
  const delivered report_;
  client_handle client_;
  queue_handle reports_;
  std::size_t most_bytes_ = 0;
  std::mutex mutex_;
  std::unordered_map<const topic*, topic_handle> handles_;
};

} // namespace riq::storage::kafka
