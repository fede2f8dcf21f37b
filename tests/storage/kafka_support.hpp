#pragma once
// Adapters of the storage contract on Kafka: on librdkafka's mock cluster, and on a real broker
// that the environment names.

#include <cstdlib>
#include <memory>
#include <string>

#include <unistd.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "storage/kafka/log.hpp"
#include "tests/storage/support.hpp"

namespace riq::storage::test {

/// A name that no other test of this or another run has.
inline std::string unique_prefix() {
  static int count = 0;
  return "riq-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + "-" +
         std::to_string(std::chrono::system_clock::now().time_since_epoch().count() % 1'000'000) +
         ".";
}

inline kafka::options kafka_options(const std::string& servers, const std::string& prefix) {
  kafka::options out;
  out.client.bootstrap_servers = servers;
  out.client.topic_prefix = prefix;
  out.client.group_id = prefix + "group";
  out.groups = {"g", "h"};
  return out;
}

inline std::unique_ptr<kafka::kafka_log> open_log(kafka::options settings) {
  auto log = kafka::kafka_log::open(std::move(settings));
  if (!log) {
    ADD_FAILURE() << log.error().detail;
    std::abort();
  }
  return std::move(*log);
}

/// The log alone: users' states are the embedded store's business.
class kafka_adapter : public adapter {
 public:
  explicit kafka_adapter(kafka::options settings) : settings_(std::move(settings)) {}
  event_log& log() override {
    if (!log_) log_ = open_log(settings_);
    return *log_;
  }
  state_store& state() override { std::abort(); }
  void restart() override {
    log_.reset();
    log_ = open_log(settings_);
    EXPECT_FALSE(log_->ensure_topic({"events", 4}));
  }
  bool has_relaxed_at_once() const override { return false; }

 protected:
  void end() { log_.reset(); }

 private:
  kafka::options settings_;
  std::unique_ptr<kafka::kafka_log> log_;
};

/// The brokers of a mock cluster, which lives in a client.
class mock_cluster {
 public:
  explicit mock_cluster(int brokers = 1)
    : client_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)),
      cluster_(rd_kafka_mock_cluster_new(client_.get(), brokers)) {}
  ~mock_cluster() { rd_kafka_mock_cluster_destroy(cluster_); }
  mock_cluster(const mock_cluster&) = delete;
  rd_kafka_mock_cluster_t* operator*() const { return cluster_; }
  std::string servers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

 private:
  kafka::client_handle client_;
  rd_kafka_mock_cluster_t* cluster_;
};

class mock_kafka_adapter final : private mock_cluster, public kafka_adapter {
 public:
  mock_kafka_adapter() : kafka_adapter(kafka_options(servers(), "mock.")) {
    // The mock cannot be asked to make topics.
    rd_kafka_mock_topic_create(mock_cluster::operator*(), "mock.events", 4, 1);
  }
  ~mock_kafka_adapter() override { end(); }
  static std::unique_ptr<adapter> make() { return std::make_unique<mock_kafka_adapter>(); }
};

/// None without RIQ_TEST_BROKER=HOST:PORT.
class broker_adapter final : public kafka_adapter {
 public:
  using kafka_adapter::kafka_adapter;
  static std::unique_ptr<adapter> make() {
    const auto* servers = std::getenv("RIQ_TEST_BROKER");
    if (servers == nullptr) return nullptr;
    return std::make_unique<broker_adapter>(kafka_options(servers, unique_prefix()));
  }
};

} // namespace riq::storage::test
