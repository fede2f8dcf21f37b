// The catalogue side of the item model: facts of items and the lists they stand in.

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/item_model.hpp"
#include "engine/prefetch.hpp"
#include "messages/hash.hpp"

namespace riq::engine {

namespace {

constexpr std::size_t root_capacity = 512;
constexpr std::size_t category_capacity = 192;
constexpr std::size_t fresh_capacity = 64;
constexpr std::size_t max_tags = 8;

// Where an item's lists have their place in `list_places`: two for each level of its category, then
// its three groups, then its tags.
constexpr std::size_t group_places = 2 * (category_tree::max_depth + 1);
constexpr std::size_t band_place = group_places + 2;
constexpr std::size_t tag_places = group_places + 3;
static_assert(tag_places + max_tags <= list_places{}.size());

// Each kind of group hashes its key with a seed of its own.
enum seed : std::uint64_t { brand_seed = 1, pair_seed, band_seed, tag_seed };

std::uint64_t number_key(std::uint64_t node, std::uint64_t other, seed kind) {
  auto x = node * 0xd6e8feb86659fd93ULL + other + kind * 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Two bands for every doubling of the price.
std::uint64_t band_of(float log_price) {
  return static_cast<std::uint64_t>(std::max(0.0F, log_price) * 2 / std::log(2.0F));
}

float log_of(double price) {
  return price > 0 ? std::max(1e-3F, static_cast<float>(std::log(std::min(price, 1e12) + 1)))
                   : 0.0F;
}

/// What the catalogue says now, in place of what it said before.
void take_word(item& facts, heard_facts& heard, const item& told) {
  using words = heard_facts::words;
  heard.overrule(heard_facts::category, &words::category, facts.category, told.category);
  heard.overrule(heard_facts::brand, &words::brand, facts.brand, told.brand);
  heard.overrule(heard_facts::price, &words::price, facts.price, std::max(told.price, 0.0));
  facts.title = told.title;
  facts.tags = told.tags;
  facts.in_stock = told.in_stock;
}

} // namespace

std::size_t item_model::text_size(std::uint32_t index) const {
  const auto& i = facts_[index];
  std::size_t n = i.product_id.size() + i.title.size() + i.category.size() + i.brand.size();
  for (const auto& tag : i.tags) n += tag.size() + sizeof(std::string);
  return n + heard_[index].text_size();
}

std::uint32_t item_model::brand_group(std::string_view brand) const {
  return brand.empty() ? group_lists::none : groups_.find(stable_hash(brand, brand_seed));
}

/// Lets `change` alter the item's facts, and has it stand in its lists by the new ones.
template <class Change>
void item_model::revise(std::uint32_t index, Change&& change) {
  unlist(index);
  text_bytes_ -= text_size(index);
  change(facts_[index], heard_[index]);
  text_bytes_ += text_size(index);
  list(index);
}

void item_model::put(const item& told) {
  if (told.product_id.empty()) return;
  const auto hash = stable_hash(told.product_id);
  auto index = index_of(told.product_id, hash);
  if (index == id_table::none) index = create(told.product_id, hash, stream_time_);
  revise(index, [&](item& facts, heard_facts& heard) { take_word(facts, heard, told); });
}

std::optional<catalogue_word> item_model::word_on(std::string_view product_id) const {
  // Of most items it was told all or nothing; of those with nothing the id need not be read.
  const auto index = by_id_.find(stable_hash(product_id), [&](std::uint32_t i) {
    return heard_[i].told != 0 && facts_[i].product_id == product_id;
  });
  if (index == id_table::none) return std::nullopt;
  const auto told = heard_[index].told;
  const auto& facts = facts_[index];
  catalogue_word out;
  if (told & heard_facts::category) out.category = facts.category;
  if (told & heard_facts::brand) out.brand = facts.brand;
  if (told & heard_facts::price) out.price = facts.price;
  return out;
}

void item_model::tell(std::uint32_t index, const session_update& update) {
  auto& facts = facts_[index];
  auto& heard = heard_[index];
  using words = heard_facts::words;
  const auto kept = heard.text_size();
  const auto category = heard.hear(heard_facts::category, &words::category, facts.category,
                                   heard.category_at, update.category, update.time);
  const auto brand = heard.hear(heard_facts::brand, &words::brand, facts.brand, heard.brand_at,
                                update.brand, update.time);
  const auto price = heard.hear(heard_facts::price, &words::price, facts.price, heard.price_at,
                                std::max(update.price, 0.0), update.time);
  text_bytes_ += heard.text_size() - kept;
  if (!category && !brand) {
    if (price) reprice(index, update.price);
    return;
  }
  revise(index, [&](item& changed, heard_facts&) {
    if (category) changed.category = update.category;
    if (brand) changed.brand = update.brand;
    if (price) changed.price = update.price;
  });
}

/// Of a deleted item stays what events told later.
void item_model::forget_until(std::uint32_t index, std::int64_t deleted) {
  revise(index, [&](item& facts, heard_facts& heard) {
    take_word(facts, heard, {});
    if (heard.category_at <= deleted) facts.category.clear();
    if (heard.brand_at <= deleted) facts.brand.clear();
    if (heard.price_at <= deleted) facts.price = 0;
    heard.deleted_at = deleted;
  });
}

/// Prices change often, and matter to one list only.
void item_model::reprice(std::uint32_t index, double price) {
  auto& s = stats_[index];
  const auto before = std::exchange(s.log_price, log_of(price));
  facts_[index].price = price;
  if (!s.in_stock || s.category == category_tree::root) return;
  if (s.band != group_lists::none && band_of(before) == band_of(s.log_price)) return;
  const auto self = ref(index);
  if (s.band != group_lists::none) groups_.leave(s.band, self, s.hash, s.slow_key);
  s.band = join_band(s);
  groups_[s.band].raise(self, s.hash, never_met, s.slow_key, group_lists::capacity,
                        places_[index][band_place]);
}

std::uint32_t item_model::join_band(const item_stats& s) {
  const auto category = stable_hash(categories_[s.category].path);
  return groups_.join(number_key(category, band_of(s.log_price), band_seed));
}

void item_model::list(std::uint32_t index) {
  auto& s = stats_[index];
  const auto& facts = facts_[index];
  s.category = categories_.intern(facts.category);
  s.log_price = log_of(facts.price);
  s.in_stock = facts.in_stock;
  if (!s.in_stock) return;
  auto& node = categories_[s.category];
  s.previous_member = id_table::none;
  s.next_member = node.first_member;
  if (s.next_member != id_table::none) stats_[s.next_member].previous_member = index;
  node.first_member = index;
  if (!facts.brand.empty()) {
    const auto brand_hash = stable_hash(facts.brand, brand_seed);
    s.brand = groups_.join(brand_hash);
    if (s.category != category_tree::root)
      s.pair = groups_.join(number_key(stable_hash(node.path), brand_hash, pair_seed));
  }
  if (s.log_price > 0 && s.category != category_tree::root) s.band = join_band(s);
  for (const auto& tag : facts.tags) {
    if (tags_[index].size() == max_tags) break;
    const auto group = groups_.join(stable_hash(tag, tag_seed));
    tags_[index].push_back(group);
  }
  s.tagged = !tags_[index].empty();
  raise(index, std::nullopt);
}

void item_model::unlist(std::uint32_t index) {
  auto& s = stats_[index];
  if (!s.in_stock) return;
  const auto self = ref(index);
  auto& node = categories_[s.category];
  if (s.previous_member != id_table::none)
    stats_[s.previous_member].next_member = s.next_member;
  else
    node.first_member = s.next_member;
  if (s.next_member != id_table::none) stats_[s.next_member].previous_member = s.previous_member;
  for (auto at = s.category;; at = categories_[at].parent) {
    auto& above = categories_[at];
    above.popular.remove(self, s.hash, s.slow_key);
    above.best = above.popular.best_key();
    above.trending.remove(self, s.hash, s.fast_key);
    above.fresh.remove(self, s.hash, s.fresh_key);
    if (at == category_tree::root) break;
  }
  for (auto* group : {&s.brand, &s.pair, &s.band}) {
    if (*group != group_lists::none) groups_.leave(*group, self, s.hash, s.slow_key);
    *group = group_lists::none;
  }
  for (const auto tag : tags_[index]) groups_.leave(tag, self, s.hash, s.slow_key);
  tags_[index].clear();
  s.fresh_key = never_met;
}

/// Calls `visit` with every list by popularity or trend in which an item with these stats may
/// stand: list, whether by trend, capacity, the item's place the last time.
template <class Visit>
void item_model::for_each_list(std::uint32_t index, Visit&& visit) {
  const auto& s = stats_[index];
  auto& places = places_[index];
  for (auto at = s.category;; at = categories_[at].parent) {
    auto& node = categories_[at];
    const auto place = 2 * node.depth;
    const auto capacity = at == category_tree::root ? root_capacity : category_capacity;
    visit(node.popular, false, capacity, places[place]);
    if (s.fast_key != never_met) visit(node.trending, true, capacity, places[place + 1]);
    if (at == category_tree::root) break;
  }
  auto* place = &places[group_places];
  for (const auto group : {s.brand, s.pair, s.band}) {
    if (group != group_lists::none) visit(groups_[group], false, group_lists::capacity, *place);
    ++place;
  }
  for (const auto tag : tags_[index]) visit(groups_[tag], false, group_lists::capacity, *place++);
}

/// The item's keys changed from `before`; nothing: it is not in the lists yet.
void item_model::raise(std::uint32_t index, const std::optional<keys>& before) {
  auto& s = stats_[index];
  const auto self = ref(index);
  const auto was = before.value_or(keys{});
  const auto slow = !before || was.slow != s.slow_key;
  const auto fast = !before || was.fast != s.fast_key;
  for_each_list(index, [&](top_list& list, bool trend, std::size_t capacity, auto& place) {
    if (trend && fast) list.raise(self, s.hash, was.fast, s.fast_key, capacity, place);
    if (!trend && slow) list.raise(self, s.hash, was.slow, s.slow_key, capacity, place);
  });
  const auto fresh = static_cast<double>(s.first);
  const auto renewed = fresh != s.fresh_key; // newly listed, or an older contact came late
  for (auto at = s.category;; at = categories_[at].parent) {
    auto& node = categories_[at];
    node.best = node.popular.best_key();
    if (renewed) {
      node.fresh.remove(self, s.hash, s.fresh_key);
      std::uint16_t place = 0;
      node.fresh.raise(self, s.hash, never_met, fresh, fresh_capacity, place);
    }
    if (at == category_tree::root) break;
  }
  s.fresh_key = fresh;
}

void item_model::foresee_lists(std::uint32_t index) {
  if (!stats_[index].in_stock) return;
  for_each_list(index,
                [](const top_list& list, bool, std::size_t, std::uint16_t) { prefetch(list); });
}

void item_model::foresee_places(std::uint32_t index) {
  const auto& s = stats_[index];
  if (!s.in_stock) return;
  const auto slow = s.views < busy_count;
  const auto fast = s.bustle < busy_count;
  for_each_list(index, [&](const top_list& list, bool trend, std::size_t, std::uint16_t place) {
    if (trend ? fast : slow) list.foresee(place);
  });
}

} // namespace riq::engine
