#pragma once
// The topics that exist. A topic is never removed, so pointers to one stay good.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "storage/embedded/partition.hpp"
#include "storage/event_log.hpp"

namespace riq::storage::embedded {

class pipeline;
class rocks;

struct topic {
  std::uint32_t id = 0;
  topic_options options; ///< the retention in it belongs to the writer's thread
  std::vector<std::shared_ptr<partition>> partitions;
};

class catalog {
 public:
  /// Nothing when there is no such topic.
  topic* find(std::string_view name) const;
  std::shared_ptr<partition> find(const topic_partition& where) const;
  std::vector<topic*> all() const;

  /// A topic that the database already knows.
  topic& add(std::uint32_t id, topic_options options);

  /// Event_log::ensure_topic.
  error ensure(const topic_options& wanted, const rocks& db, pipeline& writer);

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<topic>, std::less<>> topics_;
};

std::string encode_topic(std::uint32_t id, const topic_options& options);

/// The topic's number and options; nothing when the bytes are malformed.
std::optional<std::pair<std::uint32_t, topic_options>> decode_topic(std::string_view name,
                                                                    std::string_view value);

} // namespace riq::storage::embedded
