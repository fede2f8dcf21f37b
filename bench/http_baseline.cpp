// What the gateway costs against a bare Beast server that sends the same bytes, both on two io
// threads, with the load client on the same machine: answering by itself, and through the desk, a
// shard and a user's actor. Prints all rates and the ratios.
//   http_baseline [SECONDS] [CONNECTIONS]

#include "bench/http_bare.hpp"
#include "bench/http_load.hpp"
#include "gateway/desk.hpp"
#include "gateway/server.hpp"
#include "messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace {

using namespace riq;

constexpr std::size_t io_threads = 2;
constexpr std::size_t users = 10'000;

using listed_actor = caf::typed_actor<caf::replies_to<recommend>::with<answer>>;

/// A user whose list is kept, as it is while nothing happens.
listed_actor::behavior_type user(listed_actor::pointer, std::string body) {
  return {[shown = answer{std::move(body)}](const recommend&) { return shown; }};
}

/// Passes questions on to the user, as a shard does.
listed_actor::behavior_type shard(listed_actor::pointer self, std::string body) {
  auto all = std::make_shared<std::vector<listed_actor>>();
  for (std::size_t i = 0; i < users; ++i) all->push_back(self->spawn(user, body));
  return {[self, all](const recommend& q) {
    const auto i = static_cast<std::size_t>(std::atoi(q.of.user_id.c_str() + 5)) % users;
    auto promise = self->make_response_promise<answer>();
    promise.delegate((*all)[i], q);
    return promise;
  }};
}

struct actor_config : caf::actor_system_config {
  actor_config() {
    add_message_types<caf::id_block::riq>();
    set("scheduler.policy", caf::atom("sharing"));
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

bench::load_result measure(std::uint16_t port, const char* path, double seconds,
                           std::size_t connections) {
  bench::load_options o;
  o.port = port;
  o.connections = connections;
  o.duration = std::chrono::milliseconds{static_cast<int>(seconds * 1000)};
  o.request = [path](std::uint64_t n, std::string& out) {
    out += "GET ";
    out += path;
    out += std::to_string(n % users);
    out += "?limit=20 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  };
  return bench::run_load(o);
}

void print(const char* what, const bench::load_result& r) {
  std::printf("%-16s %9.0f/s  p50 %6.0f us  p99 %6.0f us  refused %llu  broken %llu\n", what,
              r.per_second(), r.latency.quantile_us(0.5), r.latency.quantile_us(0.99),
              static_cast<unsigned long long>(r.refused),
              static_cast<unsigned long long>(r.broken));
}

std::string sample_body() {
  std::string body = "{\"userId\":\"user_42\",\"recommendations\":[";
  while (body.size() < 2000) body += "{\"productId\":\"item_1234\",\"score\":0.7312},";
  body.back() = ']';
  return body + "}";
}

} // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 4;
  const auto connections = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 64);
  const auto body = sample_body();
  actor_config config;
  caf::actor_system system{config};
  const auto all = system.spawn(shard, body);

  const gateway::http_limits bounds;
  auto loops = gateway::make_loops(io_threads, bounds);
  std::vector<std::unique_ptr<gateway::desk>> desks;
  for (const auto& loop : loops) desks.push_back(std::make_unique<gateway::desk>(system, loop));

  gateway::route direct;
  direct.pattern = "/direct/{userId}";
  direct.handle = [&body](gateway::request&, gateway::responder to) { to.json(body); };
  gateway::route asked;
  asked.pattern = "/asked/{userId}";
  asked.handle = [&](gateway::request& r, gateway::responder to) {
    recommend q;
    q.of.user_id = std::move(r.path_parameters[0]);
    desks[gateway::io_loop::current()->index()]->ask<answer>(
      all, std::chrono::milliseconds{1000},
      [to = std::move(to)](result<answer> a) mutable {
        if (a)
          to.json(std::move(a->body));
        else
          to.fail(a.error());
      },
      std::move(q));
  };
  auto routes = gateway::router::build({direct, asked});
  auto keys = gateway::authenticator::build({});
  auto addresses = gateway::client_addresses::build({});
  gateway::server server{loops, std::make_shared<gateway::dispatcher>(
                                  std::move(*routes), *keys, *addresses, bounds, io_threads)};
  if (const auto failed = server.start({{"127.0.0.1", 0, "", ""}})) {
    std::fprintf(stderr, "%s\n", failed.detail.c_str());
    return 1;
  }
  const bench::bare_server bare{io_threads, body};
  double best_bare = 0, best_direct = 0, best_asked = 0;
  for (int round = 0; round < 3; ++round) { // in turn, so that a slow moment hits all
    const auto b = measure(bare.port(), "/", seconds, connections);
    const auto d = measure(server.ports()[0], "/direct/user_", seconds, connections);
    const auto a = measure(server.ports()[0], "/asked/user_", seconds, connections);
    print("bare beast", b);
    print("gateway", d);
    print("through actors", a);
    best_bare = std::max(best_bare, b.per_second());
    best_direct = std::max(best_direct, d.per_second());
    best_asked = std::max(best_asked, a.per_second());
  }
  std::printf("gateway / bare beast: %.2f\nthrough actors / bare beast: %.2f\n",
              best_direct / best_bare, best_asked / best_bare);
  server.stop();
  desks.clear();
  caf::anon_send_exit(all, caf::exit_reason::kill);
}
