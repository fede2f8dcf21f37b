#pragma once
// One event processor on a log in memory.

#include "actors/event_processor.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {

/// The processor's clock, which stands still.
inline constexpr std::int64_t noon = 1'700'000'000'000;

struct headers_of {
  record_headers list{{std::string{headers::received}, std::to_string(noon)}};
  headers_of& with(std::string_view name, std::string value) {
    list.emplace_back(std::string{name}, std::move(value));
    return *this;
  }
};

inline std::string view_of(const std::string& user, int n) {
  return R"({"userId":")" + user + R"(","eventType":"VIEW","productId":"p)" + std::to_string(n) +
         R"("})";
}

class processor_rig : public ::testing::Test {
 protected:
  processor_rig() {
    for (const auto topic : {topics::user_activity, topics::orders, topics::offer_decisions,
                             topics::processed_events, topics::dead_letters})
      log->ensure_topic({.name = std::string{topic}, .partitions = 1});
  }

  void start() {
    processor_config c;
    c.config = config;
    c.log = log;
    c.countries = std::make_shared<country_lookup>();
    c.bots = engine::bot_patterns::built_in();
    c.model = model;
    c.wall = [] { return noon; };
    processor = sys.spawn(riq::event_processor, c);
  }

  void append(std::string_view topic, const std::string& key, const std::string& value,
              headers_of with = {}, std::int64_t timestamp = noon) {
    storage::outgoing_record r;
    r.topic = topic;
    r.key = key;
    r.value = value;
    r.headers = std::move(with.list);
    r.timestamp = timestamp;
    ASSERT_FALSE(log->append({std::move(r)}, storage::durability::synced, {}));
  }

  void post(std::string_view topic, const std::string& key, const std::string& value,
            headers_of with = {}, std::int64_t timestamp = noon) {
    append(topic, key, value, std::move(with), timestamp);
    sys.drain();
  }

  void pass(std::int64_t ms) { sys.advance(std::chrono::milliseconds(ms)); }

  std::vector<event> published() {
    std::vector<event> out;
    for (const auto& r : log->records(topics::processed_events)) {
      out.push_back(*from_msgpack<event>(r.value));
      EXPECT_EQ(r.key, out.back().user_id);
    }
    return out;
  }

  const std::vector<log_record>& letters() { return log->records(topics::dead_letters); }

  static std::string header(const log_record& r, std::string_view name) {
    for (const auto& [key, value] : r.headers)
      if (key == name) return value;
    return {};
  }

  processor_status status() { return *sys.ask<processor_status>(processor, atom::status_v); }

  std::int64_t committed(std::string_view topic) {
    return log->committed(processor_group, {std::string{topic}, 0});
  }

  std::shared_ptr<settings> config = std::make_shared<settings>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  std::shared_ptr<engine::model_source> model = std::make_shared<engine::model_source>();
  deterministic_system sys;
  processor_actor processor;
};

} // namespace riq::testing
