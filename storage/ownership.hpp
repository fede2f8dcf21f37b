#pragma once
// The port that says which shards are this node's. A shard's state may be changed and stored from
// `gained` until `lost`, and by one node only. Event processors are shared out in the same way.
//
// Threading: the listener's functions are called on threads of the adapter, one at a time.

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "config/fields.hpp"
#include "messages/error.hpp"

namespace riq::storage {

/// How a shard's state comes to this node, or came.
struct shard_restore {
  std::int32_t shard = 0;
  bool done = false;
  std::int64_t since = 0;   ///< epoch ms of its beginning
  double took_ms = 0;       ///< until now, or in all
  std::int64_t records = 0; ///< of the changelog, read
  std::int64_t left = 0;    ///< offsets of the changelog still to read; some hold no record
  std::uint64_t bytes = 0;  ///< of keys and values
  static constexpr auto fields() {
    using s = shard_restore;
    return std::tuple{field("shard", &s::shard),     field("done", &s::done),
                      field("since", &s::since),     field("tookMs", &s::took_ms),
                      field("records", &s::records), field("left", &s::left),
                      field("bytes", &s::bytes)};
  }
};

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

  /// Another node gives shards up, as far as is known: whose they are from now on is wanted soon.
  /// Any thread.
  virtual void expect_change() {}

  /// Nothing once it is known what is this node's and all of that is here, else what is missing.
  virtual error unready() const = 0;

  /// Of the shards that came here since the start, the last time of each. Empty where nothing
  /// moves.
  virtual std::vector<shard_restore> restores() const { return {}; }
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

  error unready() const override { return {}; }

 private:
  std::vector<std::int32_t> all_;
  listener who_;
};

} // namespace riq::storage
