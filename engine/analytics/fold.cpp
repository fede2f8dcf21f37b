// How an applied event gets into the aggregate.
#include "engine/analytics/aggregate.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/analytics/bounds.hpp"
#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/tables.hpp"
#include "engine/day_window.hpp"

namespace riq::engine::analytics {
namespace {

// Segments are told apart by day for as long as somebody can lapse; all before is one.
constexpr std::int32_t segment_days = 31;

} // namespace

void aggregate::fold(std::int64_t offset, const event& e, const analytics_note& note,
                     const find_item& known) {
  if (offset < skip_below_ || !note.counts) return;
  levels_changed_ = true;
  add_micros(open_value_, note.open_value);
  saw(e.time);
  for (std::size_t i = 0; i < note.cart_steps; ++i) {
    const auto& s = note.carts[i];
    open_carts_ += (s.to == cart_status::open) - (s.from == cart_status::open);
    if (auto* b = bucket_at(s.began)) {
      if (s.from != cart_status::none) --b->carts[static_cast<std::size_t>(s.from)];
      ++b->carts[static_cast<std::size_t>(s.to)];
    }
  }
  if (note.abandonments != 0)
    if (auto* b = bucket_at(note.abandoned_at))
      b->events[static_cast<std::size_t>(event_kind::cart_abandoned)] += note.abandonments;
  if (note.path_changed) fold_path(note);
  fold_segment(note);
  // An abandonment is counted above, whether its timer found it or what the user did later on.
  if (note.kind == event_kind::erased || note.kind == event_kind::cart_abandoned) return;
  fold_user(e, note);
  auto* b = bucket_at(e.time);
  if (b == nullptr) {
    ++too_old_;
    return;
  }
  ++b->events[static_cast<std::size_t>(note.kind)];
  if (note.session != 0) {
    add(b->users, note.user);
    add(b->sessions, note.session);
  }
  for (const auto& s : note.shown) {
    const auto count = [&](shown_counts& c) { ++(s.converted ? c.converted : c.clicked); };
    count(b->shown);
    count(b->by_reason[static_cast<std::size_t>(s.reason)]);
    for (std::size_t i = 0; i < source_kinds; ++i)
      if ((s.sources & (1U << i)) != 0) count(b->by_source[i]);
  }
  if (const auto* a = std::get_if<activity>(&e.what))
    fold_activity(*b, *a, note);
  else if (const auto* o = std::get_if<order>(&e.what))
    fold_order(*b, *o, note, known);
  else
    fold_offer(*b, e, note);
  if (note.rewarded) {
    auto& arm = at_most(b->arms, note.campaign + arm_separator + note.arm, bounds::arms);
    arm.accepted += note.reward > 0;
    add_micros(arm.reward, note.reward);
    if (const auto* o = std::get_if<order>(&e.what)) add_micros(arm.value, to_micros(o->total));
  }
}

void aggregate::fold_activity(analytics_bucket& b, const activity& a, const analytics_note& note) {
  ++at_most(b.countries, a.country, bounds::countries).events;
  if (note.kind == event_kind::search) {
    auto& s = heavy(b.searches, a.query, bounds::searches(last_.end - last_.begin));
    ++s.searches;
    ++s.weight;
    return;
  }
  const auto view = note.kind == event_kind::view;
  const auto cart = note.kind == event_kind::add_to_cart;
  if (!view && !cart && note.kind != event_kind::click) return;
  if (view || cart) {
    auto& c = at_most(b.categories, a.category, bounds::groups);
    auto& g = at_most(b.brands, a.brand, bounds::groups);
    c.views += view, c.carts += cart;
    g.views += view, g.carts += cart;
  }
  if (a.product_id.empty()) return;
  auto& p = heavy(b.products, a.product_id, bounds::products(last_.end - last_.begin));
  if (p.category < a.category) p.category = a.category;
  p.views += view;
  p.clicks += note.kind == event_kind::click;
  p.carts += cart;
  ++p.weight;
}

void aggregate::fold_order(analytics_bucket& b, const order& o, const analytics_note& note,
                           const find_item& known) {
  if (note.cancelled) {
    ++b.cancellations;
    add_micros(b.cancelled, note.cancelled_total);
  }
  if (note.kind != event_kind::cancel) {
    auto& c = at_most(b.countries, o.country, bounds::countries);
    ++c.events;
    c.orders += note.completed;
    if (note.completed) add_micros(c.revenue, to_micros(o.total));
  }
  if (!note.completed) return;
  ++b.orders;
  add_micros(b.revenue, to_micros(o.total));
  for (const auto& line : o.items) {
    const auto* facts = known ? known(line.product_id) : nullptr;
    const std::int64_t units = line.quantity;
    const auto paid = to_micros(line.price * line.quantity);
    b.units += units;
    const auto sold = [&](group_counts& g) {
      g.units += units;
      add_micros(g.revenue, paid);
    };
    sold(at_most(b.categories, facts ? facts->category : std::string_view{}, bounds::groups));
    sold(at_most(b.brands, facts ? facts->brand : std::string_view{}, bounds::groups));
    auto& p = heavy(b.products, line.product_id, bounds::products(last_.end - last_.begin));
    if (facts && p.category < facts->category) p.category = facts->category;
    p.units += units;
    add_micros(p.revenue, paid);
    ++p.weight;
  }
}

void aggregate::fold_offer(analytics_bucket& b, const event& e, const analytics_note& note) {
  const auto* o = std::get_if<offer_served>(&e.what);
  if (o == nullptr || !note.served || o->arm.empty()) return; // to the holdout nothing was offered
  auto& arm = at_most(b.arms, o->campaign + arm_separator + o->arm, bounds::arms);
  ++arm.served;
  arm.explored += !o->arms.empty() && o->propensity * static_cast<double>(o->arms.size()) < 1;
}

void aggregate::fold_path(const analytics_note& note) {
  auto* b = bucket_at(note.session_began);
  if (b == nullptr) return;
  const auto count = [&](const session_path& path, std::int64_t sign) {
    if (path.code == 0) return;
    std::array<char, 16> name;
    const auto end = std::to_chars(name.begin(), name.end(), path.code, 16).ptr;
    auto& row =
      at_most(b->paths, {name.data(), static_cast<std::size_t>(end - name.data())}, bounds::paths);
    row.sessions += sign;
    for (std::size_t i = 0; i < funnel_kinds; ++i) row.after_ms[i] += sign * path.after_ms[i];
  };
  count(note.path_before, -1);
  count(note.path_after, 1);
}

void aggregate::fold_user(const event& e, const analytics_note& note) {
  if (note.cohort == 0) return;
  const auto fresh = note.new_user || note.first_in_week;
  if (!fresh && !note.completed) return;
  if (cohorts_.size() >= bounds::cohorts && !cohorts_.contains(note.cohort)) {
    if (note.cohort < cohorts_.begin()->first) return;
    touch({level::cohort, cohorts_.begin()->first});
    cohorts_.erase(cohorts_.begin());
  }
  auto& row = cohorts_[note.cohort];
  row.week = note.cohort;
  touch({level::cohort, note.cohort});
  row.users += note.new_user;
  if (note.later >= static_cast<std::int32_t>(cohort_weeks)) return;
  const auto later = static_cast<std::size_t>(note.later);
  row.active[later] += note.first_in_week;
  if (note.completed)
    if (const auto* o = std::get_if<order>(&e.what))
      add_micros(row.revenue[later], to_micros(o->total));
}

std::array<std::int64_t, 4>& aggregate::segment_row_at(std::int32_t day) {
  const auto first = day_of(newest_) - segment_days;
  while (!segments_.empty() && segments_.begin()->first < first) {
    auto old = segments_.extract(segments_.begin());
    auto& to = segments_[first];
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += old.mapped()[i];
  }
  return segments_[std::max(day, first)];
}

void aggregate::fold_segment(const analytics_note& note) {
  if (note.segment_before == note.segment_after && note.day_before == note.day_after) return;
  if (note.segment_before >= 0)
    --segment_row_at(note.day_before)[static_cast<std::size_t>(note.segment_before)];
  if (note.segment_after >= 0)
    ++segment_row_at(note.day_after)[static_cast<std::size_t>(note.segment_after)];
}

void aggregate::fold(const shown_summary& shown, std::int64_t time) {
  if (time <= 0 || (shown.lists == 0 && shown.distinct.registers.empty())) return;
  saw(time);
  auto* b = bucket_at(time);
  if (b == nullptr) return;
  b->lists += shown.lists;
  b->shown.served += shown.items;
  for (std::size_t i = 0; i < source_kinds; ++i) b->by_source[i].served += shown.by_source[i];
  for (std::size_t i = 0; i < reason_kinds; ++i) b->by_reason[i].served += shown.by_reason[i];
  merge(b->items_shown, shown.distinct);
}

} // namespace riq::engine::analytics
