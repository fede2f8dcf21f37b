#pragma once
// A blocking client over a raw socket, for tests that send what no library would. Every wait is
// bounded, so a test that waits for what never comes fails instead of hanging.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riq::gateway::testing {

struct http_answer {
  int status = 0;
  std::string head;
  std::string body;

  /// The value of a header line, its name as the server writes it.
  std::string header(std::string_view name) const {
    const auto at = head.find("\r\n" + std::string{name} + ": ");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

class socket_client {
 public:
  explicit socket_client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  socket_client(const socket_client&) = delete;
  ~socket_client() { ::close(descriptor_); }

  bool connected() const { return connected_; }

  /// False when the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Sends what the server takes at once; how many bytes that were.
  std::size_t send_some(std::string_view bytes) {
    const auto n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
  }

  /// Whether the server takes more within the time.
  bool writable(std::chrono::milliseconds wait) const { return ready(POLLOUT, wait); }

  void end_sending() { ::shutdown(descriptor_, SHUT_WR); }

  /// The next answer; nothing when the connection ends or the time is up first. `to_head`: the
  /// answer to a HEAD, which has no body.
  std::optional<http_answer> receive(bool to_head = false,
                                     std::chrono::milliseconds wait = std::chrono::seconds(20)) {
    const auto until = std::chrono::steady_clock::now() + wait;
    while (true) {
      if (auto a = take(to_head)) return a;
      if (!fill(until)) return std::nullopt;
    }
  }

  /// Whether the server closes the connection within the time; what comes before is dropped.
  bool closes(std::chrono::milliseconds wait = std::chrono::seconds(20)) {
    const auto until = std::chrono::steady_clock::now() + wait;
    while (fill(until)) input_.clear();
    return ended_;
  }

  /// Everything up to and with `text`, as it came; nothing when the connection ends or the time is
  /// up first.
  std::optional<std::string> read_to(std::string_view text,
                                     std::chrono::milliseconds wait = std::chrono::seconds(20)) {
    const auto until = std::chrono::steady_clock::now() + wait;
    while (true) {
      if (const auto at = input_.find(text); at != std::string::npos) {
        auto out = input_.substr(0, at + text.size());
        input_.erase(0, at + text.size());
        return out;
      }
      if (!fill(until)) return std::nullopt;
    }
  }

  /// Sends a request and waits for its answer.
  std::optional<http_answer> ask(std::string_view bytes) {
    if (!send(bytes)) return std::nullopt;
    return receive(bytes.substr(0, 5) == "HEAD ");
  }

  std::optional<http_answer> get(std::string_view target, std::string_view headers = {}) {
    return ask("GET " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\n" +
               std::string{headers} + "\r\n");
  }

  std::optional<http_answer> post(std::string_view target, std::string_view body,
                                  std::string_view headers = {}, std::string_view verb = "POST") {
    return ask(std::string{verb} + " " + std::string{target} +
               " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: " +
               std::to_string(body.size()) + "\r\n" + std::string{headers} + "\r\n" +
               std::string{body});
  }

 private:
  bool ready(short events, std::chrono::milliseconds wait) const {
    pollfd p{descriptor_, events, 0};
    return ::poll(&p, 1, static_cast<int>(wait.count())) == 1;
  }

  bool fill(std::chrono::steady_clock::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    if (ended_ || left.count() <= 0 || !ready(POLLIN, left)) return false;
    char buffer[64 * 1024];
    const auto n = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (n <= 0) {
      ended_ = true;
      return false;
    }
    input_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }

  std::optional<http_answer> take(bool to_head) {
    const auto end = input_.find("\r\n\r\n");
    if (end == std::string::npos) return std::nullopt;
    http_answer a;
    a.head = input_.substr(0, end + 2);
    a.status = std::stoi(a.head.substr(9, 3));
    const auto length = a.header("Content-Length");
    const auto size = to_head || length.empty() ? 0 : std::stoul(length);
    if (input_.size() < end + 4 + size) return std::nullopt;
    a.body = input_.substr(end + 4, size);
    input_.erase(0, end + 4 + size);
    return a;
  }

  int descriptor_;
  bool connected_ = false;
  bool ended_ = false;
  std::string input_;
};

} // namespace riq::gateway::testing
