#pragma once
// What is known of the person a list is made for, as indices of one item model.

#include <array>
#include <cstdint>
#include <vector>

#include "engine/item_model.hpp"
#include "engine/user_state.hpp"

namespace riq::engine {

/// A few keys with weights: contexts have a handful of categories and brands.
class small_weights {
 public:
  static constexpr std::size_t capacity = 16;

  void clear() { size_ = 0; }
  void add(std::uint32_t key, float weight) {
    for (std::size_t i = 0; i < size_; ++i)
      if (keys_[i] == key) {
        values_[i] += weight;
        return;
      }
    if (size_ == capacity) return;
    keys_[size_] = key;
    values_[size_++] = weight;
  }
  /// The weight of the key, 0 when there is none.
  float of(std::uint32_t key) const {
    for (std::size_t i = 0; i < size_; ++i)
      if (keys_[i] == key) return values_[i];
    return 0;
  }
  std::size_t size() const { return size_; }
  std::uint32_t key(std::size_t i) const { return keys_[i]; }
  float value(std::size_t i) const { return values_[i]; }

 private:
  std::array<std::uint32_t, capacity> keys_{};
  std::array<float, capacity> values_{};
  std::size_t size_ = 0;
};

/// An item the person met, newest first in the list.
struct met_item {
  std::uint32_t item = 0;
  std::uint32_t kinds = 0; ///< bit_of(touch_kind)
  bool in_session = false; ///< in the session that goes on
  bool in_cart = false;
  float weight = 0; ///< how much it says about what comes next
};

struct context {
  static constexpr std::size_t max_met = 40;
  /// Only so many of the newest are asked for neighbours, pairs and tastes.
  static constexpr std::size_t focus = 12;

  std::vector<met_item> met;
  std::int64_t now = 0;
  small_weights categories; ///< by category node, summing to about 1
  small_weights parents;
  small_weights brands; ///< by brand group
  small_weights pairs;  ///< by group of brand and category
  small_weights bands;  ///< by group of price band and category
  small_weights tags;   ///< by tag group
  small_weights prices; ///< by category node: Σ weight·log price …
  small_weights priced; ///< … and Σ weight

  void clear(std::int64_t time);
  bool focused(std::size_t i) const { return i < focus && i < met.size(); }
  std::size_t focus_size() const { return met.size() < focus ? met.size() : focus; }
};

/// From the user's own state.
void fill_context(context& to, const user_state& user, const item_model& model, std::int64_t now);

/// From the session index: the session and, behind it, the user's one before.
void fill_context(context& to, const indexed_session& session, const item_model& model,
                  std::int64_t now);

} // namespace riq::engine
