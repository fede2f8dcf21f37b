#include "engine/context.hpp"

#include <algorithm>
#include <array>

#include "messages/hash.hpp"

namespace riq::engine {

namespace {

constexpr float step = 0.75F;          // what each item further back weighs
constexpr float history_weight = 0.3F; // of items of earlier sessions
constexpr float taste_weight = 0.15F;  // of the long-term tastes beside the items

met_item* known(context& c, std::uint32_t item) {
  const auto at =
    std::find_if(c.met.begin(), c.met.end(), [&](const met_item& m) { return m.item == item; });
  return at == c.met.end() ? nullptr : &*at;
}

/// Position weights, then what the items say about category, brand and price.
void weigh(context& c, const item_model& model) {
  float weight = 1;
  float sum = 0;
  for (std::size_t i = 0; i < c.focus_size(); ++i) {
    c.met[i].weight = c.met[i].in_session ? weight : weight * history_weight;
    sum += c.met[i].weight;
    weight *= step;
  }
  for (std::size_t i = 0; i < c.focus_size(); ++i) {
    auto& m = c.met[i];
    m.weight /= sum;
    const auto& s = model.stats(m.item);
    if (s.category != category_tree::root) {
      c.categories.add(s.category, m.weight);
      if (const auto parent = model.categories()[s.category].parent; parent != category_tree::root)
        c.parents.add(parent, m.weight);
    }
    if (s.brand != group_lists::none) c.brands.add(s.brand, m.weight);
    if (s.pair != group_lists::none) c.pairs.add(s.pair, m.weight);
    if (s.band != group_lists::none) c.bands.add(s.band, m.weight);
    for (const auto tag : model.tags(m.item)) c.tags.add(tag, m.weight);
    if (s.log_price > 0) {
      c.prices.add(s.category, m.weight * s.log_price);
      c.priced.add(s.category, m.weight);
    }
  }
}

float taste_sum(const std::vector<taste>& tastes) {
  double sum = 0;
  for (const auto& t : tastes) sum += t.weight;
  return static_cast<float>(sum);
}

} // namespace

void context::clear(std::int64_t time) {
  met.clear();
  now = time;
  for (auto* w : {&categories, &parents, &brands, &pairs, &bands, &tags, &prices, &priced})
    w->clear();
}

void fill_context(context& to, const user_state& user, const item_model& model, std::int64_t now) {
  to.clear(now);
  // The items' ids are hashed some way ahead, so that the table's slots are near when their turn
  // comes.
  constexpr std::size_t ahead = 16;
  std::array<std::uint64_t, ahead> hashes{};
  const auto n = user.touches.size();
  const auto foresee = [&](std::size_t i) {
    if (i >= n) return;
    hashes[i % ahead] = stable_hash(user.touches[n - 1 - i].product_id);
    model.foresee(hashes[i % ahead]);
  };
  for (std::size_t i = 0; i < ahead; ++i) foresee(i);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& t = user.touches[n - 1 - i]; // newest first
    const auto item = model.index_of_hash(hashes[i % ahead]);
    foresee(i + ahead);
    if (item == id_table::none) continue;
    if (auto* m = known(to, item)) {
      m->kinds |= bit_of(t.kind);
      continue;
    }
    if (to.met.size() == context::max_met) break;
    to.met.push_back(
      {item, bit_of(t.kind), t.session == user.current.number && user.current.number != 0});
    model.foresee_stats(item);
  }
  for (const auto& line : user.basket.lines) {
    const auto item = model.index_of_hash(stable_hash(line.product_id));
    if (item == id_table::none) continue;
    if (auto* m = known(to, item))
      m->in_cart = true;
    else if (to.met.size() < context::max_met + bounds::cart_lines)
      to.met.push_back({item, bit_of(touch_kind::cart), false, true});
  }
  weigh(to, model);
  const auto share = to.met.empty() ? 1.0F : taste_weight;
  if (const auto sum = taste_sum(user.categories); sum > 0)
    for (const auto& t : user.categories) {
      const auto node = model.categories().find(t.name);
      if (node == id_table::none || node == category_tree::root) continue;
      const auto weight = share * static_cast<float>(t.weight) / sum;
      to.categories.add(node, weight);
      if (const auto parent = model.categories()[node].parent; parent != category_tree::root)
        to.parents.add(parent, weight);
    }
  if (const auto sum = taste_sum(user.brands); sum > 0)
    for (const auto& t : user.brands)
      if (const auto group = model.brand_group(t.name); group != group_lists::none)
        to.brands.add(group, share * static_cast<float>(t.weight) / sum);
}

void fill_context(context& to, const indexed_session& session, const item_model& model,
                  std::int64_t now) {
  to.clear(now);
  const auto take = [&](const indexed_session& from, bool current) {
    for (auto v = from.visits.rbegin(); v != from.visits.rend(); ++v) {
      if (to.met.size() == context::max_met) return;
      if (!model.live(v->item)) continue;
      if (auto* m = known(to, v->item.index()))
        m->kinds |= v->kinds;
      else
        to.met.push_back(
          {v->item.index(), v->kinds, current,
           (v->kinds & bit_of(touch_kind::cart)) != 0 &&
             (v->kinds & (bit_of(touch_kind::uncart) | bit_of(touch_kind::purchase))) == 0});
    }
  };
  take(session, true);
  auto before = session.older;
  for (int i = 0; i < 3 && before != id_table::none; ++i) {
    const auto& s = model.session_list()[before];
    take(s, false);
    before = s.older;
  }
  weigh(to, model);
}

} // namespace riq::engine
