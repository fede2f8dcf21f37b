#pragma once
// What a node runs for triggers beside its users: the rules, the listing, and an actor for each
// webhook target with the client they call out through.
//
// Lifecycle: `start` before the first shard, as nobody may act by rules before those that were put
// at run time are known; `end` with the other actors. The client ends with this object, after the
// actors.

#include <cstdint>
#include <memory>
#include <vector>

#include <caf/fwd.hpp>

#include "actors/context.hpp"
#include "gateway/parts.hpp"
#include "messages/interfaces.hpp"
#include "messages/webhook_port.hpp"
#include "nodes/webhook_metrics.hpp"
#include "storage/event_log.hpp"

namespace riq {

class node_triggers {
 public:
  node_triggers(caf::actor_system& system, std::shared_ptr<const settings> config,
                std::shared_ptr<storage::event_log> log);

  /// Puts rules and time zones into the context of the users. Blocks: for start-up only.
  error start(engine_context& context);

  /// The shard runs here from now on, and so its triggers are delivered from here. Any thread.
  void adopt(std::int32_t partition, const shard_actor& shard) const;

  /// For the gateway.
  void tell(gateway::parts& to) const;

  void end();

 private:
  void start_webhooks();

  caf::actor_system& system_;
  std::shared_ptr<const settings> config_;
  std::shared_ptr<storage::event_log> log_;
  std::shared_ptr<webhook_client> calls_;
  trigger_rules_actor rules_;
  trigger_log_actor listing_;
  std::vector<webhook_actor> webhooks_;
  std::shared_ptr<webhook_metrics> figures_;
};

} // namespace riq
