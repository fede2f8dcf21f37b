#pragma once
// Who told which fact of an item. The catalogue has the last word; what events tell fills what it
// leaves out. The outcome does not depend on the order in which a node reads the two.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace riq::engine {

/// What is known of an item beside its facts: when events told them, and what they told of those
/// that the catalogue told, too.
struct heard_facts {
  static constexpr auto never = std::numeric_limits<std::int64_t>::min();
  enum fact : std::uint8_t { category = 1, brand = 2, price = 4 };
  struct words {
    std::string category;
    std::string brand;
    double price = 0;
  };

  std::int64_t category_at = never; ///< event time of the newest event that told it
  std::int64_t brand_at = never;
  std::int64_t price_at = never;
  std::int64_t deleted_at = never; ///< touches up to then are of an item that was deleted
  std::unique_ptr<words> overruled;
  std::uint8_t told = 0; ///< facts that are the catalogue's

  /// Takes the catalogue's word for `known`; if it has none, that of the events.
  template <class T>
  void overrule(fact which, T words::*kept, T& known, const T& word) {
    if ((told & which) == 0) {
      if (word == T{}) return;
      if (known != T{}) words_of()->*kept = std::move(known);
      told |= which;
    } else if (word == T{}) {
      told &= static_cast<std::uint8_t>(~which);
      known = overruled ? std::exchange((*overruled).*kept, T{}) : T{};
      return;
    }
    known = word;
  }

  /// Takes an event's word for `known` unless a newer event told it; of two at the same time the
  /// greater one counts. True when the caller is to put it in the place of `known`.
  template <class T>
  bool hear(fact which, T words::*kept, const T& known, std::int64_t& at, const T& word,
            std::int64_t time) {
    if (word == T{} || time < at) return false;
    const bool behind = (told & which) != 0;
    const T* before = !behind ? &known : overruled ? &((*overruled).*kept) : nullptr;
    const bool better = before == nullptr || (time > at ? *before != word : *before < word);
    at = time;
    if (!better) return false;
    if (behind) words_of()->*kept = word;
    return !behind;
  }

  /// Bytes of the texts that it keeps.
  std::size_t text_size() const {
    return overruled ? sizeof(words) + overruled->category.size() + overruled->brand.size() : 0;
  }

 private:
  words* words_of() {
    if (!overruled) overruled = std::make_unique<words>();
    return overruled.get();
  }
};

} // namespace riq::engine
