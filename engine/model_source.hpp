#pragma once
// Where readers find the current epoch of the shared model.

#include <atomic>
#include <cstdint>
#include <memory>

#include "engine/bandit/population.hpp"
#include "engine/item_model.hpp"

namespace riq::engine {

/// What every node knows in common, as of one epoch; immutable once published.
struct shared_model {
  explicit shared_model(const model_settings& settings) : items(settings) {}
  item_model items;
  offer_population offers;
  std::uint64_t epoch = 0;
  std::uint64_t catalogue = 0;  ///< items put and deleted so far
  std::int64_t stream_time = 0; ///< newest event time in it
};

/// Hands the published model to any thread. One writer publishes.
class model_source {
 public:
  std::shared_ptr<const shared_model> get() const { return current_.load(); }
  std::uint64_t epoch() const { return epoch_.load(std::memory_order_acquire); }
  /// How many changes of the catalogue the current epoch has, a moment after `get` has them.
  std::uint64_t catalogue() const { return catalogue_.load(std::memory_order_acquire); }

  void publish(std::shared_ptr<const shared_model> next) {
    const auto epoch = next->epoch;
    const auto catalogue = next->catalogue;
    current_.store(std::move(next));
    catalogue_.store(catalogue, std::memory_order_release);
    epoch_.store(epoch, std::memory_order_release);
  }

 private:
  std::atomic<std::shared_ptr<const shared_model>> current_;
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::uint64_t> catalogue_{0};
};

} // namespace riq::engine
