#pragma once
// A gateway over a log in memory and small actors that answer with what they were asked.

#include "gateway/http_gateway.hpp"
#include "gateway/live_ring.hpp"
#include "tests/gateway/memory_log.hpp"
#include "tests/gateway/socket_client.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace riq::gateway::testing {

struct actor_config : caf::actor_system_config {
  actor_config();
};

/// What a test tells the actors and learns from them.
struct script {
  std::atomic<bool> ready{true};
  std::atomic<int> asked{0};
  std::atomic<int> silent_shard{-1}; ///< does not answer for analytics
  std::mutex mutex;
  std::vector<recommend> recommends; ///< guarded by mutex
  /// What is answered of a decision; set before it is asked for.
  std::function<decision_standing(const look_up_decision&)> standing;

  recommend newest() {
    std::lock_guard lock(mutex);
    return recommends.empty() ? recommend{} : recommends.back();
  }
};

/// Users called `silent…` are never answered, `broken…` get an error; `after` `a0-99` is stale.
shard_actor spawn_shard(caf::actor_system& system, std::shared_ptr<script> with,
                        std::int32_t partition);

class fake_node {
 public:
  explicit fake_node(settings config = test_settings(), std::shared_ptr<const ui_files> ui = {});
  ~fake_node();

  static settings test_settings();

  socket_client client() const { return socket_client{gateway->ports().at(0)}; }

  std::shared_ptr<script> with = std::make_shared<script>();
  actor_config config;
  caf::actor_system system{config};
  memory_log log;
  std::vector<shard_actor> shards;
  std::vector<caf::actor> others;
  std::shared_ptr<live_ring> live = std::make_shared<live_ring>("run");
  std::unique_ptr<http_gateway> gateway;
};

/// The engine time of the fake node.
inline constexpr std::int64_t fake_now = 1'764'007'199'123;

} // namespace riq::gateway::testing
