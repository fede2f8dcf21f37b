#pragma once
// One io thread: an io_context that only this thread runs, the tasks that other threads hand it,
// and a coarse clock tick instead of a timer for each connection.
//
// Threading: `post` from any thread, everything else on the loop's own thread unless it says
// otherwise. Connections hold their loop, so it outlives whatever may still want to answer.

#include "gateway/unique_function.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

namespace riq::gateway {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

/// A socket on a concrete executor: no virtual call and no allocation for each operation.
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

class connection;

class io_loop : public std::enable_shared_from_this<io_loop> {
 public:
  /// `tick` is how often deadlines are looked at: the precision of every timeout.
  io_loop(std::size_t index, std::chrono::milliseconds tick);
  ~io_loop();

  void start();

  /// Runs `task` on the loop's thread, after what was posted before. False once the loop has
  /// closed; the task is then destroyed here. Any thread.
  bool post(unique_function<void()> task);

  /// Whether the caller is the loop's thread. Any thread.
  bool here() const { return current() == this; }

  /// The loop whose thread this is, or nothing.
  static io_loop* current();

  /// Which of the server's loops this is.
  std::size_t index() const { return index_; }

  asio::io_context& context() { return context_; }

  /// Where a readable socket's bytes are read to; its content is only valid until the next read.
  std::span<char> scratch() { return {scratch_.get(), scratch_size}; }

  /// `Date: …\r\n`, renewed by the tick.
  std::string_view date_line() const { return {date_, date_size_}; }

  /// The time of the last tick: precise enough for deadlines, and free.
  steady::time_point now() const { return now_; }

  void add(connection& c);
  void remove(connection& c);

  /// Calls `f` when the loop stops, once its connections are closed. Before `start` only.
  void on_stop(unique_function<void()> f) { stop_hooks_.push_back(std::move(f)); }

  /// Closes idle connections at once and the others when they have answered or the time is up.
  /// Any thread.
  void begin_stop(std::chrono::milliseconds grace);

  /// Blocks until a stop has ended the thread. Any thread but the loop's.
  void join();

 private:
  static constexpr std::size_t scratch_size = 128 * 1024;

  void run_tasks();
  void arm_tick();
  void tick();
  void renew_date();

  const std::size_t index_;
  const std::chrono::milliseconds tick_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer timer_;
  std::unique_ptr<char[]> scratch_;
  steady::time_point now_;
  char date_[64];
  std::size_t date_size_ = 0;
  connection* connections_ = nullptr; ///< intrusive list
  std::vector<unique_function<void()>> stop_hooks_;
  std::vector<unique_function<void()>> running_;
  bool stopping_ = false;
  steady::time_point stop_by_;

  std::mutex mutex_;
  std::vector<unique_function<void()>> tasks_; ///< guarded by mutex_
  bool closed_ = false;                        ///< guarded by mutex_

  std::thread thread_;
};

} // namespace riq::gateway
