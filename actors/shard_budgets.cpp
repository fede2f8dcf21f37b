// How a shard spends campaigns' budgets: it folds leases and servings in the order of its log (see
// engine/bandit/budget_ledger.hpp) before its users get them, and stores the ledger in each commit
// that moves the position over something of it.

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/processed_record.hpp"
#include "actors/shard.hpp"
#include "messages/caf_error.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

// Ids of users have no control characters, so this is no user's.
const std::string budgets_key = "\x01"
                                "budgets";

// A question or its answer can be lost with a node; it is then asked again under its number.
constexpr std::int64_t ask_again_after_ms = 300;
// Nobody waits for a lease so long.
constexpr std::int64_t give_up_after_ms = 5'000;

/// What the leases of a campaign go by: its budget is kept by this key's shard.
std::string keeper_key(const std::string& campaign) {
  return "budget:" + campaign;
}

void append_lease(storage::event_log& log, std::int32_t partition, const std::string& campaign,
                  std::int64_t now, fact what) {
  event e;
  e.user_id = keeper_key(campaign);
  e.time = now;
  e.received = now;
  e.origin.from = source::internal;
  e.what = std::move(what);
  std::vector<storage::outgoing_record> records;
  records.push_back(processed_record(e, partition, now));
  // Relaxed, and a failure is no matter: who waits asks again.
  const auto lost = [campaign](const error& why) {
    spdlog::warn("a lease of campaign {} waits: {}", campaign, why.detail);
  };
  const auto failed = log.append(std::move(records), storage::durability::relaxed,
                                 [lost](const result<std::vector<std::int64_t>>& done) {
                                   if (!done) lost(done.error());
                                 });
  if (failed) lost(failed);
}

/// With this much every arm can be served.
std::int64_t dearest(const campaign_settings& c) {
  std::int64_t most = 0;
  for (const auto& arm : c.arms) most = std::max(most, engine::spend_of(c, arm));
  return most;
}

} // namespace

void shard_state::load_budgets() {
  if (loading_budgets || budgets_ready) return;
  const auto failed =
    config.store->load(config.partition, {budgets_key}, [to = shard_actor{self}](auto found) {
      caf::anon_send(
        to,
        users_loaded{{budgets_key}, false, std::make_shared<decltype(found)>(std::move(found))});
    });
  loading_budgets = !failed; // else with the next tick
}

/// False when it is the load of users.
bool shard_state::budgets_loaded(const users_loaded& l) {
  if (l.users.size() != 1 || l.users.front() != budgets_key) return false;
  loading_budgets = false;
  if (!*l.states) {
    fail(failures.loading, l.states->error());
    return true;
  }
  failures.loading.clear();
  if (const auto& bytes = (**l.states).front()) {
    auto kept = from_msgpack<engine::budget_ledger>(*bytes);
    if (!kept) {
      // Without it money would be spent twice.
      fail(failures.damage, {ec::corrupt, "", "the ledger of the campaigns' budgets is damaged"});
      return true;
    }
    budgets = std::move(*kept);
  }
  budgets_ready = true;
  publish_budgets();
  caught_up();
  if (analytics_ready && !draining && !following) follow();
  return true;
}

/// True when the event concerns no user. Marks what does not fit.
bool shard_state::take_budget(event& e, std::int64_t offset) {
  auto done = budgets.fold(e, offset);
  if (done.changed) {
    budgets_changed = true;
    publish_budgets();
  }
  if (done.over_budget) {
    if (auto* served = std::get_if<offer_served>(&e.what)) served->over_budget = true;
    if (auto* fired = std::get_if<trigger_fired>(&e.what)) {
      fired->offer.clear(); // the shopper is reminded all the same
      fired->offer_shown.clear();
    }
  }
  if (done.grant) {
    const auto campaign = done.grant->campaign;
    append_lease(*config.log, done.to, campaign, config.engine->wall(), std::move(*done.grant));
  }
  if (const auto* granted = std::get_if<lease_granted>(&e.what))
    release_leases(granted->campaign, granted->amount > 0);
  return done.taken;
}

void shard_state::publish_budgets() {
  auto next = std::make_shared<engine::budget_view>();
  for (const auto& p : budgets.purses())
    next->lines.emplace(p.campaign, engine::budget_view::line{p.leased - p.spent, p.out_version});
  users->budgets->publish(std::move(next));
}

caf::result<bool> shard_state::lease(const want_lease& want) {
  const auto set = config.engine->campaigns->get();
  const auto* c = set->find(want.campaign);
  if (c == nullptr || c->settings.budget <= 0) return false;
  const auto view = users->budgets->get()->of(want.campaign);
  if (view.left >= dearest(c->settings)) return true;
  if (view.out_version >= c->settings.version) return false;
  auto promise = self->make_response_promise<bool>();
  auto& open = leases[want.campaign];
  if (open.waiting.empty()) open.since = steady_now();
  open.waiting.push_back(promise);
  if (open.waiting.size() == 1) ask_for_lease(want.campaign);
  look_soon();
  return promise;
}

void shard_state::ask_for_lease(const std::string& campaign) {
  const auto set = config.engine->campaigns->get();
  const auto* c = set->find(campaign);
  if (c == nullptr) return release_leases(campaign, false);
  leases[campaign].asked = steady_now();
  const auto* purse = budgets.purse_of(campaign);
  const auto left = purse == nullptr ? 0 : purse->leased - purse->spent;
  lease_asked question;
  question.campaign = campaign;
  question.version = c->settings.version;
  question.budget = engine::budget_of(c->settings);
  question.partition = config.partition;
  question.number = (purse == nullptr ? 0 : purse->number) + 1;
  question.amount = std::max<std::int64_t>(0, dearest(c->settings) - left);
  const auto keeper = config.log->partition_of(topics::processed_events, keeper_key(campaign));
  append_lease(*config.log, keeper, campaign, config.engine->wall(), std::move(question));
}

void shard_state::release_leases(const std::string& campaign, bool more) {
  auto open = leases.extract(campaign);
  if (!open) return;
  for (auto& promise : open.mapped().waiting) promise.deliver(more);
}

void shard_state::tick_leases() {
  const auto now = steady_now();
  std::vector<std::string> late;
  std::vector<std::string> over;
  for (const auto& [campaign, open] : leases) {
    if (now - open.since > give_up_after_ms)
      over.push_back(campaign);
    else if (now - open.asked > ask_again_after_ms)
      late.push_back(campaign);
  }
  for (const auto& campaign : over) release_leases(campaign, false);
  for (const auto& campaign : late) ask_for_lease(campaign);
}

void shard_state::add_budgets_write(storage::state_commit& batch) {
  if (!budgets_changed) return;
  storage::state_write write;
  write.key = budgets_key;
  write.value = to_msgpack(budgets);
  batch.writes.push_back(std::move(write));
  budgets_changed = false;
  budgets_storing = true;
}

budget_slice shard_state::budget_shares() const {
  budget_slice out;
  const auto line = [&](const std::string& campaign) -> budget_line& {
    const auto at = std::ranges::find(out.lines, campaign, &budget_line::campaign);
    if (at != out.lines.end()) return *at;
    return out.lines.emplace_back(budget_line{.campaign = campaign});
  };
  for (const auto& p : budgets.purses()) line(p.campaign).spent = p.spent;
  for (const auto& t : budgets.treasuries()) line(t.campaign).leased = t.leased;
  return out;
}

} // namespace riq
