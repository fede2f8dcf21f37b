#pragma once
// The port that says which shards are this node's. A shard's state may be changed and stored from
// `gained` until `lost`, and by one node only.
//
// Threading: the listener's functions are called on threads of the adapter, one at a time.

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "messages/error.hpp"

namespace riq::storage {

class shard_ownership {
 public:
  struct listener {
    /// The shards' states are in the state store, and theirs to change.
    std::function<void(std::vector<std::int32_t> shards)> gained;
    /// They go elsewhere. `released` is to be called when nothing of them runs any more and all
    /// that `may_store` allows is stored; it is waited for, but not for ever.
    std::function<void(std::vector<std::int32_t> shards, bool may_store,
                       std::function<void()> released)>
      lost;
  };

  virtual ~shard_ownership() = default;

  /// Returns at once; the listener hears what comes of it.
  virtual error start(listener who) = 0;

  /// Gives all shards up, so that others have them at once. False when they were not released
  /// within the time.
  virtual bool leave(std::chrono::milliseconds within) = 0;
};

/// Of a node that shares with nobody.
class sole_ownership final : public shard_ownership {
 public:
  explicit sole_ownership(std::int32_t shards) : all_(static_cast<std::size_t>(shards)) {
    std::iota(all_.begin(), all_.end(), 0);
  }

  error start(listener who) override {
    who_ = std::move(who);
    who_.gained(all_);
    return {};
  }

  bool leave(std::chrono::milliseconds within) override {
    if (!who_.lost) return true;
    auto released = std::make_shared<std::promise<void>>();
    auto heard = released->get_future();
    who_.lost(all_, true, [released] { released->set_value(); });
    return heard.wait_for(within) == std::future_status::ready;
  }

 private:
  std::vector<std::int32_t> all_;
  listener who_;
};

} // namespace riq::storage
