#include "nodes/cluster.hpp"

#include <utility>

#include <caf/io/middleman.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/directory.hpp"
#include "actors/peer.hpp"
#include "actors/question_desk.hpp"
#include "actors/shard_keeper.hpp"
#include "config/endpoint.hpp"

namespace riq {

node_cluster::node_cluster(parts with)
  : with_(std::move(with)), table_(std::make_shared<shard_table>(with_.config->log.partitions)) {}

error node_cluster::open_desk() {
  const auto& own = with_.config->cluster.endpoint;
  const auto at = parse_endpoint(own);
  if (!at) return {ec::invalid, "cluster.endpoint", "\"" + own + "\" must be HOST:PORT"};
  desk_ = with_.system.spawn(
    question_desk, desk_config{table_, std::chrono::milliseconds(with_.config->http.deadline_ms)});
  const auto port = with_.system.middleman().publish(desk_, at->port, at->host.c_str(), true);
  if (!port)
    return {ec::conflict, "cluster.endpoint",
            "cannot listen on " + own + ": is the address this machine's, and the port free?"};
  directory_ = with_.system.spawn(
    directory, directory_config{table_, with_.log, own,
                                [this](const std::string& endpoint) { return reach(endpoint); }});
  spdlog::info("other nodes reach this one at {}", own);
  return {};
}

shard_questions node_cluster::reach(const std::string& endpoint) {
  const auto at = parse_endpoint(endpoint);
  if (at) return with_.system.spawn(peer, peer_config{at->host, at->port, with_.log});
  spdlog::error("another node says that it is at {}, which is no HOST:PORT", endpoint);
  return {};
}

error node_cluster::start() {
  if (!with_.config->cluster.endpoint.empty())
    if (auto failed = open_desk()) return failed;
  keeper_ =
    with_.system.spawn(shard_keeper, keeper_config{table_, with_.spawn_shard, with_.spawn_processor,
                                                   with_.log, with_.config->cluster.endpoint});
  storage::shard_ownership::listener hears;
  hears.gained = [to = keeper_](std::vector<std::int32_t> shards) {
    caf::anon_send(to, shards_gained{std::move(shards)});
  };
  hears.lost = [to = keeper_](std::vector<std::int32_t> shards, bool may_store,
                              std::function<void()> released) {
    caf::anon_send(to, shards_lost{std::move(shards), may_store, std::move(released)});
  };
  return with_.ownership.start(std::move(hears));
}

bool node_cluster::leave(std::chrono::milliseconds within) {
  return with_.ownership.leave(within);
}

void node_cluster::end() {
  for (std::int32_t p = 0; p < table_->size(); ++p) {
    // What was not released in time.
    auto [shard, processor] = table_->remove(p);
    if (shard) caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
    if (processor) caf::anon_send_exit(processor, caf::exit_reason::user_shutdown);
    table_->set_owner(p, {}, {});
  }
  caf::anon_send_exit(keeper_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(directory_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(desk_, caf::exit_reason::user_shutdown);
  keeper_ = keeper_actor{};
  directory_ = directory_actor{};
  desk_ = desk_actor{};
}

} // namespace riq
