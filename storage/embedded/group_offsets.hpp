#pragma once
// What the consumer groups have committed: all of it in memory, the changes on their way to the
// database with the writer's next group.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace riq::storage::embedded {

class group_offsets {
 public:
  struct change {
    std::string key;       ///< see group_key
    std::int64_t next = 0; ///< -1: the group is forgotten
  };

  void restore(std::string_view key, std::int64_t next);
  void commit(std::string_view group, std::uint32_t topic, std::int32_t partition,
              std::int64_t next);

  /// Forgets every other group.
  void keep(const std::vector<std::string>& groups, std::uint32_t topic, std::int32_t partition);

  /// -1 when the group has committed nothing.
  std::int64_t committed(std::string_view group, std::uint32_t topic, std::int32_t partition) const;

  /// The lowest offset that some group still needs, the highest number when there is no group.
  std::int64_t needed(std::uint32_t topic, std::int32_t partition) const;

  /// The highest offset that some group has committed, -1 when there is no group.
  std::int64_t highest(std::uint32_t topic, std::int32_t partition) const;

  /// What is not yet in the database. The caller writes it, or gives it back.
  std::vector<change> take();
  void give_back(std::vector<change> changes);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t, std::less<>> offsets_;
  std::map<std::string, std::int64_t, std::less<>> changed_;
};

} // namespace riq::storage::embedded
