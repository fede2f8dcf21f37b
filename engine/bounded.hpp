#pragma once
// Small lists of a user's state: sized tightly, because a million of them are resident, and
// bounded.

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace riq::engine {

/// Room for one more element, growing by a quarter: a short list wastes nothing, a long one is not
/// copied at each step.
template <class T>
void grow_tightly(std::vector<T>& list) {
  if (list.size() == list.capacity()) list.reserve(list.size() + list.size() / 4 + 1);
}

/// Appends, and drops the oldest when the list is full.
template <class T>
void append_bounded(std::vector<T>& list, T value, std::size_t bound) {
  if (list.size() >= bound) {
    std::move(list.begin() + 1, list.end(), list.begin());
    list.back() = std::move(value);
    return;
  }
  grow_tightly(list);
  list.push_back(std::move(value));
}

/// Makes the element at `at` the newest.
template <class T>
void move_to_back(std::vector<T>& list, typename std::vector<T>::iterator at) {
  std::rotate(at, at + 1, list.end());
}

} // namespace riq::engine
