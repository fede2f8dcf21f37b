#pragma once
// Where the sources put their finds: one candidate an item, found again in one step.

#include <cstdint>
#include <vector>

#include "engine/retrieval.hpp"

namespace riq::engine {

/// Scratch space of one thread. An entry of `places_` counts only when it carries the current
/// round's number, so that nothing has to be cleared between questions.
class candidate_pool {
 public:
  /// Starts a new round for a model with indices below `span`.
  void begin(std::uint32_t span) {
    if (places_.size() < span) places_.resize(span + span / 4 + 64);
    if (++round_ == 0) { // wrapped around: old marks could look new
      places_.assign(places_.size(), {});
      round_ = 1;
    }
    candidates_.clear();
  }

  /// The item's candidate. Whether the item is still there is not looked up yet, as that would wait
  /// for memory at each step: it is asked for, and `drop_stale` looks at all of them at once. When
  /// a stale and a live name of the same index meet, the live one stays.
  candidate& of(item_ref item, const item_model& model) {
    auto& place = places_[item.index()];
    if (place.round != round_) {
      place = {round_, static_cast<std::uint32_t>(candidates_.size())};
      auto& c = candidates_.emplace_back();
      c.item = item.index();
      c.generation = item.generation();
      model.foresee_stats(c.item);
      return c;
    }
    auto& c = candidates_[place.index];
    if (c.generation == item.generation()) return c;
    if (!model.live(item)) return nobody_ = {};
    c = {};
    c.item = item.index();
    c.generation = item.generation();
    return c;
  }

  void drop_stale(const item_model& model) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const auto& c = candidates_[i];
      if (!model.live(item_ref::of(c.item, c.generation))) continue;
      if (kept != i) candidates_[kept] = c;
      ++kept;
    }
    candidates_.resize(kept);
  }

  const candidate* find(std::uint32_t item) const {
    const auto& place = places_[item];
    return place.round == round_ ? &candidates_[place.index] : nullptr;
  }

  std::vector<candidate>& all() { return candidates_; }
  std::size_t size() const { return candidates_.size(); }

 private:
  struct place {
    std::uint32_t round = 0;
    std::uint32_t index = 0;
  };
  std::vector<place> places_;
  std::vector<candidate> candidates_;
  candidate nobody_; // takes what is said of items that are gone
  std::uint32_t round_ = 0;
};

} // namespace riq::engine
