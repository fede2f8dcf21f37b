#pragma once
// Appends through an idempotent client or two (outlet.hpp), with a thread that hears what became of
// the records.
//
// Payloads are not copied: an append keeps its records until the brokers have them. When a client
// fails for good (an idempotent one does, after a record that was possibly stored), they are
// replaced and all that was not acknowledged is sent again in its order, so a caller sees no
// failure and never a gap; readers drop what came twice. A client gets of each partition what it
// can send (send_window.hpp); the rest waits.
//
// Threading: `append` from any thread; `done` runs on the producer's thread, or on the caller's
// when there is nothing to send.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "storage/event_log.hpp"
#include "storage/kafka/client.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/outlet.hpp"
#include "storage/kafka/send_window.hpp"
#include "storage/kafka/topics.hpp"

namespace riq::storage::kafka {

class producer {
 public:
  /// A second client, for partitions of which more comes than goes, and for one topic always.
  struct bulk_client {
    std::string name;
    std::uint32_t linger_ms = 0;
    std::string_view topic; ///< a constant
  };
  struct behaviour {
    /// Milliseconds after which a record that no broker took fails; 0: it waits for ever, and no
    /// later record of its partition is stored before it. It waits also when brokers refuse it, for
    /// its size or for want of a permission, if nobody asked to hear of that.
    std::uint32_t give_up_after_ms = 0;
    std::string name;                     ///< under which its figures are shown
    std::uint32_t linger_ms = 0;          ///< that a record waits for others to share its request
    std::optional<bulk_client> bulk = {}; ///< only with one that never gives up
  };

  static result<std::unique_ptr<producer>> open(const options& settings, behaviour how,
                                                reachability& brokers);
  /// Sends what is under way for some seconds, fails the rest, and ends the thread.
  ~producer();
  producer(const producer&) = delete;

  /// Asks for the topic's leaders, so that its first record need not. Blocks.
  void prepare(const topic& t);

  /// As `event_log::append`; the topics must be in `topics`.
  error append(std::vector<outgoing_record> records, const topic_table& topics, append_done done);

  /// Waits until everything that was appended before is stored or failed; false when it takes
  /// longer than that.
  bool await_settled(std::chrono::milliseconds at_most);

  /// Why brokers refuse a record that waits for ever; nothing once they have taken it.
  error refusal() const;

 private:
  struct call;
  struct slot;
  using window = send_window<slot*>;
  struct slot {
    call* of = nullptr;
    topic* where = nullptr;
    std::int32_t partition = 0;
    bool over = false;
    bool refused = false; ///< and tried again
    std::size_t bytes = 0;
    window* through = nullptr;
  };
  struct call {
    producer* owner = nullptr;
    std::uint64_t number = 0;
    std::vector<outgoing_record> records;
    std::vector<slot> slots;
    std::vector<std::int64_t> offsets;
    std::size_t left = 0;
    std::size_t bytes = 0;
    error failure;
    append_done done;
  };

  producer(const options& settings, behaviour how, reachability& brokers);

  error connect();
  error resolve(call& c, const topic_table& topics) const;
  error admit(const call& c);
  void queue(call& c);
  void hand_over();
  bool send_all(std::span<slot* const> slots);
  rd_kafka_resp_err_t send(slot& s);
  static void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*);
  bool ended(slot& s, rd_kafka_resp_err_t code, std::int64_t offset);
  void run();
  void end();
  void answer();
  std::string failure() const;
  void replace_clients();
  void empty_clients();
  void send_again();

  const options& settings_;
  const behaviour how_;
  reachability& brokers_;
  const send_timing timing_;

  std::shared_mutex client_mutex_; // shared while sending, alone while the clients are replaced
  outlet prompt_;
  std::unique_ptr<outlet> bulk_; // null: there is none

  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::map<std::uint64_t, std::unique_ptr<call>> open_; // by number
  std::vector<std::unique_ptr<call>> finished_;         // their dones run between two polls
  bool broken_ = false; // a client failed for good, or was refused what has to be stored first
  error refusal_;
  std::chrono::steady_clock::time_point replace_at_; // not before
  std::uint64_t next_number_ = 1;
  std::map<std::pair<const topic*, std::int32_t>, window> windows_;
  std::set<window*> crowded_; // those in which something waits
  std::size_t waiting_records_ = 0;
  std::size_t waiting_bytes_ = 0;

  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace riq::storage::kafka
