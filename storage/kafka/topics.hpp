#pragma once
// The topics that the node uses: their partitions, and the range of offsets as far as it is known.
//
// Threading: any thread; `ensure` and `refresh` wait for the brokers. A topic that was found stays
// where it is until the table ends.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "storage/event_log.hpp"
#include "storage/kafka/client.hpp"
#include "storage/kafka/options.hpp"

namespace riq::storage::kafka {

struct topic {
  struct bounds {
    std::atomic<std::int64_t> begin{0};
    std::atomic<std::int64_t> end{0};
  };

  topic(std::string own, std::string broker, std::int32_t count)
    : name(std::move(own)), wire(std::move(broker)), partitions(count),
      ranges(static_cast<std::size_t>(count)) {}

  /// The partition is known to hold records up to here.
  void saw_end(std::int32_t partition, std::int64_t end);
  /// The brokers have dropped what was before.
  void saw_begin(std::int32_t partition, std::int64_t begin);
  offset_range range(std::int32_t partition) const;

  const std::string name;
  const std::string wire; ///< the name on the broker
  const std::int32_t partitions;
  std::vector<bounds> ranges;
};

class topic_table {
 public:
  topic_table(rd_kafka_t* client, const options& settings) : client_(client), settings_(settings) {}

  /// Makes the topic when it is missing, and learns where its partitions begin and end. One in
  /// which somebody is known to have been is not made anew.
  error ensure(const topic_options& wanted, const std::function<result<std::int64_t>()>& reached);

  /// Asks the brokers again where the partition begins and ends. Blocks for at most some times
  /// `timeout_ms`.
  error refresh(topic& t, std::int32_t partition, int timeout_ms) const;

  /// Null for a topic that was not ensured.
  topic* find(std::string_view name) const;
  std::vector<topic*> all() const;

 private:
  result<std::int32_t> partitions_on_broker(const std::string& wire) const;
  error create(const std::string& wire, const topic_options& wanted) const;
  result<std::int32_t> await_topic(const std::string& wire, const topic_options& wanted) const;

  rd_kafka_t* const client_;
  const options& settings_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<topic>, std::less<>> topics_;
};

} // namespace riq::storage::kafka
