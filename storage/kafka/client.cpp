#include "storage/kafka/client.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <utility>

#include <sys/prctl.h>

#include <spdlog/spdlog.h>

namespace riq::storage::kafka {

namespace {

ec code_of(rd_kafka_resp_err_t code) {
  switch (code) {
  case RD_KAFKA_RESP_ERR__QUEUE_FULL:
    return ec::queue_full;
  case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
  case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
  case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    return ec::not_found;
  case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    return ec::too_large;
  default:
    return ec::storage;
  }
}

void log_line(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  // Errors reach whoever asked; what the library says on its own helps to find out why.
  const auto at = level <= 3 ? spdlog::level::warn : spdlog::level::debug;
  spdlog::log(at, "kafka: {} {}: {}", rd_kafka_name(client), facility, text);
}

void on_error(rd_kafka_t*, int code, const char* why, void* opaque) {
  if (opaque == nullptr) return;
  auto& brokers = *static_cast<reachability*>(opaque);
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) brokers.lost(why);
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL ||
      code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__RESOLVE)
    brokers.connection_failed(why);
}

int on_statistics(rd_kafka_t*, char* json, std::size_t size, void* opaque) {
  if (opaque != nullptr) static_cast<reachability*>(opaque)->figures().reported({json, size});
  return 0; // the library frees the text
}

/// Before 2.4 a client's main thread waits for its next timer in whole milliseconds, and looks
/// again and again for what is left of the last one (confluentinc/librdkafka#4684): with a timer
/// each second a client without work takes a thousandth of a core. The kernel may wake it later.
rd_kafka_resp_err_t on_thread(rd_kafka_t*, rd_kafka_thread_type_t type, const char*, void*) {
  constexpr unsigned long late_ns = 2'000'000;
  if (type == RD_KAFKA_THREAD_MAIN) ::prctl(PR_SET_TIMERSLACK, late_ns);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_new(rd_kafka_t* client, const rd_kafka_conf_t*, void*, char*, std::size_t) {
  return rd_kafka_interceptor_add_on_thread_start(client, "retargetiq", on_thread, nullptr);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

} // namespace

error to_error(rd_kafka_resp_err_t code, std::string_view doing) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return {code_of(code), "", "Kafka: " + std::string{doing} + ": " + rd_kafka_err2str(code)};
}

error to_error(const rd_kafka_error_t& e, std::string_view doing) {
  return {code_of(rd_kafka_error_code(&e)), "",
          "Kafka: " + std::string{doing} + ": " + rd_kafka_error_string(&e)};
}

bool learn_leaders(rd_kafka_t* client, rd_kafka_topic_t* of, int timeout_ms) {
  const rd_kafka_metadata_t* leaders = nullptr;
  if (rd_kafka_metadata(client, 0, of, &leaders, timeout_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return false;
  rd_kafka_metadata_destroy(leaders);
  return true;
}

std::string cluster_id(rd_kafka_t* client, int timeout_ms) {
  const std::unique_ptr<char, decltype(&::free)> id{rd_kafka_clusterid(client, timeout_ms), ::free};
  return id ? id.get() : std::string{};
}

rd_kafka_resp_err_t query_range(rd_kafka_t* client, const std::string& topic,
                                std::int32_t partition, int timeout_ms, std::int64_t& begin,
                                std::int64_t& end) {
  const auto ask = [&] {
    return rd_kafka_query_watermark_offsets(client, topic.c_str(), partition, &begin, &end,
                                            timeout_ms);
  };
  const auto code = ask();
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return code;
  const topic_handle asked{rd_kafka_topic_new(client, topic.c_str(), nullptr)};
  if (!learn_leaders(client, asked.get(), timeout_ms)) return code;
  const bool moved = code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
                     code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
                     code == RD_KAFKA_RESP_ERR__TRANSPORT;
  return moved ? ask() : code;
}

void reachability::lost(std::string_view why) {
  const std::lock_guard lock(mutex_);
  why_ = why;
  lost_ = true;
}

void reachability::connection_failed(std::string_view why) {
  const std::lock_guard lock(mutex_);
  connection_failure_ = why;
}

std::string reachability::connection_failure() const {
  const std::lock_guard lock(mutex_);
  return connection_failure_;
}

void reachability::found() {
  if (lost_.load(std::memory_order_relaxed)) lost_ = false;
}

error reachability::health() const {
  if (!is_lost()) return {};
  const std::lock_guard lock(mutex_);
  return {ec::storage, "", "no Kafka broker can be reached: " + why_};
}

client_config::client_config(const kafka_settings& settings, reachability* clients)
  : settings_(settings), conf_(rd_kafka_conf_new()) {
  rd_kafka_conf_set_log_cb(conf_, log_line);
  rd_kafka_conf_set_error_cb(conf_, on_error);
  rd_kafka_conf_set_opaque(conf_, clients);
  rd_kafka_conf_interceptor_add_on_new(conf_, "retargetiq", on_new, nullptr);
  set("bootstrap.servers", settings.bootstrap_servers);
  set("client.id", "retargetiq"); // short: a long one can crash old versions of the library
  set("socket.nagle.disable", "true");
  set("reconnect.backoff.max.ms", 2'000);
  set("security.protocol", lower(settings.security_protocol));
  if (lower(settings.security_protocol).starts_with("sasl")) {
    set("sasl.mechanisms", settings.sasl_mechanism);
    set("sasl.username", settings.sasl_username);
    set("sasl.password", settings.sasl_password);
  }
  if (!settings.ssl_ca_location.empty()) set("ssl.ca.location", settings.ssl_ca_location);
  if (!settings.ssl_certificate_location.empty())
    set("ssl.certificate.location", settings.ssl_certificate_location);
  if (!settings.ssl_key_location.empty()) set("ssl.key.location", settings.ssl_key_location);
}

client_config::~client_config() {
  if (conf_ != nullptr) rd_kafka_conf_destroy(conf_);
}

client_config& client_config::set(const char* name, const std::string& value) {
  char why[256] = {};
  if (!wrong_ && rd_kafka_conf_set(conf_, name, value.c_str(), why, sizeof why) != RD_KAFKA_CONF_OK)
    wrong_ = {ec::invalid, "kafka", std::string{name} + ": " + why};
  return *this;
}

client_config& client_config::reports(const std::string& name) {
  rd_kafka_conf_set_stats_cb(conf_, on_statistics);
  return set("client.id", name).set("statistics.interval.ms", statistics::interval_ms);
}

result<client_handle> client_config::make(rd_kafka_type_t type) {
  for (const auto& property : settings_.properties) {
    const auto equals = std::min(property.find('='), property.size() - 1);
    // Consumers and producers share one list: what the other kind has is none of this one's.
    const auto name = property.substr(0, equals);
    char why[256] = {};
    if (!wrong_ && rd_kafka_conf_set(conf_, name.c_str(), property.substr(equals + 1).c_str(), why,
                                     sizeof why) != RD_KAFKA_CONF_OK)
      wrong_ = {ec::invalid, "kafka.properties", name + ": " + why};
  }
  if (wrong_) return wrong_;
  char why[512] = {};
  client_handle made{rd_kafka_new(type, conf_, why, sizeof why)};
  if (!made) return error{ec::invalid, "kafka", why};
  conf_ = nullptr; // the client's now
  return made;
}

} // namespace riq::storage::kafka
