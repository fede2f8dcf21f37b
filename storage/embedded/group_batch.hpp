#pragma once
// One group of the writer's: the work that is written with one RocksDB write. Belongs to the
// writer's thread.

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include <rocksdb/write_batch.h>

#include "storage/embedded/group_offsets.hpp"
#include "storage/embedded/partition.hpp"
#include "storage/embedded/rocks.hpp"
#include "storage/state_store.hpp"

namespace riq::storage::embedded {

struct append_work {
  struct part {
    partition* where = nullptr;
    slab_ptr data;
  };
  std::vector<part> parts;
  std::vector<std::int64_t> offsets;
  durability safety = durability::synced;
  append_done done;
};

struct state_work {
  state_commit commit; ///< with nothing in it, the work only keeps its place in the order
  std::function<void(error)> done;
};

/// Runs on the writer's thread between two groups, and writes for itself.
struct task_work {
  std::function<error()> run;
  std::function<void(error)> done;
};

struct work {
  std::variant<append_work, state_work, task_work> what;
  std::size_t bytes = 0;
  std::size_t records = 0;
};

class group_batch {
 public:
  explicit group_batch(const rocks& db) : db_(db) {}

  void clear();
  void add(const append_work& w);
  void add(const state_work& w);
  void add(const std::vector<group_offsets::change>& changes);

  /// Encodes the records that were added. `now`: epoch milliseconds.
  void finish(std::int64_t now);

  /// After the write: the partitions that have new records, with their books brought up to date.
  const std::vector<partition*>& stored(std::size_t tail_bytes);

  rocksdb::WriteBatch& batch() { return batch_; }
  bool synced() const { return synced_; }
  bool empty() { return batch_.Count() == 0; }

 private:
  struct written {
    partition* where = nullptr;
    std::int64_t base = 0;
    std::int64_t end = 0;
    std::uint64_t bytes = 0;
  };
  void put_records(partition& p, std::size_t first, std::size_t last, std::int64_t now);
  void put_index(partition& p, const slab& s);

  const rocks& db_;
  rocksdb::WriteBatch batch_;
  std::vector<partition*> touched_;
  std::vector<written> written_;
  std::int64_t now_ = 0;
  bool synced_ = false;
};

std::string encode_segment(const segment& s);

} // namespace riq::storage::embedded
