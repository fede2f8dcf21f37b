#pragma once
// From a line of the file to the JSON line that the batch routes take.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "nodes/commands/import/row.hpp"

namespace riq::commands {

enum class record_kind : std::uint8_t { activity, order };

/// What a line became, appended to a buffer.
struct written_record {
  record_kind kind = record_kind::activity;
  std::string user; ///< whose it is, which decides about the connection it goes over
};

class record_writer {
 public:
  /// `import_id` makes the ids of orders that have none.
  explicit record_writer(std::string import_id) : import_id_(std::move(import_id)) {}

  /// Writes one line of JSON, with its line break, as `last()`. `number` is the line's number,
  /// which the node uses to count each line once. ec::invalid when the line cannot be an event.
  result<written_record> write(const row& r, std::uint64_t number);
  /// Adds one more line of the order that write() began.
  error add_line(const row& r);
  /// The same for a line of NDJSON, an activity or, with an `orderId`, an order.
  result<written_record> write(std::string_view json, std::uint64_t number);

  std::string_view last() const { return out_; }

 private:
  bool read_time(std::string_view text, std::int64_t& ms);
  error read_numbers(const row& r);
  void write_activity(const row& r, std::string_view type, std::uint64_t number);
  error begin_order(const row& r, std::uint64_t number);
  error append_item(const row& r);

  std::string import_id_;
  std::string out_;
  std::int64_t time_ = -1; ///< of the line being written, -1: it tells none
  double price_ = 0;
  std::size_t items_ = 0;     ///< of the order being written …
  std::size_t items_end_ = 0; ///< … where the last one ends in `out_`
  double total_ = 0;
  std::string seen_time_; ///< neighbours often share a second
  std::int64_t seen_ms_ = 0;
};

/// Which order a line belongs to, as a hash of user and order id; nothing when it is none of an
/// order that has an id. Several lines make one order.
std::optional<std::uint64_t> order_of(const row& r);

/// Epoch milliseconds of seconds (with decimals), milliseconds or microseconds since 1970, of
/// RFC 3339, or of `2019-10-01 00:00:00 UTC`. False when the text is none of these.
bool read_event_time(std::string_view text, std::int64_t& ms);

} // namespace riq::commands
