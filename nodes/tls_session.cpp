#include "nodes/tls_session.hpp"

#include <algorithm>
#include <limits>

#include <openssl/err.h>

namespace riq {
namespace {

// More than CAF says before it knows the other side.
constexpr std::size_t most_early = 64 * 1024;

int as_length(std::size_t bytes) {
  return static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
}

} // namespace

tls_session::tls_session(const std::shared_ptr<SSL_CTX>& context, native_socket socket, side which)
  : ssl_(SSL_new(context.get())) {
  if (!ssl_) return; // out of memory: the first use fails
  SSL_set_fd(ssl_.get(), socket);
  if (which == side::opens)
    SSL_set_connect_state(ssl_.get());
  else
    SSL_set_accept_state(ssl_.get());
}

tls_session::handshake tls_session::shake_hands() {
  if (!ssl_) return handshake::failed;
  if (known_) return handshake::done;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    known_ = true;
    return send_early() ? handshake::done : handshake::failed;
  }
  // All that is said until then fits into an empty socket.
  return SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ ? handshake::waits
                                                                  : handshake::failed;
}

bool tls_session::send_early() {
  if (early_.empty()) return true;
  ERR_clear_error();
  const bool sent =
    SSL_write(ssl_.get(), early_.data(), as_length(early_.size())) == as_length(early_.size());
  early_ = {};
  return sent;
}

tls_session::rw_state tls_session::read_some(std::size_t& read, native_socket, void* to,
                                             std::size_t most) {
  read = 0;
  switch (shake_hands()) {
  case handshake::failed:
    return rw_state::failure;
  case handshake::waits:
    return rw_state::success;
  case handshake::done:
    break;
  }
  if (most == 0) return rw_state::indeterminate;
  ERR_clear_error();
  const int result = SSL_read(ssl_.get(), to, as_length(most));
  if (result > 0) {
    read = static_cast<std::size_t>(result);
    return rw_state::success;
  }
  return SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ ? rw_state::success
                                                                  : rw_state::failure;
}

tls_session::rw_state tls_session::write_some(std::size_t& written, native_socket, const void* from,
                                              std::size_t count) {
  written = 0;
  switch (shake_hands()) {
  case handshake::failed:
    return rw_state::failure;
  case handshake::waits:
    // CAF would ask again at once, as the socket can be written to all the time.
    if (early_.size() + count > most_early) return rw_state::failure;
    early_.append(static_cast<const char*>(from), count);
    written = count;
    return count == 0 ? rw_state::indeterminate : rw_state::success;
  case handshake::done:
    break;
  }
  if (count == 0) return rw_state::indeterminate;
  ERR_clear_error();
  const int result = SSL_write(ssl_.get(), from, as_length(count));
  if (result > 0) {
    written = static_cast<std::size_t>(result);
    return rw_state::success;
  }
  return SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_WRITE ? rw_state::success
                                                                   : rw_state::failure;
}

bool tls_session::must_read_more(native_socket, std::size_t least) const {
  return ssl_ && static_cast<std::size_t>(SSL_pending(ssl_.get())) >= least;
}

} // namespace riq
