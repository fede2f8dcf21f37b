#include "nodes/node.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <random>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/campaigns.hpp"
#include "actors/context.hpp"
#include "actors/country_lookup.hpp"
#include "actors/dead_letters.hpp"
#include "actors/event_processor.hpp"
#include "actors/item_model.hpp"
#include "actors/offer_log.hpp"
#include "actors/parting_users.hpp"
#include "actors/shard.hpp"
#include "config/data_files.hpp"
#include "config/load.hpp"
#include "engine/analytics/merge.hpp"
#include "engine/analytics/tabulate.hpp"
#include "engine/decision_token.hpp"
#include "engine/offer_code.hpp"
#include "engine/recommend.hpp"
#include "gateway/http_gateway.hpp"
#include "gateway/live_ring.hpp"
#include "gateway/ui_files.hpp"
#include "messages/topics.hpp"
#include "nodes/actor_config.hpp"
#include "nodes/cluster.hpp"
#include "nodes/kafka_metrics.hpp"
#include "nodes/secrets.hpp"
#include "nodes/storage.hpp"
#include "nodes/triggers.hpp"

namespace riq {

struct node::parts {
  explicit parts(const settings& s)
    : config(std::make_shared<const settings>(s)), caf_config(s), system(caf_config) {}

  std::shared_ptr<const settings> config;
  actor_config caf_config;
  caf::actor_system system;
  node_storage stores;
  std::shared_ptr<engine::model_source> model_source = std::make_shared<engine::model_source>();
  std::shared_ptr<const engine_context> engine;
  std::shared_ptr<engine::campaign_source> campaign_source =
    std::make_shared<engine::campaign_source>();
  model_actor model;
  campaigns_actor campaigns;
  offer_log_actor offer_log;
  std::shared_ptr<parting_users> parting = std::make_shared<parting_users>();
  std::unique_ptr<node_cluster> cluster;
  std::shared_ptr<const country_lookup> countries;
  std::shared_ptr<const engine::bot_patterns> bots;
  dead_letter_actor dead_letters;
  std::shared_ptr<gateway::live_ring> live;
  std::unique_ptr<node_triggers> triggers;
  std::unique_ptr<gateway::http_gateway> http;

  std::shared_ptr<storage::event_log> log() { return {std::shared_ptr<void>{}, &stores.log()}; }
  std::shared_ptr<storage::state_store> store() {
    return {std::shared_ptr<void>{}, &stores.state()};
  }

  error open_storage();
  error start_engine();
  shard_actor spawn_shard(std::int32_t partition);
  processor_actor spawn_processor(std::int32_t partition);
  error start_shards();
  error start_gateway();
  gateway::analytics_parts analytics_parts();
  gateway::parts gateway_parts();
  void end_actors();
};

namespace {

/// Tells the ids of the live stream of this life of the process from those of others.
std::string new_run_id() {
  const auto seed =
    static_cast<std::uint64_t>(engine_clock::system_time()) * 64 + std::random_device{}() % 64;
  char digits[16];
  return {digits, std::to_chars(digits, digits + sizeof digits, seed, 36).ptr};
}

/// The configured file, else the one the build brought, else nothing.
std::string data_file(const std::string& configured, std::string_view brought) {
  return configured.empty() ? brought_file(brought) : configured;
}

std::shared_ptr<const country_lookup> open_countries(const settings& s) {
  auto out = std::make_shared<country_lookup>();
  const auto path = data_file(s.processor.country_database, country_database_file);
  if (path.empty()) {
    spdlog::warn("no country database: events get no country (script/bootstrap brings one)");
  } else if (const auto failed = out->open(path)) {
    spdlog::warn("{}: events get no country", failed.detail);
  }
  return out;
}

std::shared_ptr<const engine::bot_patterns> open_bot_patterns(const settings& s) {
  const auto path = data_file(s.processor.bot_patterns, bot_patterns_file);
  if (!path.empty()) {
    std::ifstream in(path, std::ios::binary);
    auto patterns =
      engine::bot_patterns::from_json(std::string{std::istreambuf_iterator<char>(in), {}});
    if (patterns) return *patterns;
    spdlog::warn("{}: {}", path, patterns.error().detail);
  }
  spdlog::warn("crawlers are told by the built-in list only");
  return engine::bot_patterns::built_in();
}

std::shared_ptr<const gateway::ui_files> open_dashboard() {
  auto files = gateway::ui_files::load(brought_folder(dashboard_folder));
  if (files && !files->empty()) return std::make_shared<const gateway::ui_files>(std::move(*files));
  spdlog::warn("no dashboard{}: script/ui builds it", files ? "" : ", " + files.error().detail);
  return {};
}

} // namespace

error node::parts::open_storage() {
  auto opened = riq::open_storage(*config);
  if (!opened) return opened.error();
  stores = std::move(*opened);
  return {};
}

error node::parts::start_engine() {
  auto secret = token_secret(*config);
  if (!secret) return secret.error();
  auto context = std::make_shared<engine_context>();
  context->config = config;
  context->model = model_source;
  context->campaigns = campaign_source;
  context->token_secret = std::move(*secret);
  live = std::make_shared<gateway::live_ring>(new_run_id());
  context->feed = live;
  triggers = std::make_unique<node_triggers>(system, config, log());
  if (auto wrong = triggers->start(*context)) return wrong;
  engine = context;
  model = system.spawn(item_model, model_config{config, log(), model_source});
  campaigns_config editions{config, log(), campaign_source, model_source};
  if (auto wrong = validate(editions)) return wrong;
  campaigns = system.spawn(riq::campaigns, std::move(editions));
  offer_log = system.spawn<caf::detached>(riq::offer_log, offer_log_config{log(), campaign_source});
  return {};
}

shard_actor node::parts::spawn_shard(std::int32_t partition) {
  shard_config c;
  c.partition = partition;
  c.engine = engine;
  c.log = log();
  c.store = store();
  c.parting = parting;
  c.resident_users = std::max<std::uint64_t>(
    1, config->shards.resident_users / static_cast<std::uint64_t>(config->log.partitions));
  const auto held = c.log->range({std::string{topics::processed_events}, partition});
  // A power failure can take back the end of the log together with nothing of the state that
  // was stored after it; clamping only guards against a log that was put back by hand.
  c.resume_from = std::clamp(c.store->position(partition), held.begin, held.end);
  auto made = system.spawn(shard, std::move(c));
  triggers->adopt(partition, made);
  return made;
}

processor_actor node::parts::spawn_processor(std::int32_t partition) {
  processor_config c;
  c.partition = partition;
  c.config = config;
  c.log = log();
  c.countries = countries;
  c.bots = bots;
  c.model = model_source;
  return system.spawn(event_processor, std::move(c));
}

error node::parts::start_shards() {
  if (config->node.has_role("processor")) {
    countries = open_countries(*config);
    bots = open_bot_patterns(*config);
  }
  cluster = std::make_unique<node_cluster>(
    node_cluster::parts{system, config, log(), stores.ownership(), stores.processors(),
                        [this](std::int32_t p) { return spawn_shard(p); },
                        [this](std::int32_t p) { return spawn_processor(p); }});
  if (auto failed = cluster->start()) return failed;
  dead_letters = system.spawn(riq::dead_letters, dead_letters_config{log()});
  return {};
}

gateway::analytics_parts node::parts::analytics_parts() {
  namespace a = engine::analytics;
  gateway::analytics_parts out;
  out.descriptions = a::descriptions;
  out.settle = a::settle;
  out.question = a::question_of;
  out.merge = a::merge;
  out.tabulate = a::tabulate;
  out.pulse_question = a::pulse_question;
  out.pulse = a::pulse;
  out.now = [this, stream = config->engine.time == "stream"] {
    if (!stream) return engine->wall();
    const auto known = model_source->get();
    return known ? known->stream_time : std::int64_t{0};
  };
  out.items = [this] {
    const auto known = model_source->get();
    return known ? std::uint64_t{known->items.items()} : std::uint64_t{0};
  };
  return out;
}

gateway::parts node::parts::gateway_parts() {
  gateway::parts out;
  out.system = &system;
  out.log = &stores.log();
  out.config = *config;
  const auto& table = cluster->table();
  out.shard = [&table](std::int32_t partition) { return table.shard(partition); };
  out.processor = [&table](std::int32_t partition) { return table.processor(partition); };
  out.peer = [&table](std::int32_t partition) { return table.peer(partition); };
  out.owner = [&table](std::int32_t partition) { return table.owner(partition); };
  out.model = model;
  out.campaigns = campaigns;
  out.offer_log = offer_log;
  out.dead_letters = dead_letters;
  triggers->tell(out);
  out.decision =
    [secret = engine->token_secret](std::string_view token) -> result<gateway::read_decision> {
    auto d = engine::verify(token, secret);
    if (!d) return d.error();
    return gateway::read_decision{
      d->user_id,    d->campaign,     d->arm,    d->time, d->campaign_version,
      d->propensity, d->window_hours, d->reward, d->cost, d->margin_rate};
  };
  out.code = [secret = engine->token_secret](std::string_view text) -> result<gateway::read_code> {
    auto c = engine::verify_code(text, secret);
    if (!c) return c.error();
    return gateway::read_code{c->user_id, c->campaign, c->arm, c->decision, c->expires};
  };
  out.unready = [this] { return cluster->unready(); };
  out.restores = [this] { return stores.ownership().restores(); };
  if (stores.brokers) {
    out.describe_kafka = [this](json_writer& w) { write_json(w, stores.brokers->figures()); };
    out.metrics.push_back(
      std::make_shared<kafka_metrics>([this] { return stores.brokers->figures(); }));
  }
  if (config->node.has_role("gateway")) out.ui = open_dashboard();
  out.popular = [this](const recommend& question) {
    const auto known = model_source->get();
    return to_json(engine::recommend(
      user_state{}, known->items,
      {question.limit, question.category, &question.exclude, question.include_seen},
      config->ranking, known->stream_time));
  };
  out.analytics = analytics_parts();
  out.live = live;
  out.describe = [this](json_writer& w) {
    json_member(w, "version", std::string_view{RIQ_VERSION});
    json_member(w, "roles", config->node.roles);
    json_member(w, "logKind", config->log.kind);
    json_member(w, "engineTime", config->engine.time);
    json_member(w, "bytesOnDisk", stores.state().bytes_on_disk());
  };
  return out;
}

error node::parts::start_gateway() {
  auto started = gateway::http_gateway::start(gateway_parts());
  if (!started) return started.error();
  http = std::move(*started);
  return {};
}

result<std::unique_ptr<node>> node::start(const settings& config) {
  auto p = std::make_unique<parts>(config);
  const auto failed = [&]() -> error {
    if (auto e = p->open_storage()) return e;
    if (auto e = p->start_engine()) return e;
    if (auto e = p->start_shards()) return e;
    return p->start_gateway();
  }();
  std::unique_ptr<node> out{new node(std::move(p))};
  if (failed) {
    out->stop(std::chrono::seconds(1));
    return failed;
  }
  return out;
}

node::node(std::unique_ptr<parts> p) : parts_(std::move(p)) {}

node::~node() {
  stop(std::chrono::milliseconds(0));
}

const std::vector<std::uint16_t>& node::ports() const {
  return parts_->http->ports();
}

void node::parts::end_actors() {
  if (cluster) cluster->end();
  if (triggers) triggers->end();
  caf::anon_send_exit(model, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(campaigns, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(offer_log, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(dead_letters, caf::exit_reason::user_shutdown);
  model = model_actor{};
  campaigns = campaigns_actor{};
  offer_log = offer_log_actor{};
  dead_letters = dead_letter_actor{};
  system.await_all_actors_done(); // but for users
  triggers.reset();
  cluster.reset();
}

bool node::stop(std::chrono::milliseconds stop_within) {
  if (std::exchange(stopped_, true)) return true;
  if (parts_->http) parts_->http->stop();
  const bool stored = !parts_->cluster || parts_->cluster->leave(stop_within);
  parts_->http.reset();
  parts_->end_actors();
  parts_->stores.close();
  return stored;
}

} // namespace riq
