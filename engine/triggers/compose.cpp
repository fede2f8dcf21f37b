#include "engine/triggers/compose.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/recommend.hpp"

namespace riq::engine {
namespace {

constexpr std::size_t max_causes = 8;
constexpr std::size_t max_items = 20; // of a cart; the rest is in the shop

std::string spoken(std::int64_t ms) {
  const auto minutes = ms / 60'000;
  const auto counted = [](std::int64_t n, const char* unit) {
    return std::to_string(n) + " " + unit + (n == 1 ? "" : "s");
  };
  if (minutes >= 48 * 60) return counted(minutes / (24 * 60), "day");
  if (minutes >= 120) return counted(minutes / 60, "hour");
  return minutes > 0 ? counted(minutes, "minute") : counted(ms / 1'000, "second");
}

void complete(trigger_item& x, const item_model& model) {
  const auto* known = model.find(x.product_id);
  if (known == nullptr) return;
  x.title = known->title;
  if (x.price == 0) x.price = known->price;
}

void add_cart(trigger_fired& f, const user_state& s, const item_model& model) {
  for (const auto& l : s.basket.lines) {
    if (f.items.size() == max_items) break;
    trigger_item x{.product_id = l.product_id, .quantity = l.quantity, .price = l.price};
    complete(x, model);
    f.items.push_back(std::move(x));
    if (f.because.size() < max_causes) f.because.push_back({"ADD_TO_CART", l.product_id, l.time});
  }
}

void add_recommendations(trigger_fired& f, const trigger_rule& rule, const user_state& s,
                         const item_model& model, const ranking_settings& ranking,
                         std::int64_t now) {
  if (rule.told.items == 0) return;
  recommend_request ask;
  ask.limit = rule.told.items;
  for (const auto& r : recommend(s, model, ask, ranking, now)) {
    trigger_item x{.product_id = r.product_id, .reason = r.reason};
    complete(x, model);
    f.items.push_back(std::move(x));
  }
}

std::string_view event_of(touch_kind kind) {
  switch (kind) {
  case touch_kind::view:
    return "VIEW";
  case touch_kind::click:
    return "CLICK";
  case touch_kind::dwell:
    return "TIME_ON_PAGE";
  case touch_kind::cart:
    return "ADD_TO_CART";
  case touch_kind::uncart:
    return "REMOVE_FROM_CART";
  case touch_kind::purchase:
    return "ORDER";
  }
  return "";
}

// The newest contacts, with one item or with any.
void add_touches(trigger_fired& f, const user_state& s, std::string_view product) {
  for (auto t = s.touches.rbegin(); t != s.touches.rend() && f.because.size() < max_causes; ++t)
    if (product.empty() || t->product_id == product)
      f.because.push_back({std::string{event_of(t->kind)}, t->product_id, t->time});
}

std::string price_text(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", x);
  return text;
}

// False when it is not true any more, as after the quiet hours.
bool add_item(trigger_fired& f, const armed_trigger& a, const user_state& s,
              const item_model& model) {
  trigger_item x{.product_id = a.about, .price = a.price, .price_before = a.price_before};
  complete(x, model);
  for (const auto& l : s.basket.lines)
    if (l.product_id == a.about) x.quantity = l.quantity;
  const auto* known = model.find(a.about);
  const bool there = known == nullptr || known->in_stock;
  const bool holds =
    a.fresh || (there && (a.price_before == 0 || (x.price > 0 && x.price < a.price_before)));
  if (a.fresh) f.because.push_back({"ITEM_UPDATE", a.about, a.due});
  add_touches(f, s, a.about);
  const auto name = x.title.empty() ? x.product_id : x.title;
  f.reason = f.kind == trigger_kind::price_drop
               ? name + " fell from " + price_text(a.price_before) + " to " + price_text(x.price)
               : name + " is back in stock";
  f.items.push_back(std::move(x));
  return holds;
}

void add_content(trigger_fired& f, const armed_trigger& a, const user_state& s,
                 const item_model& model, const ranking_settings& ranking, std::int64_t now) {
  const auto left_for = spoken(now - s.last_active);
  switch (f.kind) {
  case trigger_kind::cart_abandoned:
    f.reason = std::to_string(s.basket.lines.size()) +
               (s.basket.lines.size() == 1 ? " item" : " items") + " left in the cart for " +
               left_for;
    return add_cart(f, s, model);
  case trigger_kind::browse_abandoned:
    f.reason = "looked around and left without a cart " + left_for + " ago";
    break;
  case trigger_kind::win_back:
    f.reason = "not seen for " + left_for;
    break;
  case trigger_kind::high_intent:
    f.reason = "likely to buy now";
    if (!s.basket.lines.empty()) return add_cart(f, s, model);
    break;
  case trigger_kind::price_drop:
  case trigger_kind::back_in_stock:
    if (!add_item(f, a, s, model)) {
      f.verdict = trigger_verdict::skipped;
      f.reason += ", but not any more";
    }
    return;
  }
  add_touches(f, s, {});
  add_recommendations(f, *a.rule, s, model, ranking, now);
}

} // namespace

trigger_fired composed(const armed_trigger& a, const user_state& state, const item_model& model,
                       const ranking_settings& ranking, const trigger_world& world,
                       std::int64_t now) {
  const auto& rule = *a.rule;
  trigger_fired f;
  f.rule = rule.told.id;
  f.version = rule.version;
  f.kind = rule.told.kind;
  f.step = a.step;
  f.about = a.about;
  f.anchor = a.anchor;
  f.due = a.due;
  f.seen = state.last_active;
  f.cap_day = world.settings.max_per_user_day;
  f.cap_week = world.settings.max_per_user_week;
  f.window_ms = std::int64_t{world.settings.attribution_hours} * 3'600'000;
  if (now - a.due > std::int64_t{rule.told.late_min} * 60'000) {
    f.verdict = trigger_verdict::skipped;
    f.reason = "came due " + spoken(now - a.due) + " ago";
    return f;
  }
  // Also one that came due before the quiet hours and is looked at within them.
  if (const auto open = after_quiet_hours(now, rule, state, world); open != now) {
    f.verdict = trigger_verdict::deferred;
    f.due = open;
    f.reason = "waits for the end of the quiet hours";
    if (!a.about.empty())
      f.items.push_back({.product_id = a.about, .price_before = a.price_before});
    return f;
  }
  f.targets = rule.told.targets;
  add_content(f, a, state, model, ranking, now);
  return f;
}

std::string trigger_event_id(const trigger_fired& f) {
  auto id = "trigger:" + f.rule + ":" + std::to_string(f.step) + ":" + std::to_string(f.anchor) +
            ":" + std::to_string(f.seen) + ":" + std::string{name_of(f.verdict)} + ":" + f.about;
  // It may have to wait again, for another end.
  if (f.verdict == trigger_verdict::deferred) id += ":" + std::to_string(f.due);
  return id;
}

} // namespace riq::engine
