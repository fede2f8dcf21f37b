#pragma once
// Keeps the newest dead letters of the node's log within a bound, to be listed and sent again.

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include <caf/typed_response_promise.hpp>

#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

/// Of a dead letter that is not the whole original: the bytes that had.
inline constexpr std::string_view cut_header = "original-bytes";

struct dead_letters_config {
  std::shared_ptr<storage::event_log> log;
  std::size_t max_letters = 10'000;
  std::size_t max_bytes = std::size_t{16} << 20;
};

struct dead_letters_state {
  static inline const char* name = "dead_letters";

  explicit dead_letters_state(dead_letter_actor::pointer self) : self(self) {}

  void start(dead_letters_config c);
  void follow();
  void delivered(const log_delivery& d);
  void forget(const std::string& user);
  answer list(const list_dead_letters& question) const;
  caf::result<answer> resubmit(const resubmit_dead_letter& command);
  void resubmitted(const append_outcome& outcome);

  dead_letter_actor::pointer self;
  dead_letters_config config;
  std::unique_ptr<storage::subscription> following;
  std::deque<log_record> kept; ///< oldest first
  std::size_t bytes = 0;
  std::int64_t next = 0;   ///< read so far
  std::uint64_t total = 0; ///< in the log, those not kept any more included
  std::uint64_t next_tag = 1;
  struct pending {
    std::int64_t offset = 0;
    caf::typed_response_promise<answer> promise;
  };
  std::unordered_map<std::uint64_t, pending> appending;
};

dead_letter_actor::behavior_type
dead_letters(dead_letter_actor::stateful_pointer<dead_letters_state> self,
             dead_letters_config config);

} // namespace riq
