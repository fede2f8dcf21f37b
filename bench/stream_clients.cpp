// Many listeners of a running node's live stream, while events are posted at a rate: what arrives,
// how late, and what the node's process takes for it.
//   stream_clients PORT PID [CLIENTS] [EVENTS_A_SECOND] [SECONDS]     (500, 1000, 10)
// PID is the node's, to read its processor time; run it with 0 clients for the yardstick.

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

int connect_to(int port) {
  const auto fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  return fd;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

/// Processor seconds of a process so far.
double cpu_seconds(const char* pid) {
  std::ifstream in("/proc/" + std::string{pid} + "/stat");
  std::string word;
  for (int i = 0; i < 13; ++i) in >> word; // the name has no spaces
  double user = 0, system = 0;
  in >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Posts in batches, every 20 ms what is due.
void post_events(int port, double rate, const std::atomic<bool>& over,
                 std::atomic<std::uint64_t>& sent) {
  const auto fd = connect_to(port);
  const auto start = clock_type::now();
  std::string answer(64 * 1024, '\0');
  while (!over) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    const auto due = static_cast<std::uint64_t>(
      rate * std::chrono::duration<double>(clock_type::now() - start).count());
    std::string body;
    for (; sent < due; ++sent)
      body += "{\"userId\":\"u" + std::to_string(sent % 5'000) +
              "\",\"eventType\":\"VIEW\",\"productId\":\"p" + std::to_string(sent % 900) +
              "\",\"category\":\"shoes.red\",\"price\":10}\n";
    send_all(fd, "POST /api/users/activity/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                 "application/x-ndjson\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + body);
    if (::recv(fd, answer.data(), answer.size(), 0) <= 0) break;
  }
  ::close(fd);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::puts("stream_clients PORT PID [CLIENTS] [EVENTS_A_SECOND] [SECONDS]");
    return 2;
  }
  const auto port = std::atoi(argv[1]);
  const auto clients = argc > 3 ? std::atoi(argv[3]) : 500;
  const auto rate = argc > 4 ? std::atof(argv[4]) : 1'000.0;
  const auto length = std::chrono::seconds{argc > 5 ? std::atoi(argv[5]) : 10};

  const auto poll = ::epoll_create1(0);
  std::vector<int> sockets;
  for (int i = 0; i < clients; ++i) {
    const auto fd = connect_to(port);
    send_all(fd, "GET /api/stream?kind=event HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = fd;
    ::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e);
    sockets.push_back(fd);
  }
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> sent{0};
  std::thread poster(post_events, port, rate, std::cref(over), std::ref(sent));

  auto cpu = cpu_seconds(argv[2]);
  auto posted = sent.load();
  auto start = clock_type::now();
  bool warm = false; // counts from then on
  std::vector<char> buffer(512 * 1024);
  std::uint64_t bytes = 0, frames = 0, dropped = 0;
  std::vector<std::int64_t> late;
  while (!warm || clock_type::now() - start < length) {
    if (!warm && clock_type::now() - start > std::chrono::seconds{2}) {
      warm = true;
      cpu = cpu_seconds(argv[2]);
      posted = sent.load();
      start = clock_type::now();
      bytes = frames = dropped = 0;
      late.clear();
    }
    epoll_event ready[64];
    const auto n = ::epoll_wait(poll, ready, 64, 20);
    for (int i = 0; i < n; ++i) {
      const auto got = ::recv(ready[i].data.fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) {
        if (got == 0) ::epoll_ctl(poll, EPOLL_CTL_DEL, ready[i].data.fd, nullptr);
        continue;
      }
      const std::string_view text{buffer.data(), static_cast<std::size_t>(got)};
      bytes += text.size();
      for (auto at = text.find("\"time\":"); at != text.npos; at = text.find("\"time\":", at + 1)) {
        ++frames;
        if (frames % 97 == 0 && at + 20 < text.size())
          late.push_back(now_ms() - std::atoll(text.data() + at + 7));
      }
      dropped += text.find("event: dropped") != text.npos;
    }
  }
  const std::chrono::duration<double> took = clock_type::now() - start;
  const auto used = cpu_seconds(argv[2]) - cpu;
  const auto events = sent.load() - posted;
  over = true;
  poster.join();
  std::sort(late.begin(), late.end());
  const auto at = [&](double q) {
    return late.empty()
             ? 0
             : static_cast<int>(
                 late[static_cast<std::size_t>(q * static_cast<double>(late.size() - 1))]);
  };
  std::printf(
    "%d clients, %.0f events/s posted: %.1f frames/s a client, %.1f MB/s in all, late p50 "
    "%d ms p99 %d ms, dropped %llu; the node takes %.2f cores\n",
    clients, static_cast<double>(events) / took.count(),
    clients > 0 ? static_cast<double>(frames) / clients / took.count() : 0.0,
    static_cast<double>(bytes) / 1e6 / took.count(), at(0.5), at(0.99),
    static_cast<unsigned long long>(dropped), used / took.count());
  for (const auto fd : sockets) ::close(fd);
  return 0;
}
