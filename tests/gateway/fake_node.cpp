#include "tests/gateway/fake_node.hpp"

#include "engine/analytics/merge.hpp"
#include "engine/analytics/tabulate.hpp"
#include "messages/caf_error.hpp"
#include "messages/json.hpp"
#include "messages/msgpack.hpp"

namespace riq::gateway::testing {
namespace {

std::string described_question(std::string_view kind, const asked& of) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", std::string_view{of.user_id});
    json_member(w, "kind", kind);
    if (of.after == "a0-99") json_member(w, "stale", true);
    w.EndObject();
  });
}

struct shard_state {
  std::vector<caf::response_promise> never;
};

/// A view and an order of 10 in every shard's first bin, and a brand that CSV has to quote.
analytics_slice fake_slice(const ask_analytics& q, std::int32_t partition) {
  analytics_slice out;
  out.as_of = fake_now - partition;
  analytics_bucket b;
  b.events[static_cast<std::size_t>(event_kind::view)] = 1;
  b.orders = 1;
  b.revenue = to_micros(10);
  auto& brand = b.brands.rows.emplace_back();
  brand.name = "says \"hi\", inc";
  brand.counts.revenue = to_micros(10);
  out.points.push_back({q.from, b});
  return out;
}

/// Answers in a way that the user's name chooses.
template <class Question>
caf::result<answer> reply_to(shard_actor::stateful_pointer<shard_state> self, script& with,
                             std::string_view kind, const Question& q) {
  ++with.asked;
  if (q.of.user_id.starts_with("silent")) {
    auto promise = self->template make_response_promise<answer>();
    self->state.never.push_back(promise);
    return promise;
  }
  if (q.of.user_id.starts_with("broken"))
    return to_caf({ec::conflict, "userId", "this user is broken"});
  return answer{described_question(kind, q.of)};
}

shard_actor::behavior_type shard_behavior(shard_actor::stateful_pointer<shard_state> self,
                                          std::shared_ptr<script> with, std::int32_t partition) {
  return {
    [](const log_delivery&) {},
    [](const users_loaded&) {},
    [](const commit_outcome&) {},
    [](const users_due&) {},
    [](const events_applied&) {},
    [](const user_snapshot&) {},
    [](const user_failed&) {},
    [](const event&) {},
    [](const append_outcome&) {},
    [=](const recommend& q) -> caf::result<answer> {
      {
        std::lock_guard lock(with->mutex);
        with->recommends.push_back(q);
      }
      auto r = reply_to(self, *with, "recommend", q);
      if (q.of.user_id.starts_with("silent") || q.of.user_id.starts_with("broken")) return r;
      return answer{R"({"userId":")" + q.of.user_id +
                    R"(","recommendations":[{"productId":"p",)"
                    R"("score":0.5,"reason":"Trending"}],"modelEpoch":7})"};
    },
    [=](const retrieve& q) { return reply_to(self, *with, "retrieve", q); },
    [=](const rank& q) { return reply_to(self, *with, "rank " + q.candidates.at(0), q); },
    [=](const get_features& q) { return reply_to(self, *with, "features", q); },
    [=](const choose_offer& q) -> caf::result<offer_choice> {
      if (!q.campaign.empty() && q.campaign != "default")
        return to_caf({ec::not_found, "campaign", "no such campaign"});
      offer_choice c;
      c.served.decision_id = "token-" + q.of.user_id;
      c.served.campaign = "default";
      c.served.arm = "ten_percent";
      c.served.propensity = 0.925;
      if (q.of.user_id == "capped") c.served.cap_day = 1;
      c.time = 1'000;
      c.shown.body = R"({"userId":")" + q.of.user_id + R"(","decisionId":"token-)" + q.of.user_id +
                     R"(","type":"discount_code","propensity":0.925})";
      return c;
    },
    [=](const export_user& q) { return reply_to(self, *with, "export", q); },
    [=](const dry_run& q) {
      return reply_to(self, *with, "dry run " + std::to_string(q.in_minutes), q);
    },
    [=](const what_if& q) {
      const auto events = from_msgpack<std::vector<event>>(q.events);
      std::string told;
      if (events)
        for (const auto& e : *events)
          told += " " + e.user_id + ":" + std::to_string(e.what.index());
      return reply_to(self, *with, "what if " + q.campaign + told, q);
    },
    [=](const look_up_decision& q) {
      return with->standing ? with->standing(q) : decision_standing{};
    },
    [=](const get_budgets&) {
      return budget_slice{{{"spring", partition == 1 ? 9'000'000 : 0, 1'500'000}}};
    },
    [](const want_lease&) { return false; },
    [](const users_scanned&) {},
    [](atom::heard) {},
    [=](const inspect_user& q) { return reply_to(self, *with, "inspect", q); },
    [=](const ask_analytics& q) -> caf::result<analytics_slice> {
      if (with->silent_shard == partition) {
        auto promise = self->make_response_promise<analytics_slice>();
        self->state.never.push_back(promise);
        return promise;
      }
      return fake_slice(q, partition);
    },
    [](const analytics_loaded&) {},
    [=](atom::status) {
      shard_status s;
      s.partition = partition;
      s.ready = with->ready;
      s.resident = 10;
      return s;
    },
    [](atom::tick) {},
    [](atom::drain) { return shard_status{}; },
  };
}

processor_actor::behavior_type processor_behavior(processor_actor::pointer,
                                                  std::int32_t partition) {
  return {[](const log_delivery&) {}, [](const append_outcome&) {},
          [partition](atom::status) {
            processor_status s;
            s.partition = partition;
            s.ready = true;
            s.received = 5;
            s.refused = 1;
            s.refused_by_reason["bot"] = 1;
            return s;
          },
          [](atom::tick) {}};
}

// An actor of a function without arguments makes CAF 0.17 dereference a null pointer (harmlessly,
// but the sanitizer says so); so these take what they do not need.
model_actor::behavior_type model_behavior(model_actor::pointer, std::shared_ptr<script>) {
  return {[](const log_delivery&) {},
          [](const get_item& q) -> caf::result<answer> {
            if (q.product_id == "nothing") return to_caf({ec::not_found, "productId", "unknown"});
            return answer{R"({"productId":")" + q.product_id + R"(","after":)" +
                          std::to_string(q.after) + "}"};
          },
          [](atom::status) {
            model_status s;
            s.ready = true;
            s.items = 3;
            return s;
          },
          [](atom::tick) {}};
}

campaigns_actor::behavior_type campaigns_behavior(campaigns_actor::pointer,
                                                  std::shared_ptr<script>) {
  return {[](const log_delivery&) {},
          [](const put_campaign& c) -> caf::result<answer> {
            if (c.body == "{}") return to_caf({ec::invalid, "/arms", "needs at least one arm"});
            return answer{R"({"message":"Stored!","id":")" + c.id + R"(","version":2})"};
          },
          [](const remove_campaign& c) -> caf::result<answer> {
            return answer{R"({"message":"Deleted!","id":")" + c.id + "\"}"};
          },
          [](const get_campaign& q) -> caf::result<answer> {
            if (q.id == "nothing") return to_caf({ec::not_found, "id", "unknown"});
            return answer{R"({"id":")" + q.id + "\"}"};
          },
          [](const list_campaigns&) { return answer{R"({"campaigns":[]})"}; },
          [](const append_outcome&) {},
          [](atom::tick) {}};
}

offer_log_actor::behavior_type offer_log_behavior(offer_log_actor::pointer,
                                                  std::shared_ptr<script>) {
  return {[](const log_delivery&) {}, [](const ranges_told&) {},
          [](const evaluate_policy& q) {
            return answer{R"({"campaign":")" + q.campaign + R"(","kind":")" + q.policy + "\"}"};
          },
          [](const explain_decision& q) { return answer{R"({"userId":")" + q.user_id + "\"}"}; }};
}

dead_letter_actor::behavior_type dead_letter_behavior(dead_letter_actor::pointer,
                                                      std::shared_ptr<script>) {
  return {[](const log_delivery&) {},
          [](const list_dead_letters& q) {
            return answer{R"({"deadLetters":[],"limit":)" + std::to_string(q.limit) + "}"};
          },
          [](const resubmit_dead_letter& c) -> caf::result<answer> {
            if (c.offset != 7) return to_caf({ec::not_found, "offset", "not kept"});
            return answer{R"({"resubmitted":7})"};
          },
          [](const append_outcome&) {}};
}

trigger_rules_actor::behavior_type trigger_rules_behavior(trigger_rules_actor::pointer,
                                                          std::shared_ptr<script>) {
  return {[](const log_delivery&) {},
          [](const put_trigger_rule& c) -> caf::result<answer> {
            if (c.id == "wrong") return to_caf({ec::invalid, "after.0", "is no duration"});
            return answer{c.rule};
          },
          [](const delete_trigger_rule& c) -> caf::result<answer> {
            if (c.id != "mine") return to_caf({ec::not_found, "id", "unknown"});
            return answer{R"({"deleted":"mine"})"};
          },
          [](const get_trigger_rules& q) {
            return answer{q.id.empty() ? R"({"rules":[]})" : R"({"id":")" + q.id + "\"}"};
          },
          [](const append_outcome&) {},
          [](atom::status) { return std::uint64_t{1}; },
          [](atom::tick) {}};
}

trigger_log_actor::behavior_type trigger_log_behavior(trigger_log_actor::pointer,
                                                      std::shared_ptr<script>) {
  return {[](const log_delivery&) {},
          [](const list_triggers& q) {
            return answer{R"({"triggers":[],"limit":)" + std::to_string(q.limit) + R"(,"asked":")" +
                          q.user_id + "/" + q.rule + "/" + q.id + "\"}"};
          },
          [](const delivery_state&) {}, [](const webhook_status&) {}, [](atom::tick) {}};
}

} // namespace

actor_config::actor_config() {
  add_message_types<caf::id_block::riq>();
  add_error_category(error_category, [](std::uint8_t code, caf::atom_value, const caf::message&) {
    return std::string{name_of(static_cast<ec>(code))};
  });
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{2});
  set("logger.file-verbosity", caf::atom("quiet"));
  set("logger.console-verbosity", caf::atom("quiet"));
}

shard_actor spawn_shard(caf::actor_system& system, std::shared_ptr<script> with,
                        std::int32_t partition) {
  return system.spawn(shard_behavior, std::move(with), partition);
}

settings fake_node::test_settings() {
  settings s;
  s.listen.only = {"127.0.0.1:0"};
  s.http.deadline_ms = 10'000;
  return s;
}

fake_node::fake_node(settings given, std::shared_ptr<const ui_files> ui) {
  parts p;
  p.ui = std::move(ui);
  p.system = &system;
  p.log = &log;
  p.config = std::move(given);
  for (std::int32_t i = 0; i < memory_log::partition_count; ++i)
    shards.push_back(spawn_shard(system, with, i));
  p.shard = [this](std::int32_t i) { return shards.at(static_cast<std::size_t>(i)); };
  std::vector<processor_actor> processors;
  for (std::int32_t i = 0; i < memory_log::partition_count; ++i)
    processors.push_back(system.spawn(processor_behavior, i));
  p.processor = [processors](std::int32_t i) { return processors.at(static_cast<std::size_t>(i)); };
  p.model = system.spawn(model_behavior, with);
  p.dead_letters = system.spawn(dead_letter_behavior, with);
  p.campaigns = system.spawn(campaigns_behavior, with);
  p.offer_log = system.spawn(offer_log_behavior, with);
  p.trigger_rules = system.spawn(trigger_rules_behavior, with);
  p.trigger_log = system.spawn(trigger_log_behavior, with);
  p.code = [](std::string_view text) -> result<read_code> {
    if (!text.starts_with("code-")) return error{ec::not_found, "code", "no offer has this code"};
    return read_code{std::string{text.substr(5)}, "spring", "ten", 77, 5'000};
  };
  p.decision = [](std::string_view token) -> result<read_decision> {
    if (!token.starts_with("token-")) return error{ec::invalid, "decisionId", "is no token"};
    return read_decision{.user_id = std::string{token.substr(6)},
                         .campaign = "default",
                         .arm = "ten_percent",
                         .time = 1'000};
  };
  p.popular = [](const recommend&) {
    return std::string{R"([{"productId":"popular","score":1,"reason":"Trending"}])"};
  };
  namespace a = engine::analytics;
  p.analytics = {a::descriptions,   a::settle, a::question_of,          a::merge, a::tabulate,
                 a::pulse_question, a::pulse,  [] { return fake_now; }, {}};
  p.live = live;
  p.describe_kafka = [](json_writer& w) {
    w.StartObject();
    json_member(w, "aborted", 3);
    w.EndObject();
  };
  p.restores = [] {
    return std::vector<storage::shard_restore>{{.shard = 1, .done = true, .records = 812}};
  };
  for (const auto& s : shards) others.push_back(caf::actor_cast<caf::actor>(s));
  for (const auto& a : processors) others.push_back(caf::actor_cast<caf::actor>(a));
  others.push_back(caf::actor_cast<caf::actor>(p.model));
  others.push_back(caf::actor_cast<caf::actor>(p.dead_letters));
  others.push_back(caf::actor_cast<caf::actor>(p.campaigns));
  others.push_back(caf::actor_cast<caf::actor>(p.offer_log));
  others.push_back(caf::actor_cast<caf::actor>(p.trigger_rules));
  others.push_back(caf::actor_cast<caf::actor>(p.trigger_log));
  auto started = http_gateway::start(std::move(p));
  if (!started)
    ADD_FAILURE() << started.error().field << ": " << started.error().detail;
  else
    gateway = std::move(*started);
}

fake_node::~fake_node() {
  if (gateway) gateway->stop();
  for (const auto& a : others) caf::anon_send_exit(a, caf::exit_reason::kill);
  others.clear();
  shards.clear();
}

} // namespace riq::gateway::testing
