#pragma once
// Which items are met after one another, over a longer time than single sessions are kept.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/chunked.hpp"
#include "engine/item_ref.hpp"
#include "engine/prefetch.hpp"

namespace riq::engine {

/// Per item the few others that shared sessions with it, each with two decayed weights: how often
/// it came later and how often it came earlier. Pairs of neighbouring visits weigh more than pairs
/// further apart. A full list gives up its weakest entry.
class covisitation {
 public:
  static constexpr std::size_t capacity = 48;
  static constexpr double half_life_ms = 21 * 24 * 3'600'000.0;
  static constexpr int block_half_lives = 32;
  /// How many visits back a touch is paired with, and what each step costs.
  static constexpr std::size_t reach = 4;
  static constexpr float step = 0.7F;

  struct weights {
    float later = 0; ///< weight of "the other came after this one"
    float earlier = 0;
    float both() const { return later + earlier; }
  };
  struct list {
    std::int32_t block = 0; ///< the weights' landmark, see `moment`
    float total = 0;        ///< of all `later` weights ever added
    // Apart from each other, because every addition searches the items.
    std::vector<item_ref> items;
    std::vector<weights> worth;

    /// Of the other item, zero when the two were not met together.
    weights of(item_ref other) const;
    /// What one fresh co-visit weighs at `now`, in the units of this list.
    float one(std::int64_t now) const;
  };

  /// Forward decay (decay.hpp): what happens at a time weighs 2^(time since the landmark in
  /// half-lives). Landmarks lie `block_half_lives` apart, so moving a list to the next one is a
  /// multiplication by a power of two, which is exact.
  struct moment {
    std::int32_t block = 0;
    float weight = 1;
  };
  static moment at(std::int64_t time);

  /// `second` was met after `first` `when`.
  void add(item_ref first, item_ref second, float weight, const moment& when);

  /// Hints that the item's list will be read soon, and the entries of a list that is near already.
  void foresee(std::uint32_t index) const {
    if (index < lists_.size()) prefetch(lists_[index]);
  }
  void foresee_entries(std::uint32_t index) const;

  /// Forgets what came with the item, when its index is given to another one.
  void clear(std::uint32_t index);

  /// What shared sessions with the item; null when nothing did.
  const list* of(std::uint32_t index) const {
    return index < lists_.size() ? &lists_[index] : nullptr;
  }

  std::size_t memory() const {
    return lists_.memory() + entries_ * (sizeof(item_ref) + sizeof(weights));
  }

 private:
  list& grown(std::uint32_t index);
  void add_to(list& to, item_ref other, weights more);
  static float aligned(list& to, float weight, std::int32_t block);

  chunked<list> lists_;
  std::size_t entries_ = 0; // allocated, over all lists
};

} // namespace riq::engine
