#pragma once
// librdkafka's handles as owned values, its configuration out of ours, its errors as ours.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <librdkafka/rdkafka.h>

#include "config/settings.hpp"
#include "messages/error.hpp"
#include "storage/kafka/statistics.hpp"

namespace riq::storage::kafka {

template <auto destroy>
struct destroyed_by {
  template <class T>
  void operator()(T* x) const {
    destroy(x);
  }
};

using client_handle = std::unique_ptr<rd_kafka_t, destroyed_by<rd_kafka_destroy>>;
using queue_handle = std::unique_ptr<rd_kafka_queue_t, destroyed_by<rd_kafka_queue_destroy>>;
using topic_handle = std::unique_ptr<rd_kafka_topic_t, destroyed_by<rd_kafka_topic_destroy>>;
using error_handle = std::unique_ptr<rd_kafka_error_t, destroyed_by<rd_kafka_error_destroy>>;
using partition_list = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                       destroyed_by<rd_kafka_topic_partition_list_destroy>>;

/// Asked by what takes long, between its steps: whether the node stops, and nobody wants it any
/// more.
using stop_asked = std::function<bool()>;

error to_error(rd_kafka_resp_err_t code, std::string_view doing);
error to_error(const rd_kafka_error_t& e, std::string_view doing);

/// The client learns which brokers lead the topic's partitions, those of all topics it knows when
/// `of` is null; left to itself it looks once a second, or when it next uses them. False: nobody
/// answered.
bool learn_leaders(rd_kafka_t* client, rd_kafka_topic_t* of, int timeout_ms);

/// Of the brokers, made once with their storage; empty: nobody answered.
std::string cluster_id(rd_kafka_t* client, int timeout_ms);

/// Asks the leader for the offsets that the partition holds. A client that neither reads nor writes
/// it does not notice that another broker leads now: after a failure it learns the leaders anew,
/// and asks once more where that may help. Blocks for at most about three times `timeout_ms`.
rd_kafka_resp_err_t query_range(rd_kafka_t* client, const std::string& topic,
                                std::int32_t partition, int timeout_ms, std::int64_t& begin,
                                std::int64_t& end);

/// Whether brokers can be reached, as far as the clients that share this have noticed, and their
/// figures. Any thread.
class reachability {
 public:
  void lost(std::string_view why);
  void found();
  error health() const;
  /// Of one broker: nobody listens there, or one side does not accept what the other shows.
  void connection_failed(std::string_view why);
  std::string connection_failure() const; ///< the last; empty when there was none
  bool is_lost() const { return lost_.load(std::memory_order_relaxed); }
  statistics& figures() { return figures_; }

 private:
  std::atomic<bool> lost_{false};
  mutable std::mutex mutex_;
  std::string why_;
  std::string connection_failure_;
  statistics figures_;
};

/// Builds one client. The first property that is wrong is told by `make`.
class client_config {
 public:
  /// `clients` is told of lost brokers, from the thread that polls the client; it may be null.
  client_config(const kafka_settings& settings, reachability* clients);
  client_config(const client_config&) = delete;
  ~client_config();

  client_config& set(const char* name, const std::string& value);
  client_config& set(const char* name, std::int64_t value) {
    return set(name, std::to_string(value));
  }
  /// The client reports its figures under that name, which must be short, to whoever polls it.
  client_config& reports(const std::string& name);
  rd_kafka_conf_t* raw() { return conf_; }

  /// Properties of the settings' list come last. `ec::invalid` names the property that is wrong.
  result<client_handle> make(rd_kafka_type_t type);

 private:
  const kafka_settings& settings_;
  rd_kafka_conf_t* conf_;
  error wrong_;
};

} // namespace riq::storage::kafka
