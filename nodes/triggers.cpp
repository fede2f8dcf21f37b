#include "nodes/triggers.hpp"

#include <chrono>
#include <random>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/trigger_log.hpp"
#include "actors/trigger_rules.hpp"
#include "actors/webhook.hpp"
#include "actors/zone_table.hpp"
#include "gateway/webhook_client.hpp"
#include "messages/caf_error.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto zones_folder = "/usr/share/zoneinfo";
// The rules are few; a log that takes longer to give them is broken.
constexpr auto rules_within = std::chrono::seconds(60);

result<std::shared_ptr<const zone_table>> open_zones(const trigger_settings& s) {
  auto out = std::make_shared<zone_table>();
  if (auto bad = out->load(zones_folder, s.time_zone)) return bad;
  if (!out->knows("Europe/Berlin"))
    spdlog::warn("no time zones (the package tzdata): quiet hours are in UTC");
  return std::shared_ptr<const zone_table>{std::move(out)};
}

} // namespace

node_triggers::node_triggers(caf::actor_system& system, std::shared_ptr<const settings> config,
                             std::shared_ptr<storage::event_log> log)
  : system_(system), config_(std::move(config)), log_(std::move(log)) {}

error node_triggers::start(engine_context& context) {
  auto zones = open_zones(config_->triggers);
  if (!zones) return zones.error();
  context.zones = std::move(*zones);
  auto source = std::make_shared<engine::trigger_source>();
  context.triggers = source;
  rules_ = system_.spawn(trigger_rules, trigger_rules_config{config_, log_, source});
  caf::scoped_actor self{system_};
  error failed;
  self->request(rules_, rules_within, atom::status_v)
    .receive([](std::uint64_t) {}, [&](const caf::error& e) { failed = from_caf(e); });
  if (failed) return failed;
  trigger_log_config listing;
  listing.log = log_;
  listing.max_triggers = config_->triggers.kept;
  for (const auto& t : config_->triggers.targets) listing.targets.push_back(t.name);
  listing_ = system_.spawn(trigger_log, std::move(listing));
  // A target that left the configuration, or has another name now, needs nothing any more.
  std::vector<std::string> groups;
  for (const auto& t : config_->triggers.targets) groups.push_back(webhook_group(t.name));
  log_->keep_groups(topics::retargeting_triggers, groups);
  if (!config_->triggers.targets.empty()) start_webhooks();
  return {};
}

void node_triggers::start_webhooks() {
  calls_ = std::make_shared<gateway::beast_webhook_client>();
  std::vector<std::shared_ptr<const webhook_counters>> figures;
  for (const auto& t : config_->triggers.targets) {
    webhook_config c;
    c.target = t;
    c.log = log_;
    c.client = calls_;
    c.listing = listing_;
    c.counters = std::make_shared<webhook_counters>(t.name);
    c.seed = std::random_device{}();
    figures.push_back(c.counters);
    webhooks_.push_back(system_.spawn(webhook, std::move(c)));
  }
  figures_ = std::make_shared<webhook_metrics>(std::move(figures));
}

void node_triggers::adopt(std::int32_t partition, const shard_actor& shard) const {
  for (const auto& w : webhooks_)
    caf::anon_send(w, atom::follow_v, partition, caf::actor_cast<caf::actor>(shard));
}

void node_triggers::tell(gateway::parts& to) const {
  to.trigger_rules = rules_;
  to.trigger_log = listing_;
  if (figures_) to.metrics.push_back(figures_);
}

void node_triggers::end() {
  caf::anon_send_exit(rules_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(listing_, caf::exit_reason::user_shutdown);
  for (const auto& w : webhooks_) caf::anon_send_exit(w, caf::exit_reason::user_shutdown);
  webhooks_.clear();
  rules_ = trigger_rules_actor{};
  listing_ = trigger_log_actor{};
}

} // namespace riq
