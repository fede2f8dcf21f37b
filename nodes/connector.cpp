#include "nodes/connector.hpp"

#include <chrono>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "messages/caf_error.hpp"

namespace riq {
namespace {

constexpr auto knock_for = std::chrono::seconds(1);

/// Whether anybody listens there.
bool answers(const std::string& host, std::uint16_t port) {
  using boost::asio::ip::tcp;
  boost::asio::io_context loop;
  tcp::resolver names{loop};
  tcp::socket socket{loop};
  bool open = false;
  names.async_resolve(host, std::to_string(port),
                      [&](const boost::system::error_code& unknown, const auto& found) {
                        if (unknown) return;
                        boost::asio::async_connect(socket, found,
                                                   [&](const boost::system::error_code& refused,
                                                       const tcp::endpoint&) { open = !refused; });
                      });
  loop.run_for(knock_for);
  return open;
}

} // namespace

caf::behavior connector(caf::event_based_actor* self, caf::io::middleman_actor through) {
  using opened = caf::result<caf::node_id, caf::strong_actor_ptr, std::set<std::string>>;
  return {[self, through](caf::connect_atom connect, const std::string& host,
                          std::uint16_t port) -> opened {
    if (!answers(host, port)) return to_caf({ec::not_ready, "", "nobody answers there"});
    return self->delegate(through, connect, host, port);
  }};
}

} // namespace riq
