#include "engine/bandit/budget_ledger.hpp"

#include <algorithm>
#include <cmath>

#include "engine/bounded.hpp"
#include "messages/hash.hpp"
#include "messages/msgpack.hpp"

namespace riq::engine {
namespace {

constexpr std::int64_t one = 1'000'000; // of a unit

template <class List>
auto* find_campaign(List& list, std::string_view campaign) {
  const auto at = std::ranges::find_if(list, [&](const auto& x) { return x.campaign == campaign; });
  return at == list.end() ? nullptr : &*at;
}

/// As applying it tells whether a trigger was decided before.
std::uint64_t identity_of(const trigger_fired& f, const std::string& user,
                          const std::string& campaign) {
  auto hash = stable_hash(user, static_cast<std::uint64_t>(f.anchor));
  hash = stable_hash(f.rule, hash + f.step);
  return stable_hash(campaign, stable_hash(f.about, hash));
}

} // namespace

std::int64_t budget_of(const campaign_settings& c) {
  return std::llround(c.budget * one);
}

std::int64_t spend_of(const campaign_settings& c, const arm_settings& arm) {
  if (c.budget <= 0) return 0;
  const auto unit = c.budget_unit == budget_unit::decisions ? 1 : arm.cost;
  return std::llround(unit * one);
}

budget_ledger::outcome budget_ledger::fold(const event& e, std::int64_t offset) {
  outcome out;
  if (const auto* asked = std::get_if<lease_asked>(&e.what)) {
    lend(*asked, out);
  } else if (const auto* granted = std::get_if<lease_granted>(&e.what)) {
    receive(*granted, out);
  } else if (const auto* served = std::get_if<offer_served>(&e.what)) {
    serve(*served, e, offset, out);
  } else if (const auto* fired = std::get_if<trigger_fired>(&e.what);
             fired != nullptr && !fired->offer.empty()) {
    fire(*fired, e, offset, out);
  } else if (std::holds_alternative<user_erased>(e.what)) {
    forget_triggers(e.user_id, offset, out);
  }
  return out;
}

/// Of one that was decided twice only one counts, whichever that is: the dearer one is spent for.
void budget_ledger::fire(const trigger_fired& f, const event& e, std::int64_t offset,
                         outcome& out) {
  const auto offer = from_msgpack<offer_served>(f.offer);
  if (!offer || offer->spends <= 0) return;
  if (offset <= folded_) return spend(offer->campaign, offer->spends, offset, out);
  const auto id = identity_of(f, e.user_id, offer->campaign);
  const auto known = std::ranges::find(triggers_, id, &trigger_spending::trigger);
  const auto before = known == triggers_.end() ? 0 : known->amount;
  if (offer->spends <= before) return;
  spend(offer->campaign, offer->spends - before, offset, out);
  if (out.over_budget) return;
  if (known != triggers_.end())
    known->amount = offer->spends;
  else
    append_bounded(triggers_, trigger_spending{stable_hash(e.user_id), id, offer->spends},
                   triggers_kept);
}

/// An erased user begins anew, with the same session numbers.
void budget_ledger::forget_triggers(const std::string& user, std::int64_t offset, outcome& out) {
  if (offset <= folded_) return;
  const auto gone =
    std::erase_if(triggers_, [hash = stable_hash(user)](const auto& t) { return t.user == hash; });
  out.changed = gone > 0;
}

void budget_ledger::serve(const offer_served& o, const event& e, std::int64_t offset,
                          outcome& out) {
  if (o.spends <= 0 || o.by_trigger) return;
  if (offset > folded_ && e.origin.offset >= 0) {
    // Published twice: its user knows it, whatever is answered.
    if (e.origin.offset <= offers_seen_) return;
    offers_seen_ = e.origin.offset;
  }
  spend(o.campaign, o.spends, offset, out);
}

void budget_ledger::spend(const std::string& campaign, std::int64_t amount, std::int64_t offset,
                          outcome& out) {
  if (offset <= folded_) {
    out.over_budget = std::ranges::binary_search(over_, offset);
    return;
  }
  folded_ = offset;
  out.changed = true;
  auto* p = find_campaign(purses_, campaign);
  out.over_budget = p == nullptr || p->leased - p->spent < amount;
  if (out.over_budget)
    over_.push_back(offset);
  else
    p->spent += amount;
}

void budget_ledger::lend(const lease_asked& a, outcome& out) {
  out.taken = true;
  auto* t = find_campaign(treasuries_, a.campaign);
  if (t == nullptr) {
    t = &treasuries_.emplace_back();
    t->campaign = a.campaign;
  }
  auto account = std::ranges::find(t->accounts, a.partition, &lease_account::partition);
  if (account == t->accounts.end())
    account = t->accounts.insert(account, lease_account{.partition = a.partition});
  if (a.number < account->number) return; // long answered
  if (a.number > account->number) {
    // The budget travels with the question, so that a replay grants the same.
    if (a.version >= t->version) {
      t->version = a.version;
      t->budget = a.budget;
    }
    const auto left = std::max<std::int64_t>(0, t->budget - t->leased);
    const auto share = left / lease_parts / one * one; // whole units leave no crumbs
    const auto amount = std::min(left, std::max(a.amount, share));
    t->leased += amount;
    *account = {a.partition, a.number, amount, a.version};
    out.changed = true;
  }
  out.grant = lease_granted{a.campaign, account->number, account->amount, account->version};
  out.to = a.partition;
}

void budget_ledger::receive(const lease_granted& g, outcome& out) {
  out.taken = true;
  auto& p = at(g.campaign);
  if (g.number <= p.number) return;
  p.number = g.number;
  p.leased += g.amount;
  if (g.amount == 0) p.out_version = std::max(p.out_version, g.version);
  out.changed = true;
}

purse& budget_ledger::at(const std::string& campaign) {
  if (auto* p = find_campaign(purses_, campaign)) return *p;
  purses_.push_back({.campaign = campaign});
  return purses_.back();
}

const purse* budget_ledger::purse_of(std::string_view campaign) const {
  return find_campaign(purses_, campaign);
}

const treasury* budget_ledger::treasury_of(std::string_view campaign) const {
  return find_campaign(treasuries_, campaign);
}

void budget_ledger::forget_before(std::int64_t offset) {
  over_.erase(over_.begin(), std::ranges::lower_bound(over_, offset));
}

} // namespace riq::engine
