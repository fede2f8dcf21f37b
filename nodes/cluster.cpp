#include "nodes/cluster.hpp"

#include <future>
#include <utility>

#include <caf/function_view.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/directory.hpp"
#include "actors/peer.hpp"
#include "actors/question_desk.hpp"
#include "actors/shard_keeper.hpp"
#include "nodes/actor_config.hpp"
#include "nodes/connector.hpp"
#include "nodes/link_tls.hpp"
#include "nodes/tls_middleman.hpp"

namespace riq {

node_cluster::node_cluster(parts with)
  : with_(std::move(with)), table_(std::make_shared<shard_table>(with_.config->log.partitions)) {}

error node_cluster::open_links() {
  const auto& own = with_.config->cluster.endpoint;
  links_ = with_.system.middleman().actor_handle();
  if (with_.config->cluster.tls.wanted()) {
    auto context = link_context(with_.config->cluster.tls);
    if (!context) return context.error();
    secured_ = spawn_tls_middleman(with_.system, std::move(*context));
    links_ = secured_;
  }
  // Nobody asks a node that has no shards.
  if (!own.empty() && has_role("shards")) {
    const auto at = parse_endpoint(own);
    if (!at) return {ec::invalid, "cluster.endpoint", "\"" + own + "\" must be HOST:PORT"};
    if (auto failed = open_desk(*at)) return failed;
  }
  directory_config c;
  c.table = table_;
  c.log = with_.log;
  c.endpoint = own;
  c.reach = [this](const std::string& endpoint) { return reach(endpoint); };
  c.given_up = [this, to = keeper_](const shard_owner& other) {
    with_.ownership.expect_change();
    with_.processors.expect_change();
    if (to) caf::anon_send(to, other);
  };
  directory_ = with_.system.spawn(directory, std::move(c));
  return {};
}

error node_cluster::open_desk(const endpoint& at) {
  const auto& own = with_.config->cluster.endpoint;
  desk_ = with_.system.spawn(question_desk, table_);
  const auto port = caf::make_function_view(links_)(
    caf::publish_atom_v, at.port, caf::actor_cast<caf::strong_actor_ptr>(desk_),
    with_.system.message_types(desk_), at.host, true);
  if (!port)
    return {ec::conflict, "cluster.endpoint",
            "cannot listen on " + own + ": is the address this machine's, and the port free?"};
  spdlog::info("other nodes reach this one at {}{}", own, secured_ ? ", with TLS" : "");
  return {};
}

shard_questions node_cluster::reach(const std::string& endpoint) {
  const auto at = parse_endpoint(endpoint);
  if (!at) {
    spdlog::error("another node says that it is at {}, which is no HOST:PORT", endpoint);
    return {};
  }
  const auto opens = with_.system.spawn<caf::detached>(connector, links_);
  peer_config c;
  c.host = at->host;
  c.port = at->port;
  c.connector = opens;
  c.log = with_.log;
  c.deadline_ms = with_.config->http.deadline_ms;
  return with_.system.spawn(peer, std::move(c));
}

error node_cluster::start_shards() {
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

/// What an event processor has not told the brokers yet its successor does again, so nothing has to
/// be waited for.
error node_cluster::start_processors() {
  storage::shard_ownership::listener hears;
  hears.gained = [this](const std::vector<std::int32_t>& partitions) {
    for (const auto p : partitions) table_->put(p, with_.spawn_processor(p));
  };
  hears.lost = [this](const std::vector<std::int32_t>& partitions, bool,
                      const std::function<void()>& released) {
    for (const auto p : partitions)
      if (const auto gone = table_->remove_processor(p))
        caf::anon_send_exit(gone, caf::exit_reason::user_shutdown);
    released();
  };
  return with_.processors.start(std::move(hears));
}

error node_cluster::start() {
  if (has_role("shards")) // of which the directory tells it
    keeper_ = with_.system.spawn(shard_keeper, keeper_config{table_, with_.spawn_shard, with_.log,
                                                             with_.config->cluster.endpoint});
  if (has_links(*with_.config))
    if (auto failed = open_links()) return failed;
  if (has_role("shards"))
    if (auto failed = start_shards()) return failed;
  if (!has_role("processor")) return {};
  return start_processors();
}

error node_cluster::unready() const {
  if (has_role("shards"))
    if (auto missing = with_.ownership.unready()) return missing;
  return has_role("processor") ? with_.processors.unready() : error{};
}

bool node_cluster::leave(std::chrono::milliseconds within) {
  auto processors = std::async(std::launch::async, [&] { return with_.processors.leave(within); });
  const bool stored = with_.ownership.leave(within);
  return processors.get() && stored;
}

void node_cluster::end() {
  for (std::int32_t p = 0; p < table_->size(); ++p) {
    // What was not released in time.
    const auto shard = table_->remove_shard(p);
    const auto processor = table_->remove_processor(p);
    if (shard) caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
    if (processor) caf::anon_send_exit(processor, caf::exit_reason::user_shutdown);
    table_->set_owner(p, {}, {});
  }
  caf::anon_send_exit(keeper_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(directory_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(desk_, caf::exit_reason::user_shutdown);
  if (secured_) caf::anon_send_exit(secured_, caf::exit_reason::kill); // it ignores all others
  keeper_ = keeper_actor{};
  directory_ = directory_actor{};
  desk_ = desk_actor{};
  links_ = caf::io::middleman_actor{};
  secured_ = caf::io::middleman_actor{};
}

} // namespace riq
