#include "tests/gateway/fake_node.hpp"

#include "messages/caf_error.hpp"
#include "messages/json.hpp"

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
      if (q.campaign != "default") return to_caf({ec::not_found, "campaign", "no such campaign"});
      offer_choice c;
      c.served.decision_id = "token-" + q.of.user_id;
      c.served.campaign = q.campaign;
      c.served.arm = "ten_percent";
      c.served.propensity = 0.925;
      c.time = 1'000;
      c.shown.body = R"({"userId":")" + q.of.user_id + R"(","decisionId":"token-)" + q.of.user_id +
                     R"(","type":"discount_code","propensity":0.925})";
      return c;
    },
    [=](const export_user& q) { return reply_to(self, *with, "export", q); },
    [=](const inspect_user& q) { return reply_to(self, *with, "inspect", q); },
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

fake_node::fake_node(settings given) {
  parts p;
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
  p.decision = [](std::string_view token) -> result<read_decision> {
    if (!token.starts_with("token-")) return error{ec::invalid, "decisionId", "is no token"};
    return read_decision{std::string{token.substr(6)}, "default", "ten_percent", 1'000};
  };
  p.popular = [](const recommend&) {
    return std::string{R"([{"productId":"popular","score":1,"reason":"Trending"}])"};
  };
  for (const auto& s : shards) others.push_back(caf::actor_cast<caf::actor>(s));
  for (const auto& a : processors) others.push_back(caf::actor_cast<caf::actor>(a));
  others.push_back(caf::actor_cast<caf::actor>(p.model));
  others.push_back(caf::actor_cast<caf::actor>(p.dead_letters));
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
