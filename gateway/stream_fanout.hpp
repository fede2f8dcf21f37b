#pragma once
// The listeners of one io thread. News is handed to them some times a second, joined, so that a
// thousand events a second to hundreds of clients are few writes of bytes that all of them share.
// A client that does not take what it is sent is dropped with a notice: it holds no more than its
// bound, and nobody waits for it.
//
// Threading: everything on the loop's thread, but `wake`.
// Lifecycle: made before its loop starts; ends after it, perhaps while actors still publish.

#include "gateway/io_loop.hpp"
#include "gateway/live_ring.hpp"
#include "gateway/push_stream.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace riq::gateway {

/// What a listener wants.
struct stream_filter {
  std::uint32_t kinds = 0xff; ///< a bit for each live_kind
  std::string user;
  std::vector<std::string> types;
  std::string category;

  bool everything() const {
    return (kinds & 0x3f) == 0x3f && user.empty() && types.empty() && category.empty();
  }
  bool takes(const live_item& item) const;
};

/// Where a listener begins: behind an id it has seen, or with what comes.
struct stream_start {
  bool given = false; ///< it said where
  bool known = false; ///< … and it was of this run
  std::uint64_t number = 0;
};

class stream_fanout {
 public:
  /// Bytes that a client may leave untaken.
  static constexpr std::size_t most_unsent = 256 * 1024;

  stream_fanout(live_ring& ring, std::shared_ptr<io_loop> loop);
  ~stream_fanout();
  stream_fanout(const stream_fanout&) = delete;
  stream_fanout& operator=(const stream_fanout&) = delete;

  void add(std::weak_ptr<push_sink> sink, stream_filter filter, stream_start start);

  /// There is news. Any thread.
  void wake();

 private:
  struct client {
    std::weak_ptr<push_sink> sink;
    stream_filter filter;
    steady::time_point spoken;
  };

  void flush();
  void arm();
  void send_news(client& c, const std::vector<live_ring::entry>& news,
                 const std::shared_ptr<const std::string>& joined);
  void greet(push_sink& sink, client& c, const stream_start& start);

  live_ring& ring_;
  std::shared_ptr<io_loop> loop_;
  asio::steady_timer timer_;
  std::vector<client> clients_;
  std::uint64_t sent_ = 0; ///< number of the newest entry that was handed out
  std::atomic<bool> listened_{false};
  std::atomic<bool> woken_{false};
  bool armed_ = false;
  bool stopped_ = false;
};

} // namespace riq::gateway
