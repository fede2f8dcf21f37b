#include "engine/retrieval.hpp"

#include <algorithm>
#include <vector>

#include "engine/candidate_pool.hpp"
#include "engine/neighbours.hpp"

namespace riq::engine {

namespace {

candidate_pool& scratch() {
  thread_local candidate_pool pool;
  return pool;
}

void add_history(const context& asking, const item_model& model, candidate_pool& pool) {
  for (std::size_t i = 0; i < asking.met.size(); ++i) {
    auto& c = pool.of(model.ref(asking.met[i].item), model);
    c.sources |= bit_of(retrieval_source::history);
    c.met = static_cast<std::uint8_t>(std::min<std::size_t>(i + 1, 255));
    c.in_session = asking.met[i].in_session;
    c.in_cart = asking.met[i].in_cart;
  }
}

/// Shares of what was met around the recent items. The pseudo-count keeps a single sighting from
/// counting as certainty.
void add_covisits(const context& asking, const item_model& model, candidate_pool& pool) {
  constexpr float pseudo = 2;
  for (std::size_t i = 0; i < asking.focus_size(); ++i) {
    const auto* list = model.pairs().of(asking.met[i].item);
    if (list == nullptr) continue;
    const auto unit = 1 / (list->total + pseudo * list->one(asking.now));
    for (std::size_t e = 0; e < list->items.size(); ++e) {
      const auto& w = list->worth[e];
      auto& c = pool.of(list->items[e], model);
      c.covisits += asking.met[i].weight * unit * (w.later + 0.7F * w.earlier);
      if (i == 0) c.follows = unit * w.later;
    }
  }
}

/// The first `count` of a list, as long as the pool holds fewer than `full`.
struct share_of_list {
  const top_list* from = nullptr;
  std::size_t count = 0;
  retrieval_source source{};

  void add(std::size_t full, const item_model& model, candidate_pool& pool) const {
    const auto& entries = from->entries();
    for (std::size_t i = 0; i < std::min(count, entries.size()) && pool.size() < full; ++i)
      pool.of(entries[i].item, model).sources |= bit_of(source);
  }
};

/// Keys by falling weight.
struct by_weight {
  explicit by_weight(const small_weights& w) : weights(w) {
    for (std::size_t i = 0; i < w.size(); ++i) order[i] = static_cast<std::uint8_t>(i);
    std::stable_sort(order, order + w.size(),
                     [&](auto a, auto b) { return w.value(a) > w.value(b); });
  }
  std::uint32_t operator[](std::size_t i) const { return weights.key(order[i]); }
  std::size_t size() const { return weights.size(); }
  const small_weights& weights;
  std::uint8_t order[16];
};

/// The lists that resemble what the person met, most telling first. They are asked for here and
/// read when the other sources are done: reading them is mostly waiting for memory.
class content_lists {
 public:
  content_lists(const context& asking, const item_model& model) : model_(model) {
    lists_.reserve(32);
    take_groups(asking.pairs, 48, 4);
    take_groups(asking.bands, 48, 4);
    const by_weight categories(asking.categories);
    for (std::size_t i = 0; i < std::min<std::size_t>(4, categories.size()); ++i) {
      const auto& node = model.categories()[categories[i]];
      take(node.popular, i == 0 ? 160 : 64);
      take(node.trending, i == 0 ? 64 : 32, retrieval_source::trending);
      take(node.fresh, i == 0 ? 32 : 12);
    }
    take_groups(asking.tags, 24, 4);
    take_groups(asking.brands, 24, 2);
    const by_weight parents(asking.parents);
    for (std::size_t i = 0; i < std::min<std::size_t>(2, parents.size()); ++i) {
      const auto& node = model.categories()[parents[i]];
      take(node.popular, 48);
      take(node.fresh, 12);
    }
  }

  void add(std::size_t full, candidate_pool& pool) const {
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      if (i + 1 < lists_.size()) lists_[i + 1].from->foresee_first(lists_[i + 1].count);
      lists_[i].add(full, model_, pool);
    }
  }

 private:
  void take(const top_list& from, std::size_t count,
            retrieval_source source = retrieval_source::content) {
    prefetch(from);
    lists_.push_back({&from, count, source});
  }
  void take_groups(const small_weights& keys, std::size_t each, std::size_t most) {
    const by_weight sorted(keys);
    for (std::size_t i = 0; i < std::min(most, sorted.size()); ++i)
      take(model_.groups()[sorted[i]], each);
  }

  const item_model& model_;
  std::vector<share_of_list> lists_;
};

/// Makes the neighbours' strengths relative to the strongest one that is not met already, and says
/// which sources brought whom.
void complete(std::vector<candidate>& all) {
  float strongest = 0;
  for (const auto& c : all) strongest = std::max(strongest, c.in_session ? 0.0F : c.neighbours);
  const auto relative = [&](float strength) {
    return strongest > 0 ? std::min(1.0F, strength / strongest) : strength;
  };
  for (auto& c : all) {
    c.neighbours = relative(c.neighbours);
    if (c.neighbours > 0) c.sources |= bit_of(retrieval_source::session_neighbours);
    if (c.covisits > 0) c.sources |= bit_of(retrieval_source::covisitation);
  }
}

/// Keeps the `limit` with the most personal evidence.
void trim(std::vector<candidate>& all, const item_model& model, std::size_t limit) {
  if (all.size() <= limit) return;
  const auto worth = [](const candidate& c) {
    return c.neighbours + 2 * c.covisits + (c.met != 0 ? 10.0F : 0.0F);
  };
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(limit), all.end(),
                   [&](const candidate& a, const candidate& b) {
                     const auto x = worth(a);
                     const auto y = worth(b);
                     return x != y ? x > y : model.stats(a.item).hash < model.stats(b.item).hash;
                   });
  all.resize(limit);
}

} // namespace

const std::vector<candidate>& retrieve_candidates(const context& asking, const item_model& model,
                                                  std::uint32_t limit, std::uint32_t within) {
  auto& pool = scratch();
  pool.begin(model.span());
  const auto& top = model.categories()[within];
  const content_lists alike(asking, model);
  add_history(asking, model, pool);
  add_neighbours(asking, model, pool);
  add_covisits(asking, model, pool);
  // Room is left for what everybody likes.
  alike.add(within == category_tree::root ? limit - limit / 6 : limit / 2, pool);
  const auto narrow = asking.met.empty() || within != category_tree::root;
  const auto share = narrow ? limit / 2 : limit / 10;
  using enum retrieval_source;
  for (const auto& list :
       {share_of_list{&top.trending, share, trending}, share_of_list{&top.popular, share, popular},
        share_of_list{&top.fresh, limit / 50, content},
        share_of_list{&top.popular, limit, popular}})
    list.add(limit, model, pool);
  pool.drop_stale(model);
  auto& all = pool.all();
  complete(all);
  trim(all, model, limit);
  return all;
}

const std::vector<candidate>& examine_candidates(const context& asking, const item_model& model,
                                                 const std::vector<std::uint32_t>& items) {
  auto& pool = scratch();
  pool.begin(model.span());
  add_history(asking, model, pool);
  add_neighbours(asking, model, pool);
  add_covisits(asking, model, pool);
  complete(pool.all());
  thread_local std::vector<candidate> examined;
  examined.clear();
  for (const auto item : items) examined.push_back(pool.of(model.ref(item), model));
  return examined;
}

} // namespace riq::engine
