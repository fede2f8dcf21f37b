#include "engine/reasons.hpp"

#include <algorithm>
#include <array>

namespace riq::engine {

namespace {

constexpr std::size_t most_because = 3;
constexpr std::size_t newest = 6; // of the person's items are looked at

bool from(const scored& s, retrieval_source source) {
  return (s.from.sources & bit_of(source)) != 0;
}

/// How much `met` speaks for `item`: seen together, else alike.
float support(const context& asking, const item_model& model, const met_item& met,
              std::uint32_t item) {
  float together = 0;
  if (const auto* list = model.pairs().of(met.item); list != nullptr)
    together = list->of(model.ref(item)).both() / (list->total + 2 * list->one(asking.now));
  const auto& a = model.stats(met.item);
  const auto& b = model.stats(item);
  float alike = 0;
  if (a.category == b.category && a.category != category_tree::root) alike += 0.02F;
  if (a.brand == b.brand && a.brand != group_lists::none) alike += 0.01F;
  return met.weight * (together + alike);
}

std::vector<std::string> items_behind(const scored& s, const context& asking,
                                      const item_model& model) {
  struct behind {
    float weight;
    std::uint32_t item;
  };
  std::array<behind, newest> all{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < std::min(asking.focus_size(), newest); ++i) {
    const auto& m = asking.met[i];
    if (m.item == s.from.item) continue;
    if (const auto weight = support(asking, model, m, s.from.item); weight > 0)
      all[n++] = {weight, m.item};
  }
  std::stable_sort(all.begin(), all.begin() + n,
                   [](const behind& a, const behind& b) { return a.weight > b.weight; });
  std::vector<std::string> ids;
  ids.reserve(most_because);
  for (std::size_t i = 0; i < std::min(n, most_because); ++i)
    ids.push_back(model.facts(all[i].item).product_id);
  return ids;
}

reason popular(const item& facts) {
  return {
    reason_kind::popular, facts.category.empty() ? "Popular" : "Popular in " + facts.category, {}};
}

} // namespace

reason reason_of(const scored& s, const context& asking, const item_model& model) {
  const auto& facts = model.facts(s.from.item);
  using why = reason_kind;
  if (s.from.in_cart) return {why::left_in_cart, "Left in your cart", {facts.product_id}};
  if (s.from.met != 0) return {why::looked_at, "You looked at this", {facts.product_id}};
  if (asking.met.empty()) {
    if (from(s, retrieval_source::trending)) return {why::trending, "Trending now", {}};
    if (from(s, retrieval_source::popular)) return popular(facts);
    return {why::fresh, facts.category.empty() ? "New here" : "New in " + facts.category, {}};
  }
  auto because = items_behind(s, asking, model);
  if (from(s, retrieval_source::session_neighbours) || from(s, retrieval_source::covisitation)) {
    if (because.empty()) return {why::own_views, "Based on your views", {}};
    const auto* with = model.find(because.front());
    return {why::also_viewed,
            "People who viewed " + (with->title.empty() ? with->product_id : with->title) +
              " also viewed this",
            std::move(because)};
  }
  if (model.stats(s.from.item).slow_key == never_met && !facts.category.empty())
    return {why::fresh, "New in " + facts.category, std::move(because)};
  if (!because.empty()) return {why::own_views, "Based on your views", std::move(because)};
  if (from(s, retrieval_source::trending)) return {why::trending, "Trending now", {}};
  return popular(facts);
}

std::vector<std::string> source_names(std::uint8_t sources) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(__builtin_popcount(sources)));
  const auto all = enum_names(retrieval_source{});
  for (std::size_t i = 0; i < all.size(); ++i)
    if ((sources & (1U << i)) != 0) names.emplace_back(all[i]);
  return names;
}

} // namespace riq::engine
