#pragma once
// One client: HTTP/1.1 with keep-alive and pipelining, answers in the order of the requests.
//
// Bytes are read into the loop's scratch buffer and parsed there; only what a request leaves over
// is kept, so a silent connection costs little memory. Several things may make progress possible
// (bytes came, an answer came, the socket became writable, a body may go on); all of them run
// `pump`, which parses, renders and sends as far as it can and is never entered twice.
//
// Threading: everything on the loop's thread, except `answer` and `resume_body`.
// Lifecycle: an open connection owns itself and is in its loop's list; `close` ends both, and the
// object goes when the last responder does.

#include "gateway/body_sink.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/io_loop.hpp"
#include "gateway/message_parser.hpp"
#include "gateway/request.hpp"
#include "gateway/responder.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riq::gateway {

class connection final : public reply_sink,
                         public push_sink,
                         public body_source,
                         private message_events,
                         public std::enable_shared_from_this<connection> {
 public:
  connection(std::shared_ptr<io_loop> loop, tcp_socket socket,
             std::shared_ptr<dispatcher> application, std::string peer);
  ~connection() override;

  void start();

  void answer(std::uint64_t number, reply r) override;
  void resume_body() override;

  // push_sink
  void push(std::shared_ptr<const std::string> bytes) override;
  void finish(std::string last) override;
  std::size_t unsent() const override { return output_.size() - sent_ + pushed_bytes_; }

  /// Looks at the deadlines.
  void on_tick(steady::time_point now);

  /// Answers what was asked, then closes; nothing more is read from a connection without requests.
  void finish_and_close();

  void close();

 private:
  friend class io_loop; // its list runs through us

  /// A request that waits for its answer.
  struct slot {
    steady::time_point started;
    std::size_t route = 0;
    bool head = false;
    bool keep_alive = true;
    bool answered = false;
    reply ready;
  };

  enum class body : std::uint8_t { whole, streamed, discarded };

  // message_events
  bool on_head() override;
  bool on_body(std::string_view part) override;

  void deliver(std::uint64_t number, reply r);
  void pump(std::string_view fresh = {});
  bool parse_some();
  std::size_t parse(std::string_view bytes);
  void message_complete();
  void fault(reply r);
  void end_input();
  bool may_parse() const;
  void render_ready();
  bool send();
  bool send_pushed();
  bool blocked(boost::system::error_code failed);
  void finish_output();
  void wait_readable();
  void on_readable(boost::system::error_code failed);
  void on_eof();

  std::shared_ptr<io_loop> loop_;
  tcp_socket socket_;
  std::shared_ptr<dispatcher> application_;
  const http_limits& bounds_;
  const std::string peer_; ///< address of the other side
  std::shared_ptr<connection> self_;
  connection* next_ = nullptr;
  connection* previous_ = nullptr;

  std::string input_;                    ///< received and not parsed yet
  std::optional<message_parser> parser_; ///< of the message that is being received
  request request_;
  plan plan_;
  body body_ = body::whole;
  std::shared_ptr<body_sink> stream_;
  std::size_t body_bytes_ = 0;
  admission::share buffered_; ///< of the memory for bodies
  std::size_t progress_bytes_ = 0;
  steady::time_point progress_; ///< of the message that is being received
  steady::time_point idle_since_;

  std::vector<slot> slots_;        ///< requests in order, the oldest first
  std::uint64_t first_number_ = 0; ///< of slots_.front()
  std::string output_;
  std::size_t sent_ = 0;
  std::shared_ptr<push_stream> pusher_; ///< once an answer without an end has begun
  std::deque<std::shared_ptr<const std::string>> pushed_; ///< goes out after output_
  std::size_t pushed_sent_ = 0;                           ///< of the first of them
  std::size_t pushed_bytes_ = 0;                          ///< of all of them, not sent
  bool push_ended_ = false;
  steady::time_point send_progress_;
  steady::time_point linger_until_;

  bool head_done_ = false;
  bool paused_ = false;       ///< the stream wants no more for now
  bool early_ = false;        ///< the message that is being received was answered already
  bool input_ended_ = false;  ///< nothing more is parsed
  bool unread_input_ = false; ///< the client may still be sending what nobody will read
  bool finishing_ = false;    ///< the server stops
  bool pumping_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool lingering_ = false;
  bool eof_ = false;
  bool closed_ = false;
};

} // namespace riq::gateway
