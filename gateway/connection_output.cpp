// What a connection sends: answers in the order of their requests, and what a stream pushes.

#include "gateway/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace riq::gateway {
namespace {

constexpr std::size_t keep_capacity = 64 * 1024;

} // namespace

void connection::render_ready() {
  std::size_t done = 0;
  for (auto& slot : slots_) {
    if (input_ended_ && done > 0 && !slots_[done - 1].keep_alive) break;
    if (!slot.answered || output_.size() - sent_ > bounds_.unsent_bytes) break;
    if (slot.head) slot.ready.stream.reset();
    if (finishing_ || slot.ready.stream) slot.keep_alive = false;
    const auto before = output_.size();
    render(slot.ready, loop_->date_line(), slot.keep_alive, slot.head, output_);
    application_->counters().answered(loop_->index(), slot.route, slot.ready.status,
                                      steady::now() - slot.started, output_.size() - before);
    if (!slot.keep_alive) input_ended_ = true;
    ++done;
    if (slot.ready.stream) {
      pusher_ = std::move(slot.ready.stream);
      break;
    }
  }
  if (done == 0) return;
  // Nothing follows an answer that closes the connection.
  if (!slots_[done - 1].keep_alive && done < slots_.size()) {
    unread_input_ = true;
    done = slots_.size();
  }
  first_number_ += done;
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(done));
  idle_since_ = loop_->now();
  if (pusher_) pusher_->opened(weak_from_this());
}

void connection::push(std::shared_ptr<const std::string> bytes) {
  if (closed_ || push_ended_) return;
  pushed_bytes_ += bytes->size();
  pushed_.push_back(std::move(bytes));
  pump();
}

void connection::finish(std::string last) {
  if (closed_ || push_ended_) return;
  const auto begun = pushed_sent_ > 0 ? std::size_t{1} : std::size_t{0}; // has to be whole
  while (pushed_.size() > begun) {
    pushed_bytes_ -= pushed_.back()->size();
    pushed_.pop_back();
  }
  push(std::make_shared<const std::string>(std::move(last)));
  push_ended_ = true;
  pump();
}

bool connection::blocked(boost::system::error_code failed) {
  if (failed == asio::error::would_block) {
    writing_ = true;
    send_progress_ = loop_->now();
    socket_.async_wait(tcp_socket::wait_write,
                       [self = shared_from_this()](boost::system::error_code waited) {
                         self->writing_ = false;
                         if (!waited) self->pump();
                       });
    return true;
  }
  if (failed) close();
  return bool(failed);
}

/// What was pushed, as far as the client takes it.
bool connection::send_pushed() {
  while (!pushed_.empty()) {
    const auto& front = *pushed_.front();
    boost::system::error_code failed;
    const auto n = socket_.write_some(
      asio::buffer(front.data() + pushed_sent_, front.size() - pushed_sent_), failed);
    pushed_sent_ += n;
    pushed_bytes_ -= n;
    if (blocked(failed)) return false;
    if (pushed_sent_ < front.size()) continue;
    pushed_.pop_front();
    pushed_sent_ = 0;
  }
  return true;
}

bool connection::send() {
  if (writing_) return false;
  while (sent_ < output_.size()) {
    boost::system::error_code failed;
    sent_ +=
      socket_.write_some(asio::buffer(output_.data() + sent_, output_.size() - sent_), failed);
    if (blocked(failed)) return false;
  }
  sent_ = 0;
  output_.clear();
  if (output_.capacity() > keep_capacity) output_.shrink_to_fit();
  return send_pushed();
}

void connection::finish_output() {
  if (lingering_) return;
  if (eof_ || !unread_input_) return close();
  boost::system::error_code ignored;
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
  lingering_ = true;
  linger_until_ = loop_->now() + bounds_.linger;
  wait_readable();
}

} // namespace riq::gateway
