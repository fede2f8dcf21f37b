#pragma once
// Positions of the groups that only remember how far they are. They have no members, so a client of
// each group may commit for it. The event processors' have witnesses, see witness.hpp.
//
// Threading: any thread; `load` and `flush` wait for the brokers.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "storage/kafka/client.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/topics.hpp"

namespace riq::storage::kafka {

/// What comes to a node with its positions.
enum class part : std::uint8_t { shard, processor };

class group_offsets {
 public:
  group_offsets(const options& settings, reachability& brokers)
    : settings_(settings), brokers_(brokers) {}

  error open();

  /// Learns what each group has committed of these partitions. Of the groups that come with that
  /// part it forgets what it knew; the others' members may run here, and be further.
  error load(const topic& t, std::int32_t first, std::int32_t last, part of);

  void commit(std::string_view group, const topic& t, std::int32_t partition, std::int64_t next);
  std::int64_t committed(std::string_view group, const topic& t, std::int32_t partition) const;

  /// How far anybody came in a topic that has a witness, whether or not it is still there; -1:
  /// nobody is known to have been there.
  result<std::int64_t> reached(std::string_view topic, std::int32_t partitions) const;

  /// Tells the brokers what changed; what they did not take waits for the next time.
  error flush();

 private:
  result<client_handle> connect(const std::string& group) const;
  std::string witness(const std::string& group, const topic& t) const;
  error ask(rd_kafka_t* client, rd_kafka_topic_partition_list_t* list,
            const std::string& group) const;

  using place = std::tuple<std::string, const topic*, std::int32_t>; // of a group

  const options& settings_;
  reachability& brokers_;
  std::map<std::string, client_handle, std::less<>> clients_; // by group
  mutable std::mutex mutex_;
  std::map<place, std::int64_t> offsets_;
  std::map<place, std::int64_t> changed_;
};

} // namespace riq::storage::kafka
