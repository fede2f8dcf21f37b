#pragma once
// One TLS connection between two nodes, in the form in which CAF's streams want it.
//
// It stands in for CAF's own OpenSSL module, which forgets that OpenSSL keeps its errors for each
// thread: there a connection that ends, a stranger's too, makes all others of the thread fail. And
// while a stranger connects and says nothing, it spins.
//
// Threading: made by any thread, used by the multiplexer's only.

#include <cstddef>
#include <memory>
#include <string>

#include <caf/io/network/native_socket.hpp>
#include <caf/io/network/rw_state.hpp>
#include <openssl/ssl.h>

namespace riq {

class tls_session {
 public:
  enum class side { opens, accepts };
  using rw_state = caf::io::network::rw_state;
  using native_socket = caf::io::network::native_socket;

  /// The socket does not block, and stays the caller's.
  tls_session(const std::shared_ptr<SSL_CTX>& context, native_socket socket, side which);

  /// `success` with nothing read means: again when the socket can be read.
  rw_state read_some(std::size_t& read, native_socket, void* to, std::size_t most);

  /// `success` with less written than asked for means: again when the socket can be written to.
  /// What is written before both sides know each other is kept until then.
  rw_state write_some(std::size_t& written, native_socket, const void* from, std::size_t count);

  /// Whether so many bytes can be had although the socket has none.
  bool must_read_more(native_socket, std::size_t least) const;

 private:
  enum class handshake { waits, done, failed };
  handshake shake_hands();
  bool send_early();

  struct freed {
    void operator()(SSL* s) const { SSL_free(s); }
  };
  std::unique_ptr<SSL, freed> ssl_;
  bool known_ = false; ///< both sides know each other
  std::string early_;
};

} // namespace riq
