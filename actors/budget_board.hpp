#pragma once
// What is left of the campaigns' budgets on one shard, for its users to decide with. The shard
// publishes it as its log says; a decision that was made with an older view is void when it does
// not fit.
//
// Threading: one shard writes, its users read on any scheduler thread.

#include <atomic>
#include <memory>

#include "engine/bandit/decide.hpp"

namespace riq {

class budget_board {
 public:
  std::shared_ptr<const engine::budget_view> get() const { return current_.load(); }
  void publish(std::shared_ptr<const engine::budget_view> next) { current_.store(std::move(next)); }

 private:
  std::atomic<std::shared_ptr<const engine::budget_view>> current_{
    std::make_shared<const engine::budget_view>()};
};

} // namespace riq
