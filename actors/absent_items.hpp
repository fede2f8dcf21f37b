#pragma once
// Which items are out of stock, of those that somebody cares for: what a shard has to know to tell
// that one came back. It is one entry of the store, which on Kafka is one record, so it is bounded
// in bytes; beyond that, what went out of stock first is forgotten, and its return is no news.

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace riq {

class absent_items {
 public:
  /// Stored; half of what any broker takes. Some twenty thousand ids of twenty bytes.
  static constexpr std::size_t most_bytes = std::size_t{512} << 10;

  void insert(std::string item) {
    if (places_.contains(item)) return;
    bytes_ += stored_size(item);
    const auto at = by_age_.insert(by_age_.end(), std::move(item));
    places_.emplace(*at, at);
    while (bytes_ > most_bytes) remove(by_age_.begin());
  }

  /// False when it was not there.
  bool erase(std::string_view item) {
    const auto found = places_.find(item);
    if (found == places_.end()) return false;
    remove(found->second);
    return true;
  }

  template <class Predicate>
  void keep_if(Predicate&& wanted) {
    for (auto at = by_age_.begin(); at != by_age_.end();) {
      const auto here = at++;
      if (!wanted(*here)) remove(here);
    }
  }

  /// What went first comes first.
  std::vector<std::string> all() const { return {by_age_.begin(), by_age_.end()}; }
  std::size_t size() const { return places_.size(); }

 private:
  using ages = std::list<std::string>;

  static std::size_t stored_size(const std::string& item) { return item.size() + 3; } // at most

  void remove(ages::iterator at) {
    bytes_ -= stored_size(*at);
    places_.erase(*at);
    by_age_.erase(at);
  }

  ages by_age_;
  std::unordered_map<std::string_view, ages::iterator> places_; ///< views of what by_age_ holds
  std::size_t bytes_ = 0;
};

} // namespace riq
