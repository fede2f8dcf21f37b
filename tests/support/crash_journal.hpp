#pragma once
// What a crash may take back. The memory log and the memory store write their lazily synced steps
// into one journal, as the real ones share one write-ahead log: a crash undoes the newest steps of
// both, in order, and never one without all that came after it.

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace riq::testing {

class crash_journal {
 public:
  /// A step was taken; `undo` takes it back.
  void did(std::function<void()> undo) { steps_.push_back(std::move(undo)); }

  /// Everything so far is safe.
  void synced() { steps_.clear(); }

  /// How many steps a crash could take back.
  std::size_t unsynced() const { return steps_.size(); }

  /// Takes the newest `steps` back; what is left has survived.
  void crash(std::size_t steps) {
    for (; steps > 0 && !steps_.empty(); --steps) {
      steps_.back()();
      steps_.pop_back();
    }
    steps_.clear();
  }

 private:
  std::vector<std::function<void()>> steps_;
};

} // namespace riq::testing
