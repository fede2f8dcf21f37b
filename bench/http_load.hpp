#pragma once
// A load client for HTTP/1.1 keep-alive, as small as it can be: it shares its machine with the
// server it measures.
//
// Closed loop (`rate` 0): every connection asks again as soon as it was answered; measures what
// the server can do. Open loop: requests are due at fixed times, whatever the answers do, and
// latency counts from the due time, so that a stall of the server is not hidden by a client that
// waits with it (coordinated omission).

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace riq::bench {

/// Counts of latencies in buckets of at most 1.6 % width, from 1 µs to an hour.
class latency_histogram {
 public:
  void add(std::chrono::nanoseconds latency);
  void merge(const latency_histogram& other);

  /// In microseconds: the latency that this share (0…1) of the requests did not exceed.
  double quantile_us(double share) const;
  std::uint64_t count() const { return count_; }

 private:
  static constexpr std::size_t sub_buckets = 64;
  static constexpr std::size_t octaves = 32;

  std::array<std::uint64_t, sub_buckets * octaves> buckets_{};
  std::uint64_t count_ = 0;
};

struct load_options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::size_t connections = 64; ///< over all threads
  std::size_t threads = 1;
  double rate = 0; ///< requests a second over all threads; 0: closed loop
  std::chrono::milliseconds warm_up{1'000};
  std::chrono::milliseconds duration{5'000};

  /// Appends the bytes of the request with this number to `out`. Called on the client's threads,
  /// at once by all of them, with numbers that no other call gets.
  std::function<void(std::uint64_t number, std::string& out)> request;

  /// When set: appends what is asked once more, on the same connection, after a good answer to
  /// `request`. The two count as one, which is answered with the second answer; one that says
  /// `"stale":true` counts as refused.
  std::function<void(std::string_view request, std::string_view answer, std::string& out)>
    follow_up;
};

struct load_result {
  std::uint64_t answered = 0; ///< within the duration, whatever the status
  std::uint64_t refused = 0;  ///< of those, not 2xx
  std::uint64_t broken = 0;   ///< connections that ended or failed
  double seconds = 0;
  latency_histogram latency;

  double per_second() const { return seconds > 0 ? static_cast<double>(answered) / seconds : 0; }
};

/// Runs the load and waits for its end.
load_result run_load(const load_options& options);

/// The bytes of a GET.
std::string get_request(const std::string& target);

/// The bytes of a POST with a JSON body.
std::string post_request(const std::string& target, const std::string& body);

} // namespace riq::bench
