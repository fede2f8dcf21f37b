#pragma once
// The state store port. Commits take the pipeline; reads take the readers, behind the pipeline when
// a commit of what they ask for is still queued, so that a read sees every commit before it.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "storage/embedded/pipeline.hpp"
#include "storage/embedded/readers.hpp"
#include "storage/embedded/rocks.hpp"
#include "storage/state_store.hpp"

namespace riq::storage::embedded {

class embedded_state final : public state_store {
 public:
  embedded_state(const rocks& db, pipeline& writer, readers& pool, const options& settings)
    : db_(db), writer_(writer), pool_(pool), settings_(settings) {}

  error load(std::int32_t shard, std::vector<std::string> keys, load_done done) override;
  error commit(state_commit batch, std::function<void(error)> done) override;
  std::int64_t position(std::int32_t shard) const override;
  error due(std::int32_t shard, due_entry from, std::int64_t until, std::size_t limit,
            due_done done) override;
  error scan(std::int32_t shard, std::string from, std::size_t limit, scan_done done) override;
  std::uint64_t approximate_keys(std::int32_t shard) const override;
  std::uint64_t bytes_on_disk() const override;

  /// Looks at the files for the figures above. Blocks; for opening and the upkeep thread.
  void measure();

 private:
  /// Where a shard's due index begins: nothing is due before it. Saves each query the way over the
  /// tombstones of all that was due once.
  struct due_floor {
    std::int64_t floor = 0;
    std::uint64_t version = 0; ///< of commits with wake-ups
  };

  std::uint64_t count_keys(std::int32_t shard) const;
  error read(bool after_commits, readers::task task);
  void read_due(std::int32_t shard, const due_entry& from, std::int64_t until, std::size_t limit,
                const due_done& done);

  const rocks& db_;
  pipeline& writer_;
  readers& pool_;
  const options& settings_;

  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::uint32_t> queued_; // hashes of keys in queued commits
  std::unordered_map<std::int32_t, due_floor> floors_;
  std::unordered_map<std::int32_t, std::uint64_t> keys_; // by shard, as measured
  std::atomic<std::uint64_t> bytes_{0};                  // on disk, as measured
  std::atomic<std::size_t> waiting_{0};                  // reads behind the pipeline
};

} // namespace riq::storage::embedded
