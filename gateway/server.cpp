#include "gateway/server.hpp"

#include "gateway/connection.hpp"
#include "gateway/problem.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <future>

namespace riq::gateway {
namespace {

namespace ip = asio::ip;
using tcp = ip::tcp;

constexpr std::chrono::milliseconds accept_pause{100}; ///< after running out of descriptors

} // namespace

struct server::acceptor {
  explicit acceptor(io_loop& loop) : socket(loop.context()), pause(loop.context()) {}
  asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> socket;
  asio::steady_timer pause;
};

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

std::vector<std::shared_ptr<io_loop>> make_loops(std::size_t count, const http_limits& bounds) {
  const auto shortest = std::min({bounds.header_timeout, bounds.body_timeout, bounds.idle_timeout});
  const auto tick =
    std::clamp(shortest / 8, std::chrono::milliseconds{10}, std::chrono::milliseconds{500});
  std::vector<std::shared_ptr<io_loop>> out;
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
    out.push_back(std::make_shared<io_loop>(i, tick));
  return out;
}

server::server(std::vector<std::shared_ptr<io_loop>> loops, std::shared_ptr<dispatcher> application)
  : loops_(std::move(loops)), application_(std::move(application)) {}

server::~server() {
  stop();
}

error server::start(const std::vector<listener_setting>& listeners) {
  raise_descriptor_limit();
  for (const auto& l : listeners)
    if (auto failed = bind(l)) {
      acceptors_.clear();
      return failed;
    }
  for (auto& loop : loops_) loop->start();
  for (auto& a : acceptors_) asio::post(a->socket.get_executor(), [this, a] { accept_next(a); });
  return {};
}

error server::bind(const listener_setting& l) {
  boost::system::error_code failed;
  const auto name = l.address == "localhost" ? std::string{"127.0.0.1"} : l.address;
  const auto address = ip::make_address(name, failed);
  if (failed)
    return {ec::invalid, l.setting_name, "\"" + l.address + "\" is no IP address to listen on"};
  auto a = std::make_shared<acceptor>(*loops_[acceptors_.size() % loops_.size()]);
  const tcp::endpoint where{address, l.port};
  a->socket.open(where.protocol(), failed);
  if (!failed) a->socket.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) a->socket.bind(where, failed);
  if (!failed) a->socket.listen(4096, failed);
  if (failed == asio::error::address_in_use) {
    auto other = "set " + l.setting_name;
    if (!l.env_name.empty()) other += " or " + l.env_name;
    return {ec::conflict, l.setting_name,
            "port " + std::to_string(l.port) + " is taken; " + other + " to another"};
  }
  if (failed)
    return {ec::invalid, l.setting_name,
            "cannot listen on " + l.address + ":" + std::to_string(l.port) + ": " +
              failed.message()};
  ports_.push_back(a->socket.local_endpoint().port());
  acceptors_.push_back(std::move(a));
  return {};
}

void server::accept_next(std::shared_ptr<acceptor> a) {
  if (stopping_ || !a->socket.is_open()) return;
  auto loop = loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
  auto& context = loop->context();
  auto& socket = a->socket;
  socket.async_accept(context, [this, a = std::move(a), loop = std::move(loop)](
                                 boost::system::error_code failed, tcp_socket peer) mutable {
    if (failed == asio::error::operation_aborted) return;
    if (failed) { // no descriptor is free: what waits stays in the backlog
      a->pause.expires_after(accept_pause);
      a->pause.async_wait([this, a](boost::system::error_code) { accept_next(a); });
      return;
    }
    accepted(std::move(loop), std::move(peer));
    accept_next(std::move(a));
  });
}

void server::accepted(std::shared_ptr<io_loop> loop, tcp_socket socket) {
  boost::system::error_code failed;
  const auto peer = socket.remote_endpoint(failed);
  if (!failed) socket.non_blocking(true, failed);
  if (!failed) socket.set_option(tcp::no_delay(true), failed);
  if (failed) return; // gone already
  if (application_->counters().open_connections() >= application_->bounds().connections) {
    application_->counters().connection_refused();
    std::string out;
    render(problem({ec::queue_full, "", "too many connections are open"}), loop->date_line(), false,
           false, out);
    socket.write_some(asio::buffer(out), failed);
    return;
  }
  auto* to = loop.get();
  to->post([this, loop = std::move(loop), socket = std::move(socket),
            from = plain_address(peer.address())]() mutable {
    std::make_shared<connection>(std::move(loop), std::move(socket), application_, std::move(from))
      ->start();
  });
}

void server::stop() {
  if (stopping_.exchange(true)) return;
  for (auto& a : acceptors_)
    asio::post(a->socket.get_executor(), [a] {
      boost::system::error_code ignored;
      a->socket.close(ignored);
      a->pause.cancel();
    });
  for (auto& loop : loops_) loop->begin_stop(application_->bounds().stop_grace);
  for (auto& loop : loops_) loop->join();
  acceptors_.clear();
}

} // namespace riq::gateway
