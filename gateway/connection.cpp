#include "gateway/connection.hpp"

#include "gateway/problem.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace riq::gateway {
namespace {

constexpr std::size_t progress_unit = 1024; ///< a body that brings less in its time is too slow
constexpr std::size_t kept_body_bytes = 16 * 1024; ///< smaller bodies are not counted

reply body_too_large(std::size_t bound) {
  return problem(
    {ec::too_large, "", "the body may have at most " + std::to_string(bound) + " bytes"});
}

} // namespace

connection::connection(std::shared_ptr<io_loop> loop, tcp_socket socket,
                       std::shared_ptr<dispatcher> application, std::string peer)
  : loop_(std::move(loop)), socket_(std::move(socket)), application_(std::move(application)),
    bounds_(application_->bounds()), peer_(std::move(peer)) {}

connection::~connection() = default;

void connection::start() {
  self_ = shared_from_this();
  loop_->add(*this);
  application_->counters().connection_opened();
  idle_since_ = progress_ = loop_->now();
  wait_readable();
}

void connection::close() {
  if (closed_) return;
  closed_ = true;
  loop_->remove(*this);
  boost::system::error_code ignored;
  socket_.close(ignored);
  application_->counters().connection_closed();
  // Our caller may be a method of ours, so the object has to live until it has returned.
  asio::post(loop_->context(), [self = std::move(self_)] {
    self->stream_.reset();
    self->pusher_.reset();
    self->pushed_.clear();
  });
}

void connection::finish_and_close() {
  finishing_ = true;
  if (pusher_) return finish(pusher_->farewell());
  if (slots_.empty() && !parser_ && sent_ == output_.size()) close();
}

void connection::on_tick(steady::time_point now) {
  if (writing_) {
    if (now - send_progress_ > bounds_.body_timeout) close();
  } else if (lingering_) {
    if (now > linger_until_) close();
  } else if (pusher_) {
    return; // nothing is expected of the client
  } else if (parser_ && !head_done_) {
    if (now - progress_ > bounds_.header_timeout)
      fault(problem(408, {ec::timed_out, "", "the request's header did not arrive in time"}));
  } else if (parser_) {
    if (!paused_ && now - progress_ > bounds_.body_timeout)
      fault(problem(408, {ec::timed_out, "", "the request's body did not arrive in time"}));
  } else if (slots_.empty() && now - idle_since_ > bounds_.idle_timeout) {
    close();
  }
}

void connection::answer(std::uint64_t number, reply r) {
  if (loop_->here()) return deliver(number, std::move(r));
  auto self = shared_from_this();
  auto& loop = *loop_;
  loop.post([self = std::move(self), number, r = std::move(r)]() mutable {
    self->deliver(number, std::move(r));
  });
}

void connection::resume_body() {
  loop_->post([self = shared_from_this()] {
    if (!self->paused_) return;
    self->paused_ = false;
    self->progress_ = self->loop_->now();
    if (self->stream_) self->stream_->drained();
    self->pump();
  });
}

void connection::deliver(std::uint64_t number, reply r) {
  if (closed_ || number < first_number_ || number - first_number_ >= slots_.size()) return;
  auto& slot = slots_[number - first_number_];
  if (slot.answered) return;
  slot.answered = true;
  slot.ready = std::move(r);
  if (parser_ && number + 1 == first_number_ + slots_.size() && head_done_) early_ = true;
  pump();
}

bool connection::on_head() {
  head_done_ = true;
  body_bytes_ = 0;
  progress_bytes_ = 0;
  progress_ = loop_->now();
  request_.client = peer_;
  auto& slot = slots_.emplace_back();
  slot.started = steady::now();
  slot.head = request_.verb == method::head;
  slot.keep_alive = parser_->keep_alive() && parser_->version_11();
  plan_ = application_->open(request_);
  slot.route = plan_.route;
  const auto length = parser_->content_length();
  if (!plan_.refusal && plan_.body == body_kind::json && length && *length > bounds_.body_bytes)
    plan_.refusal = body_too_large(bounds_.body_bytes);
  if (plan_.refusal) {
    body_ = body::discarded;
    // Reading a short body keeps the connection; a client that asks first is told at once.
    const bool bodiless = !length && !parser_->chunked();
    if (bodiless || (length && *length <= bounds_.drain_bytes && !parser_->expects_continue()))
      return true;
    slot.answered = early_ = true;
    slot.ready = std::move(*plan_.refusal);
    return false;
  }
  if (parser_->expects_continue() && slots_.size() == 1) output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  body_ = plan_.body == body_kind::none ? body::discarded : body::whole;
  if (plan_.body == body_kind::stream) {
    body_ = body::streamed;
    stream_ = application_->stream(request_, plan_,
                                   responder{shared_from_this(), first_number_ + slots_.size() - 1},
                                   std::weak_ptr<body_source>{shared_from_this()});
  }
  return true;
}

bool connection::on_body(std::string_view part) {
  body_bytes_ += part.size();
  progress_bytes_ += part.size();
  if (progress_bytes_ >= progress_unit || body_ == body::streamed) {
    progress_bytes_ = 0;
    progress_ = loop_->now();
  }
  switch (body_) {
  case body::streamed:
    if (!early_ && !stream_->write(part)) paused_ = true;
    return !early_;
  case body::whole:
    if (body_bytes_ > bounds_.body_bytes) break;
    if (body_bytes_ > kept_body_bytes && !buffered_.grow(application_->bodies(), part.size())) {
      slots_.back().answered = early_ = true;
      slots_.back().ready =
        problem({ec::queue_full, "", "too many large bodies are being received"});
      return false;
    }
    request_.body += part;
    return true;
  case body::discarded:
    if (body_bytes_ > bounds_.drain_bytes) break;
    return true;
  }
  auto& slot = slots_.back();
  slot.answered = early_ = true;
  slot.ready = plan_.refusal
                 ? std::move(*plan_.refusal)
                 : body_too_large(body_ == body::whole ? bounds_.body_bytes : bounds_.drain_bytes);
  return false;
}

void connection::message_complete() {
  parser_.reset();
  idle_since_ = loop_->now();
  const auto number = first_number_ + slots_.size() - 1;
  auto& slot = slots_.back();
  if (!slot.keep_alive) input_ended_ = true;
  if (plan_.refusal) {
    slot.answered = true;
    slot.ready = std::move(*plan_.refusal);
  } else if (stream_) {
    const auto stream = std::move(stream_);
    stream->finish();
  } else {
    application_->run(request_, plan_, responder{shared_from_this(), number});
  }
  buffered_.release();
  if (request_.body.capacity() > kept_body_bytes) request_.body = {};
}

bool connection::may_parse() const {
  return !closed_ && !input_ended_ && !paused_ && (parser_ || slots_.size() < bounds_.pipelined) &&
         output_.size() - sent_ < bounds_.unsent_bytes;
}

std::size_t connection::parse(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && may_parse()) {
    if (!parser_) {
      // An empty line before a request is none of it: RFC 9112, 2.2.
      if (bytes.substr(used).starts_with("\r\n")) {
        used += 2;
        continue;
      }
      if (bytes.substr(used) == "\r") break;
      parser_.emplace(request_, bounds_, static_cast<message_events&>(*this));
      head_done_ = early_ = false;
      progress_ = loop_->now();
    }
    boost::system::error_code failed;
    used += parser_->put(asio::buffer(bytes.data() + used, bytes.size() - used), failed);
    if (early_) {
      end_input();
    } else if (parser_->is_done() && !failed) {
      message_complete();
    } else if (failed == http::error::need_more) {
      // Only a header line or a chunk's header can be incomplete, and those are short.
      if (bytes.size() - used > bounds_.header_bytes)
        fault(parser_->fault(http::error::header_limit));
      break;
    } else if (failed) {
      fault(parser_->fault(failed));
    }
  }
  return used;
}

bool connection::parse_some() {
  if (input_.empty() || !may_parse()) return false;
  const auto bytes = std::move(input_);
  input_.clear();
  const auto used = parse(bytes);
  if (!input_ended_) input_.insert(0, bytes, used);
  return used > 0;
}

void connection::end_input() {
  input_ended_ = true;
  unread_input_ = true;
  slots_.back().keep_alive = false;
  parser_.reset();
  stream_.reset();
  buffered_.release();
  request_.body = {};
  input_.clear();
}

void connection::fault(reply r) {
  if (!head_done_) { // the message has no place yet
    auto& slot = slots_.emplace_back();
    slot.started = steady::now();
    slot.route = application_->malformed();
  }
  auto& slot = slots_.back();
  if (!slot.answered) {
    slot.answered = true;
    slot.ready = std::move(r);
  }
  end_input();
  pump();
}

void connection::pump(std::string_view fresh) {
  if (closed_) return;
  if (pumping_) return; // the frame that runs looks again
  pumping_ = true;
  if (!fresh.empty()) {
    if (input_.empty()) {
      const auto used = parse(fresh);
      if (!input_ended_) input_.assign(fresh.substr(used));
    } else {
      input_ += fresh;
    }
  }
  for (bool parsed = !fresh.empty(); !closed_;) {
    if (parsed && stream_ && !paused_) stream_->drained();
    if (early_ && parser_) end_input();
    render_ready();
    if (!send()) break;
    parsed = parse_some();
    const bool ready = !slots_.empty() && slots_.front().answered;
    if (!parsed && !ready && !(early_ && parser_)) break;
  }
  pumping_ = false;
  if (closed_) return;
  if (input_ended_ && slots_.empty() && unsent() == 0 && (!pusher_ || push_ended_))
    return finish_output();
  if (eof_ && slots_.empty() && sent_ == output_.size()) return close();
  wait_readable();
}

void connection::wait_readable() {
  if (reading_ || eof_ || closed_ || !(lingering_ || pusher_ || may_parse())) return;
  reading_ = true;
  socket_.async_wait(
    tcp_socket::wait_read,
    [self = shared_from_this()](boost::system::error_code failed) { self->on_readable(failed); });
}

void connection::on_readable(boost::system::error_code failed) {
  reading_ = false;
  if (failed || closed_) return;
  const auto room = loop_->scratch();
  const auto n = socket_.read_some(asio::buffer(room.data(), room.size()), failed);
  if (failed == asio::error::would_block) return wait_readable();
  if (failed == asio::error::eof) return on_eof();
  if (failed) return close();
  application_->counters().received(loop_->index(), n);
  if (lingering_ || pusher_) return wait_readable(); // what comes now is nobody's
  pump({room.data(), n});
}

void connection::on_eof() {
  eof_ = true;
  if (lingering_ || pusher_) return close();
  if (parser_) return fault(problem({ec::invalid, "", "the connection ended within the request"}));
  if (slots_.empty() && sent_ == output_.size()) close();
}

} // namespace riq::gateway
