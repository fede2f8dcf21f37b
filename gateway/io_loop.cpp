#include "gateway/io_loop.hpp"

#include "config/thread_name.hpp"
#include "gateway/connection.hpp"

#include <boost/asio/post.hpp>

#include <ctime>

namespace riq::gateway {

namespace {
thread_local io_loop* this_loop = nullptr;
}

io_loop* io_loop::current() {
  return this_loop;
}

io_loop::io_loop(std::size_t index, std::chrono::milliseconds tick)
  : index_(index), tick_(tick), work_(context_.get_executor()), timer_(context_),
    scratch_(new char[scratch_size]), now_(steady::now()) {
  renew_date();
}

io_loop::~io_loop() {
  if (!thread_.joinable()) return;
  begin_stop(std::chrono::milliseconds{0});
  join();
}

void io_loop::start() {
  thread_ = std::thread([this] {
    name_thread("http");
    this_loop = this;
    arm_tick();
    context_.run();
    this_loop = nullptr;
  });
}

bool io_loop::post(unique_function<void()> task) {
  bool first;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    first = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  // One wake-up serves all that is posted until the loop gets to it.
  if (first) asio::post(context_, [this] { run_tasks(); });
  return true;
}

void io_loop::run_tasks() {
  // Out of the member while they run: the task that stops the loop runs what is left in here, too,
  // and a task that stayed in the loop would keep alive who keeps the loop alive.
  auto running = std::move(running_);
  {
    std::lock_guard lock(mutex_);
    running.swap(tasks_);
  }
  for (auto& task : running) task();
  running.clear();
  running_ = std::move(running); // its room serves the next ones
}

void io_loop::add(connection& c) {
  c.next_ = connections_;
  c.previous_ = nullptr;
  if (connections_) connections_->previous_ = &c;
  connections_ = &c;
}

void io_loop::remove(connection& c) {
  (c.previous_ ? c.previous_->next_ : connections_) = c.next_;
  if (c.next_) c.next_->previous_ = c.previous_;
  c.next_ = c.previous_ = nullptr;
}

void io_loop::arm_tick() {
  timer_.expires_after(tick_);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) tick();
  });
}

void io_loop::tick() {
  now_ = steady::now();
  renew_date();
  for (auto* c = connections_; c;) {
    auto* next = c->next_; // a connection that closes itself leaves the list
    c->on_tick(now_);
    c = next;
  }
  if (!stopping_) return arm_tick();
  if (connections_ && now_ < stop_by_) return arm_tick();
  while (connections_) connections_->close();
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  run_tasks();
  for (auto& hook : stop_hooks_) hook();
  stop_hooks_.clear();
  work_.reset();
}

void io_loop::renew_date() {
  const auto seconds = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  date_size_ = std::strftime(date_, sizeof date_, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
}

void io_loop::begin_stop(std::chrono::milliseconds grace) {
  post([this, grace] {
    stopping_ = true;
    stop_by_ = steady::now() + grace;
    for (auto* c = connections_; c;) {
      auto* next = c->next_;
      c->finish_and_close();
      c = next;
    }
    timer_.cancel(); // its handler sees the error
    tick();
  });
}

void io_loop::join() {
  if (thread_.joinable()) thread_.join();
}

} // namespace riq::gateway
