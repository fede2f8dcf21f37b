#include "nodes/tls_middleman.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <caf/detail/socket_guard.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor_impl.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/io/scribe.hpp>

#include "nodes/tls_session.hpp"

namespace riq {
namespace {

namespace net = caf::io::network;
using context_ptr = std::shared_ptr<SSL_CTX>;

/// A connection, for CAF's broker.
class tls_scribe : public caf::io::scribe {
 public:
  tls_scribe(net::default_multiplexer& loop, const context_ptr& context, net::native_socket socket,
             tls_session::side which)
    : scribe(net::conn_hdl_from_socket(socket)), stream_(loop, socket, context, socket, which),
      which_(which) {}

  void configure_read(caf::io::receive_policy::config wanted) override {
    stream_.configure_read(wanted);
    if (std::exchange(launched_, true)) return;
    stream_.start(this);
    // The side that opens speaks first.
    if (which_ == tls_session::side::opens) stream_.force_empty_write(this);
  }

  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void flush() override { stream_.flush(this); }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  std::string addr() const override {
    const auto found = net::remote_addr_of_fd(stream_.fd());
    return found ? *found : std::string{};
  }

  std::uint16_t port() const override {
    const auto found = net::remote_port_of_fd(stream_.fd());
    return found ? *found : std::uint16_t{0};
  }

  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

 private:
  net::stream_impl<tls_session> stream_;
  tls_session::side which_;
  bool launched_ = false;
};

/// Listens for other nodes.
class tls_doorman : public net::doorman_impl {
 public:
  tls_doorman(net::default_multiplexer& loop, context_ptr context, net::native_socket socket)
    : doorman_impl(loop, socket), context_(std::move(context)) {}

  bool new_connection() override {
    // The broker may have let go of a socket whose event was on its way.
    if (detached()) return false;
    auto& loop = acceptor_.backend();
    auto accepted = caf::make_counted<tls_scribe>(loop, context_, acceptor_.accepted_socket(),
                                                  tls_session::side::accepts);
    const auto handle = accepted->hdl();
    parent()->add_scribe(std::move(accepted));
    return doorman::new_connection(&loop, handle);
  }

 private:
  context_ptr context_;
};

class tls_middleman : public caf::io::middleman_actor_impl {
 public:
  tls_middleman(caf::actor_config& config, caf::actor broker, context_ptr context)
    : middleman_actor_impl(config, std::move(broker)), context_(std::move(context)) {}

  const char* name() const override { return "tls_middleman"; }

 protected:
  caf::expected<caf::io::scribe_ptr> connect(const std::string& host, std::uint16_t port) override {
    auto socket = net::new_tcp_connection(host, port);
    if (!socket) return std::move(socket.error());
    return caf::io::scribe_ptr{
      caf::make_counted<tls_scribe>(loop(), context_, *socket, tls_session::side::opens)};
  }

  caf::expected<caf::io::doorman_ptr> open(std::uint16_t port, const char* address,
                                           bool reuse) override {
    auto socket = net::new_tcp_acceptor_impl(port, address, reuse);
    if (!socket) return std::move(socket.error());
    return caf::io::doorman_ptr{caf::make_counted<tls_doorman>(loop(), context_, *socket)};
  }

 private:
  net::default_multiplexer& loop() {
    return static_cast<net::default_multiplexer&>(system().middleman().backend());
  }

  context_ptr context_;
};

} // namespace

caf::io::middleman_actor spawn_tls_middleman(caf::actor_system& system,
                                             std::shared_ptr<SSL_CTX> context) {
  auto broker = system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  return system.spawn<tls_middleman, caf::detached>(std::move(broker), std::move(context));
}

} // namespace riq
