// What one node does, measured from outside over HTTP, with the yardsticks in the same run.
//   node_bench DATA_DIR [read] [tell] [visible] [hammer] [import] [memory] [known]
//   (default: all but memory and known)
// DATA_DIR must be empty or absent; it decides which disk the fsyncs go to.
//
//   read     GET of a list that is kept, against a bare Beast server that sends the same bytes
//   tell     POST …?recommend=20 (nothing can be kept), 20,000 items, 100,000 sessions, fsync on:
//            closed loop, then at half of that rate
//   visible  1,000 events a second, each from its due time until a read shows it
//   hammer   the same while one user gets 100,000 events
//   import   NDJSON into user state, until nothing is left to apply
//   memory   one million resident users
//   known    ten million users, of whom 100,000 may be resident

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <spdlog/spdlog.h>

#include "bench/http_bare.hpp"
#include "bench/http_load.hpp"
#include "config/load.hpp"
#include "nodes/commands/http_client.hpp"
#include "nodes/node.hpp"

namespace {

using namespace riq;
using clock_type = std::chrono::steady_clock;

constexpr std::uint64_t items = 20'000;
constexpr std::uint64_t sessions = 100'000;

std::string activity_line(std::uint64_t user, std::uint64_t product, const char* type = "VIEW") {
  return "{\"userId\":\"u" + std::to_string(user) + "\",\"eventType\":\"" + type +
         "\",\"productId\":\"p" + std::to_string(product) + "\",\"category\":\"c" +
         std::to_string(product % 40) + ".s" + std::to_string(product % 400) + "\",\"brand\":\"b" +
         std::to_string(product % 100) + "\",\"price\":" + std::to_string(5 + product % 500) + "}";
}

/// Skewed like a catalogue: a tenth of the items has most of the views.
std::uint64_t any_product(std::mt19937_64& random) {
  const auto u = std::uniform_real_distribution<double>{}(random);
  return static_cast<std::uint64_t>(u * u * u * static_cast<double>(items));
}

double seconds_since(clock_type::time_point start) {
  return std::chrono::duration<double>(clock_type::now() - start).count();
}

struct bench_node {
  explicit bench_node(const std::string& data_dir, std::uint64_t resident = 2'000'000) {
    // The environment may change any setting, so that one can be measured against another.
    auto loaded = load_settings({});
    if (!loaded) {
      std::fprintf(stderr, "%s\n", loaded.error().text().c_str());
      std::exit(1);
    }
    auto& s = *loaded;
    s.node.data_dir = data_dir;
    s.listen.only = {"127.0.0.1:0"};
    s.shards.resident_users = resident;
    s.processor.max_events_per_10s = 0;
    s.http.max_in_flight_per_user = 10'000;
    auto started = node::start(s);
    if (!started) {
      std::fprintf(stderr, "%s\n", started.error().detail.c_str());
      std::exit(1);
    }
    running = std::move(*started);
    port = running->ports().front();
  }

  std::unique_ptr<node> running;
  std::uint16_t port = 0;
};

/// The sum of a number over the shards, out of /api/inspect/shards; -1 when the node did not
/// answer.
std::int64_t sum_over_shards(commands::http_client& http, const std::string& name) {
  const auto answer = http.send({.target = "/api/inspect/shards"});
  if (!answer || !answer->ok()) return -1;
  const auto key = "\"" + name + "\":";
  std::int64_t sum = 0;
  for (auto at = answer->body.find(key); at != std::string::npos;
       at = answer->body.find(key, at + 1))
    sum += std::atoll(answer->body.c_str() + at + key.size());
  return sum;
}

commands::http_client client_of(const bench_node& n) {
  return commands::http_client{{"127.0.0.1", std::to_string(n.port), ""},
                               std::chrono::seconds{120}};
}

void post(commands::http_client& http, const std::string& lines) {
  const auto answer = http.send({.method = "POST",
                                 .target = "/api/users/activity/batch",
                                 .body = lines,
                                 .type = "application/x-ndjson"});
  if (answer && answer->ok()) return;
  std::fprintf(stderr, "batch refused: %s\n", answer ? answer->body.c_str() : "no answer");
  std::exit(1);
}

/// Posts `lines` in requests of about a megabyte and waits until the users have them all. Returns
/// the seconds from the first byte to the last applied event.
double post_and_apply(const bench_node& n, const std::vector<std::string>& lines) {
  auto http = client_of(n);
  const auto before = sum_over_shards(http, "events");
  const auto start = clock_type::now();
  std::string body;
  const auto flush = [&] {
    if (body.empty()) return;
    post(http, body);
    body.clear();
  };
  for (const auto& line : lines) {
    body += line;
    body += '\n';
    if (body.size() > 1'000'000) flush();
  }
  flush();
  const auto wanted = before + static_cast<std::int64_t>(lines.size());
  while (sum_over_shards(http, "events") < wanted)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  return seconds_since(start);
}

/// 100,000 sessions of five views over the catalogue.
std::vector<std::string> catalogue_of_sessions() {
  std::mt19937_64 random{1};
  std::vector<std::string> lines;
  for (std::uint64_t s = 0; s < sessions; ++s) {
    const auto start = any_product(random);
    for (int k = 0; k < 5; ++k)
      lines.push_back(
        activity_line(s, k == 0 ? any_product(random) : (start + random() % 40) % items));
  }
  return lines;
}

void print(const char* what, const bench::load_result& r) {
  std::printf("%-28s %9.0f/s  p50 %7.2f ms  p99 %7.2f ms  refused %llu  broken %llu\n", what,
              r.per_second(), r.latency.quantile_us(0.5) / 1e3, r.latency.quantile_us(0.99) / 1e3,
              static_cast<unsigned long long>(r.refused),
              static_cast<unsigned long long>(r.broken));
  std::fflush(stdout);
}

void bench_read(const bench_node& n) {
  auto http = client_of(n);
  const auto body = http.send({.target = "/api/recommendations/u7?limit=20"});
  if (!body) return;
  std::printf("\nread: GET of a kept list, %zu bytes, 64 connections\n", body->body.size());
  const bench::bare_server bare{2, body->body};
  bench::load_options o;
  o.duration = std::chrono::seconds{4};
  // Few enough users that each list is made in the warm-up, as "nothing new since" asks.
  o.request = [](std::uint64_t i, std::string& out) {
    out += "GET /api/recommendations/u" + std::to_string(i % 1'000) +
           "?limit=20 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  };
  double best_bare = 0, best_node = 0;
  for (int round = 0; round < 3; ++round) {
    o.port = bare.port();
    const auto b = bench::run_load(o);
    o.port = n.port;
    const auto r = bench::run_load(o);
    print("bare beast", b);
    print("node", r);
    best_bare = std::max(best_bare, b.per_second());
    best_node = std::max(best_node, r.per_second());
  }
  std::printf("node / bare beast: %.2f\n", best_node / best_bare);
}

std::string tell_request(std::uint64_t user, std::uint64_t product) {
  return bench::post_request("/api/users/activity?recommend=20", activity_line(user, product));
}

void bench_tell(const bench_node& n) {
  std::printf("\ntell and ask: POST ?recommend=20, fsync on, %lu items, %lu sessions known\n",
              static_cast<unsigned long>(items), static_cast<unsigned long>(sessions));
  bench::load_options o;
  o.port = n.port;
  o.connections = 128;
  o.duration = std::chrono::seconds{6};
  o.request = [](std::uint64_t i, std::string& out) {
    thread_local std::mt19937_64 random{i + 99};
    out += tell_request(random() % sessions, any_product(random));
  };
  const auto full = bench::run_load(o);
  print("closed loop", full);
  o.rate = full.per_second() / 2;
  print("at half of that", bench::run_load(o));
}

/// A member's text in JSON that is as plain as what the bench sends and the node answers.
std::string member_of(std::string_view json, std::string_view name) {
  const auto key = "\"" + std::string{name} + "\":\"";
  const auto at = json.find(key);
  if (at == json.npos) return {};
  const auto text = json.substr(at + key.size());
  return std::string{text.substr(0, text.find('"'))};
}

/// Posts, and reads with the position that came back; both count together.
bench::load_options posted_to_visible(const bench_node& n) {
  bench::load_options o;
  o.port = n.port;
  o.connections = 64;
  o.rate = 1'000;
  o.duration = std::chrono::seconds{6};
  o.request = [](std::uint64_t i, std::string& out) {
    thread_local std::mt19937_64 random{i + 7};
    const auto user = random() % sessions;
    out += bench::post_request("/api/users/activity", activity_line(user, any_product(random)));
  };
  o.follow_up = [](std::string_view request, std::string_view answer, std::string& out) {
    out += bench::get_request("/api/features/" + member_of(request, "userId") +
                              "?after=" + member_of(answer, "position"));
  };
  return o;
}

/// What was loaded is on its way to the store for a while, which is another load than the one to be
/// measured.
void await_stored(const bench_node& n) {
  auto http = client_of(n);
  const auto start = clock_type::now();
  while (sum_over_shards(http, "dirty") > 0 && seconds_since(start) < 90)
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  std::printf("waited %.0f s until all users are stored\n", seconds_since(start));
}

void bench_visible(const bench_node& n) {
  await_stored(n);
  std::printf("\nvisible: 1,000 events a second until a read shows each\n");
  auto o = posted_to_visible(n);
  // Beyond the first snapshots; and a broker, where there is one, has compiled what it needs.
  o.warm_up = std::chrono::seconds{25};
  o.duration = std::chrono::seconds{12};
  print("posted to visible", bench::run_load(o));
}

/// Gives one user `hits` events in six seconds, as somebody's script that sends without a break.
void hammer_one_user(const bench_node& n, int hits) {
  constexpr int parts = 600;
  auto http = client_of(n);
  std::mt19937_64 random{3};
  auto due = clock_type::now();
  for (int part = 0; part < parts; ++part) {
    std::string body;
    for (int k = part * hits / parts; k < (part + 1) * hits / parts; ++k)
      body += activity_line(sessions, any_product(random)) + '\n';
    std::this_thread::sleep_until(due += std::chrono::milliseconds{10});
    post(http, body);
  }
}

void bench_hammer(const bench_node& n) {
  constexpr int hits = 100'000;
  constexpr int rounds = 5;
  std::printf("\nhammer: 1,000 events a second of all users, without and with one who gets %d\n",
              hits);
  // A disk's bad moment weighs more than what is measured here: the medians of rounds in turn.
  std::vector<double> calm, hammered;
  for (int round = 0; round < rounds; ++round) {
    const auto without = bench::run_load(posted_to_visible(n));
    std::thread hammer(hammer_one_user, std::cref(n), hits);
    const auto with = bench::run_load(posted_to_visible(n));
    hammer.join();
    print("nobody hammered", without);
    print("one user hammered", with);
    calm.push_back(without.latency.quantile_us(0.99));
    hammered.push_back(with.latency.quantile_us(0.99));
  }
  const auto median = [](std::vector<double>& of) {
    std::sort(of.begin(), of.end());
    return of[of.size() / 2];
  };
  std::printf("p99 of the others, hammered / calm, medians of %d rounds: %.2f\n", rounds,
              median(hammered) / median(calm));
}

void bench_import(const bench_node& n) {
  std::mt19937_64 random{5};
  std::vector<std::string> lines;
  for (int i = 0; i < 1'000'000; ++i)
    lines.push_back(activity_line(random() % 200'000, any_product(random)));
  const auto seconds = post_and_apply(n, lines);
  std::printf("\nimport: %zu events over HTTP into user state, durable: %.1f s, %.0f/s\n",
              lines.size(), seconds, static_cast<double>(lines.size()) / seconds);
}

double resident_mib() {
  std::ifstream in("/proc/self/statm");
  long pages = 0, resident = 0;
  in >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void bench_memory(const bench_node& n) {
  constexpr std::uint64_t users = 1'000'000;
  const auto before = resident_mib();
  for (std::uint64_t from = 0; from < users; from += 100'000) {
    std::mt19937_64 random{from};
    std::vector<std::string> lines;
    for (std::uint64_t u = from; u < from + 100'000; ++u)
      for (int k = 0; k < 3; ++k) lines.push_back(activity_line(u, any_product(random)));
    post_and_apply(n, lines);
  }
  auto http = client_of(n);
  std::printf("\nmemory: %lld resident users of three events, process %.0f MiB (%.0f before)\n",
              static_cast<long long>(sum_over_shards(http, "resident")), resident_mib(), before);
}

/// Everything about users is bounded by `resident`; what grows with the known ones is on the disk.
void bench_known(const bench_node& n) {
  constexpr std::uint64_t users = 10'000'000;
  for (std::uint64_t from = 0; from < users; from += 500'000) {
    std::mt19937_64 random{from};
    std::vector<std::string> lines;
    for (std::uint64_t u = from; u < from + 500'000; ++u)
      lines.push_back(activity_line(u, any_product(random)));
    const auto seconds = post_and_apply(n, lines);
    auto http = client_of(n);
    std::printf("%9lu users known, %7lld resident, process %5.0f MiB, %.0f events/s\n",
                static_cast<unsigned long>(from + 500'000),
                static_cast<long long>(sum_over_shards(http, "resident")), resident_mib(),
                500'000 / seconds);
    std::fflush(stdout);
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-' || std::filesystem::exists(argv[1])) {
    std::fprintf(
      stderr, "usage: node_bench NEW_DATA_DIR [read|tell|visible|hammer|import|memory|known]…\n");
    return 2;
  }
  spdlog::set_level(spdlog::level::warn);
  std::set<std::string> wanted(argv + 2, argv + argc);
  if (wanted.empty()) wanted = {"read", "tell", "visible", "hammer", "import"};
  const bench_node n{argv[1], wanted.contains("known") ? 100'000U : 2'000'000U};
  const auto any_of = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](auto* w) { return wanted.contains(w); });
  };
  if (any_of({"read", "tell", "visible", "hammer"})) {
    const auto lines = catalogue_of_sessions();
    const auto seconds = post_and_apply(n, lines);
    std::printf("loaded %zu events of %lu sessions in %.1f s, %.0f/s\n", lines.size(),
                static_cast<unsigned long>(sessions), seconds,
                static_cast<double>(lines.size()) / seconds);
  }
  if (wanted.contains("read")) bench_read(n);
  if (wanted.contains("tell")) bench_tell(n);
  if (wanted.contains("visible")) bench_visible(n);
  if (wanted.contains("hammer")) bench_hammer(n);
  if (wanted.contains("import")) bench_import(n);
  if (wanted.contains("memory")) bench_memory(n);
  if (wanted.contains("known")) bench_known(n);
  n.running->stop(std::chrono::seconds{30});
  return 0;
}
