#include "bench/http_load.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace riq::bench {
namespace {

using clock = std::chrono::steady_clock;

struct client {
  int descriptor = -1;
  std::string output;
  std::size_t sent = 0;
  std::string input;
  clock::time_point due; ///< when the request that is running was due
  bool busy = false;
  bool followed_up = false;
};

/// The length of the first complete answer in `text`, 0 when there is none; its status.
std::size_t complete_answer(std::string_view text, int& status) {
  const auto end = text.find("\r\n\r\n");
  if (end == text.npos) return 0;
  const auto head = text.substr(0, end + 2);
  status = std::atoi(head.data() + 9);
  constexpr std::string_view name = "\r\nContent-Length:";
  auto at = head.find(name);
  std::size_t length = 0;
  if (at != head.npos) length = std::strtoul(head.data() + at + name.size(), nullptr, 10);
  return text.size() >= end + 4 + length ? end + 4 + length : 0;
}

/// One thread's connections.
class worker {
 public:
  worker(const load_options& options, std::size_t index)
    : options_(options), index_(index), epoll_(epoll_create1(0)) {
    const auto share = options.connections / options.threads +
                       (index < options.connections % options.threads ? 1 : 0);
    clients_.resize(std::max<std::size_t>(share, 1));
    number_ = index;
    for (auto& c : clients_) open(c);
  }

  ~worker() {
    for (auto& c : clients_)
      if (c.descriptor >= 0) ::close(c.descriptor);
    ::close(epoll_);
  }

  void run() {
    const auto begin = clock::now();
    measure_from_ = begin + options_.warm_up;
    const auto end = measure_from_ + options_.duration;
    const auto interval = options_.rate > 0
                            ? std::chrono::nanoseconds{static_cast<std::int64_t>(
                                1e9 * static_cast<double>(options_.threads) / options_.rate)}
                            : std::chrono::nanoseconds{0};
    auto next_due = begin + interval * static_cast<std::int64_t>(index_) /
                              static_cast<std::int64_t>(options_.threads);
    for (auto& c : clients_) idle_.push_back(&c);
    for (auto now = begin; now < end; now = clock::now()) {
      while (!idle_.empty() && (options_.rate == 0 || next_due <= now)) {
        auto* c = idle_.front();
        idle_.pop_front();
        ask(*c, options_.rate == 0 ? now : next_due);
        if (options_.rate > 0) next_due += interval;
      }
      // Asleep until the next request is due: a client that spins takes the node's core.
      auto wait = std::chrono::nanoseconds{100'000'000};
      if (options_.rate > 0 && !idle_.empty())
        wait =
          std::clamp<std::chrono::nanoseconds>(next_due - now, std::chrono::nanoseconds{0}, wait);
      const timespec limit{0, static_cast<long>(wait.count())};
      epoll_event events[256];
      const auto n = epoll_pwait2(epoll_, events, 256, &limit, nullptr);
      for (int i = 0; i < n; ++i) readable(*static_cast<client*>(events[i].data.ptr), end);
    }
    result.seconds = std::chrono::duration<double>(options_.duration).count();
  }

  load_result result;

 private:
  void open(client& c) {
    c.descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options_.port);
    inet_pton(AF_INET, options_.host.c_str(), &to.sin_addr);
    const int one = 1;
    setsockopt(c.descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(c.descriptor, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      ++result.broken;
      return;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &c;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, c.descriptor, &event);
  }

  void ask(client& c, clock::time_point due) {
    c.due = due;
    c.busy = true;
    c.followed_up = false;
    c.output.clear();
    options_.request(number_, c.output);
    number_ += options_.threads;
    send(c);
  }

  void follow_up(client& c, std::string_view answer) {
    c.followed_up = true;
    const auto first = std::exchange(c.output, {});
    options_.follow_up(first, answer, c.output);
    c.input.clear();
    send(c);
  }

  void send(client& c) {
    // A blocking send: requests are far smaller than the socket's buffer.
    if (::send(c.descriptor, c.output.data(), c.output.size(), MSG_NOSIGNAL) < 0) restart(c);
  }

  void restart(client& c) {
    ++result.broken;
    ::close(c.descriptor);
    c.input.clear();
    open(c);
    if (c.busy) idle_.push_back(&c);
    c.busy = false;
  }

  void readable(client& c, clock::time_point end) {
    const auto n = ::recv(c.descriptor, buffer_, sizeof buffer_, MSG_DONTWAIT);
    if (n <= 0) {
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
      return restart(c);
    }
    std::string_view text{buffer_, static_cast<std::size_t>(n)};
    if (!c.input.empty()) {
      c.input.append(text);
      text = c.input;
    }
    int status = 0;
    if (complete_answer(text, status) == 0) {
      if (c.input.empty()) c.input = text;
      return;
    }
    bool good = status >= 200 && status <= 299;
    if (good && options_.follow_up && !c.followed_up) return follow_up(c, text);
    if (c.followed_up && text.find("\"stale\":true") != text.npos) good = false;
    c.input.clear();
    const auto now = clock::now();
    if (now >= measure_from_ && now < end) {
      ++result.answered;
      if (!good) ++result.refused;
      result.latency.add(now - c.due);
    }
    c.busy = false;
    // The busiest connection asks again at once, the others are asked in turn.
    if (options_.rate == 0 && now < end) return ask(c, now);
    idle_.push_back(&c);
  }

  const load_options& options_;
  const std::size_t index_;
  int epoll_;
  std::vector<client> clients_;
  std::deque<client*> idle_;
  std::uint64_t number_;
  clock::time_point measure_from_;
  char buffer_[256 * 1024];
};

} // namespace

void latency_histogram::add(std::chrono::nanoseconds latency) {
  // Values below 64 units have a bucket each, above them 64 buckets an octave; a unit is 1/8 µs.
  const auto units = std::max<std::uint64_t>(static_cast<std::uint64_t>(latency.count()) / 125, 1);
  const auto octave = static_cast<std::size_t>(std::bit_width(units / sub_buckets));
  const auto index =
    octave == 0 ? units : octave * sub_buckets + (units >> (octave - 1)) - sub_buckets;
  ++buckets_[std::min(index, buckets_.size() - 1)];
  ++count_;
}

void latency_histogram::merge(const latency_histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
}

double latency_histogram::quantile_us(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count_) * share));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen < wanted || seen == 0) continue;
    const auto octave = i / sub_buckets;
    const auto units = octave == 0 ? static_cast<double>(i)
                                   : static_cast<double>(sub_buckets + i % sub_buckets) *
                                       std::exp2(static_cast<double>(octave) - 1);
    return units / 8;
  }
  return 0;
}

load_result run_load(const load_options& options) {
  std::vector<std::unique_ptr<worker>> workers;
  for (std::size_t i = 0; i < options.threads; ++i)
    workers.push_back(std::make_unique<worker>(options, i));
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers.size(); ++i)
    threads.emplace_back([&w = *workers[i]] { w.run(); });
  workers[0]->run();
  for (auto& t : threads) t.join();
  load_result sum;
  for (auto& w : workers) {
    sum.answered += w->result.answered;
    sum.refused += w->result.refused;
    sum.broken += w->result.broken;
    sum.seconds = w->result.seconds;
    sum.latency.merge(w->result.latency);
  }
  return sum;
}

std::string get_request(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string post_request(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace riq::bench
