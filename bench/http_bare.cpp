#include "bench/http_bare.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace riq::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

class session : public std::enable_shared_from_this<session> {
 public:
  session(tcp::socket socket, const std::string& body) : stream_(std::move(socket)), body_(body) {}

  void read() {
    request_ = {};
    stream_.expires_after(std::chrono::seconds(30));
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code failed, std::size_t) {
                       if (!failed) self->write();
                     });
  }

 private:
  void write() {
    response_ = {http::status::ok, request_.version()};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request_.keep_alive());
    response_.body() = body_;
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code failed, std::size_t) {
                        if (!failed) self->read();
                      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  const std::string& body_;
};

} // namespace

struct bare_server::state {
  std::string body;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<std::thread> threads;
  std::optional<tcp::acceptor> acceptor;
  std::size_t turn = 0;

  void accept() {
    acceptor->async_accept(*contexts[turn++ % contexts.size()],
                           [this](beast::error_code failed, tcp::socket socket) {
                             if (failed) return;
                             socket.set_option(tcp::no_delay(true));
                             auto s = std::make_shared<session>(std::move(socket), body);
                             s->read();
                             accept();
                           });
  }
};

bare_server::bare_server(std::size_t threads, std::string body)
  : state_(std::make_unique<state>()) {
  auto& s = *state_;
  s.body = std::move(body);
  for (std::size_t i = 0; i < threads; ++i)
    s.contexts.push_back(std::make_unique<asio::io_context>(1));
  s.acceptor.emplace(*s.contexts[0],
                     tcp::endpoint{asio::ip::make_address_v4("127.0.0.1"), std::uint16_t{0}});
  s.accept();
  for (auto& c : s.contexts)
    s.threads.emplace_back([&c] {
      const auto guard = asio::make_work_guard(*c);
      c->run();
    });
}

bare_server::~bare_server() {
  for (auto& c : state_->contexts) c->stop();
  for (auto& t : state_->threads) t.join();
}

std::uint16_t bare_server::port() const {
  return state_->acceptor->local_endpoint().port();
}

} // namespace riq::bench
