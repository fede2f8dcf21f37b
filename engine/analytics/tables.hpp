#pragma once
// Tables of counts by name, found by hash, within a bound.
//
// A table of few names (categories, arms) that is full counts what is new under `(other)`. A table
// of heavy hitters (products, searches) makes room instead: it takes the median weight from all
// rows and drops those that have no more, as in "A High-Performance Algorithm for Identifying
// Frequent Items in Data Streams" (Anderson et al., 2017). A row's counts are then those since it
// came in, and fall short of the truth by at most what was taken: `bound`. Merging adds rows and
// bounds and never drops anything, so it may be done in any order.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analytics/merge.hpp"
#include "messages/analytics_counts.hpp"
#include "messages/hash.hpp"

namespace riq::engine::analytics {

inline constexpr std::string_view other_row = "(other)";
inline constexpr std::string_view no_name = "(none)";

namespace tables_detail {

inline constexpr std::uint32_t free_slot = 0xffffffffU;

template <class Counts>
void build_index(counted_table<Counts>& t, std::size_t rows) {
  std::size_t slots = 16;
  while (slots < rows * 2) slots *= 2;
  t.index.assign(slots, free_slot);
  for (std::uint32_t i = 0; i < t.rows.size(); ++i) {
    auto& row = t.rows[i];
    if (row.hash == 0) row.hash = stable_hash(row.name);
    auto at = row.hash & (slots - 1);
    while (t.index[at] != free_slot) at = (at + 1) & (slots - 1);
    t.index[at] = i;
  }
}

} // namespace tables_detail

/// The row's place in the table, or where its index goes: `slot`.
template <class Counts>
typename counted_table<Counts>::row* find(counted_table<Counts>& t, std::string_view name,
                                          std::uint64_t hash, std::size_t& slot) {
  using tables_detail::free_slot;
  if (t.index.size() < (t.rows.size() + 1) * 2)
    tables_detail::build_index(t, t.rows.size() * 2 + 8);
  const auto mask = t.index.size() - 1;
  for (slot = hash & mask; t.index[slot] != free_slot; slot = (slot + 1) & mask)
    if (auto& row = t.rows[t.index[slot]]; row.hash == hash && row.name == name) return &row;
  return nullptr;
}

/// The counts under `name`, made when there are none. The reference holds until the next call.
template <class Counts>
Counts& at(counted_table<Counts>& t, std::string_view name, std::uint64_t hash) {
  std::size_t slot = 0;
  if (auto* known = find(t, name, hash, slot)) return known->counts;
  t.index[slot] = static_cast<std::uint32_t>(t.rows.size());
  auto& row = t.rows.emplace_back();
  row.name = name;
  row.hash = hash;
  return row.counts;
}
template <class Counts>
Counts& at(counted_table<Counts>& t, std::string_view name) {
  return at(t, name, stable_hash(name));
}

/// The same in a table of at most `most` names, beside the one for all others.
template <class Counts>
Counts& at_most(counted_table<Counts>& t, std::string_view name, std::size_t most) {
  if (name.empty()) name = no_name;
  if (t.rows.size() < most) return at(t, name);
  std::size_t slot = 0;
  if (auto* known = find(t, name, stable_hash(name), slot)) return known->counts;
  return at(t, other_row);
}

/// Brings a table of heavy hitters down to at most `most` rows.
template <class Counts>
void make_room(counted_table<Counts>& t, std::size_t most) {
  while (t.rows.size() > most) {
    std::vector<std::int64_t> weights;
    weights.reserve(t.rows.size());
    for (const auto& r : t.rows) weights.push_back(r.counts.weight);
    // What would be left are those above the weight that stands at the bound's middle.
    const auto middle = weights.begin() + static_cast<std::ptrdiff_t>(most / 2);
    std::nth_element(weights.begin(), middle, weights.end(), std::greater<>{});
    const auto taken = std::max<std::int64_t>(*middle, 1);
    std::erase_if(t.rows, [&](auto& r) { return (r.counts.weight -= taken) <= 0; });
    t.bound += taken;
    t.index.clear();
  }
}

/// The counts under `name` in a table of heavy hitters that keeps at most `most`.
template <class Counts>
Counts& heavy(counted_table<Counts>& t, std::string_view name, std::size_t most) {
  std::size_t slot = 0;
  if (t.rows.size() >= most) {
    if (auto* known = find(t, name, stable_hash(name), slot)) return known->counts;
    make_room(t, most - 1);
  }
  return at(t, name);
}

template <class Counts>
void merge(counted_table<Counts>& to, const counted_table<Counts>& from) {
  to.bound += from.bound;
  for (const auto& r : from.rows)
    add_counts(at(to, r.name, r.hash != 0 ? r.hash : stable_hash(r.name)), r.counts);
}

/// Down to `most` names, the rest under `(other)`.
template <class Counts>
void fold_others(counted_table<Counts>& t, std::size_t most) {
  if (t.rows.size() <= most + 1) return;
  counted_table<Counts> kept;
  kept.bound = t.bound;
  for (auto& r : t.rows) add_counts(at_most(kept, r.name, most), r.counts);
  t = std::move(kept);
}

} // namespace riq::engine::analytics
