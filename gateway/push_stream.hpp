#pragma once
// An answer without an end: its head goes out, and from then on others push bytes into the
// connection until either side has enough. Everything on the connection's io thread.

#include <cstddef>
#include <memory>
#include <string>

namespace riq::gateway {

/// A connection that only sends. What is pushed is shared, not copied.
class push_sink {
 public:
  virtual ~push_sink() = default;

  virtual void push(std::shared_ptr<const std::string> bytes) = 0;

  /// Drops what was not begun to be sent, sends `last` and closes.
  virtual void finish(std::string last) = 0;

  /// Bytes that the client has not taken yet.
  virtual std::size_t unsent() const = 0;
};

/// Who pushes, as a reply carries it to its connection.
class push_stream {
 public:
  virtual ~push_stream() = default;

  /// The head is on its way. `to` ends with the connection.
  virtual void opened(std::weak_ptr<push_sink> to) = 0;

  /// What the client shall still be told when the server stops.
  virtual std::string farewell() const = 0;
};

} // namespace riq::gateway
