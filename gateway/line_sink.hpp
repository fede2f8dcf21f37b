#pragma once
// NDJSON bodies: every line becomes a record of the log, while the body is still arriving.
//
// Lines are gathered while the socket has bytes and then appended together, one append at a time:
// were a second one under way when the first is refused, a user's lines would change places, and
// the earlier ones would be taken for repetitions. While enough is gathered behind an append the
// body waits, and with it, through TCP, the client. A line that is
// refused is counted and told, the others go on. The answer comes when everything is durable:
// {"accepted","rejected","errors":[{"line","field","detail"}],"position"}.
//
// Threading: everything on the connection's io thread.

#include "gateway/backend.hpp"
#include "gateway/body_sink.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace riq::gateway {

/// Cuts a stream into lines. A line longer than the bound is told once, without its content.
class line_splitter {
 public:
  explicit line_splitter(std::size_t bound) : bound_(bound) {}

  /// Calls `line(text, fits)` for each line that ends in `part`; `text` is empty unless it fits.
  template <class F>
  void feed(std::string_view part, F&& line) {
    while (true) {
      const auto end = part.find('\n');
      if (end == part.npos) break;
      take(part.substr(0, end), line);
      part.remove_prefix(end + 1);
    }
    if (!too_long_) rest_ += part;
    if (rest_.size() > bound_) {
      too_long_ = true;
      rest_.clear();
    }
  }

  /// The last line, when it has no end.
  template <class F>
  void finish(F&& line) {
    if (too_long_ || !rest_.empty()) take({}, line);
  }

 private:
  template <class F>
  void take(std::string_view text, F& line) {
    if (!rest_.empty()) {
      rest_ += text;
      text = rest_;
    }
    if (text.ends_with('\r')) text.remove_suffix(1);
    const bool fits = !too_long_ && text.size() <= bound_;
    line(fits ? text : std::string_view{}, fits);
    rest_.clear();
    too_long_ = false;
  }

  const std::size_t bound_;
  std::string rest_;
  bool too_long_ = false;
};

class line_sink final : public body_sink, public std::enable_shared_from_this<line_sink> {
 public:
  /// Makes a record of a line, or says what is wrong with it.
  using reader = unique_function<result<storage::outgoing_record>(std::string_view line)>;

  /// `from`: the source whose positions the answer tells; `internal`: none.
  line_sink(backend& with, responder to, std::weak_ptr<body_source> body, source from, reader read);

  bool write(std::string_view part) override;
  void drained() override;
  void finish() override;

 private:
  using batch = std::vector<storage::outgoing_record>;

  void take_line(std::string_view text, bool fits);
  bool enough() const;
  void append_gathered();
  void append(batch records, steady::time_point give_up);
  void appended(const std::vector<std::string>& keys, result<std::vector<std::int64_t>> offsets);
  void try_again(batch records, steady::time_point give_up);
  void give_up(const error& why);
  void answer_if_done();

  backend& with_;
  std::shared_ptr<io_loop> loop_; ///< outlives the timer
  responder to_;
  std::weak_ptr<body_source> body_;
  const source from_;
  reader read_;
  line_splitter lines_;
  batch gathered_;
  std::size_t gathered_bytes_ = 0;
  bool under_way_ = false; ///< an append, or the pause before its next attempt
  bool paused_ = false;
  bool finished_ = false;
  std::uint64_t line_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t rejected_ = 0;
  struct refused {
    std::uint64_t line;
    error why;
  };
  std::vector<refused> errors_;
  std::map<std::int32_t, std::int64_t> newest_; ///< offset by partition
  asio::steady_timer pause_;
};

} // namespace riq::gateway
