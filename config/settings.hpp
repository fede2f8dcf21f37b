#pragma once
// Every setting of a node, with its default. `config/retargetiq.toml` explains each; defaults with
// unit and reason stand in defaults.hpp. The loader walks the field lists, so a setting that is
// declared here can be set by file, by environment and by `--set section.key=value`.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/campaign.hpp"
#include "config/defaults.hpp"
#include "config/fields.hpp"
#include "config/trigger_settings.hpp"

namespace riq {

struct node_settings {
  std::string data_dir = defaults::data_dir;
  std::string log_level = "info";   ///< trace, debug, info, warn, error
  std::uint32_t worker_threads = 0; ///< CAF's scheduler, 0: one a core, at least two
  std::vector<std::string> roles{"gateway", "processor", "shards"}; ///< what the node does
  static constexpr auto fields() {
    return std::tuple{field("data_dir", &node_settings::data_dir),
                      field("log_level", &node_settings::log_level),
                      field("worker_threads", &node_settings::worker_threads),
                      field("roles", &node_settings::roles)};
  }
  bool has_role(std::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  }
};

/// The listener list: all routes are served on every port; the seed system's ports are there so
/// that its clients work as they are. 0 turns a port off.
struct listen_settings {
  std::string address = "127.0.0.1";
  std::uint16_t http = 8080;
  std::uint16_t activity = 8081;
  std::uint16_t orders = 8082;
  std::uint16_t event_processor = 8083;
  std::uint16_t analytics = 8084;
  std::uint16_t features = 8085;
  std::uint16_t retrieval = 8086;
  std::uint16_t ranking = 8087;
  std::uint16_t recommendations = 8088;
  std::uint16_t offers = 8089;
  std::uint16_t dashboard = 3000;
  std::vector<std::string> only; ///< HOST:PORT; when given, these and no others (`--listen`)
  static constexpr auto fields() {
    using s = listen_settings;
    return std::tuple{field("address", &s::address),
                      field("http", &s::http),
                      field("activity", &s::activity),
                      field("orders", &s::orders),
                      field("event_processor", &s::event_processor),
                      field("analytics", &s::analytics),
                      field("features", &s::features),
                      field("retrieval", &s::retrieval),
                      field("ranking", &s::ranking),
                      field("recommendations", &s::recommendations),
                      field("offers", &s::offers),
                      field("dashboard", &s::dashboard),
                      field("only", &s::only)};
  }
};

struct http_settings {
  std::uint32_t io_threads = defaults::http_io_threads;
  std::uint32_t max_connections = defaults::http_max_connections;
  std::uint32_t max_in_flight = defaults::http_max_in_flight;
  std::uint32_t max_in_flight_per_user = defaults::http_max_in_flight_per_user;
  std::uint32_t header_bytes = defaults::http_header_bytes;
  std::uint32_t body_bytes = defaults::http_body_bytes;
  std::uint32_t line_bytes = defaults::http_line_bytes;
  std::uint32_t header_timeout_ms = defaults::http_header_timeout_ms;
  std::uint32_t body_timeout_ms = defaults::http_body_timeout_ms;
  std::uint32_t idle_timeout_ms = defaults::http_idle_timeout_ms;
  std::uint32_t deadline_ms = defaults::http_deadline_ms;
  std::uint32_t after_wait_ms = defaults::http_after_wait_ms;
  std::vector<std::string> trusted_proxies; ///< addresses whose X-Forwarded-For is believed
  static constexpr auto fields() {
    using s = http_settings;
    return std::tuple{field("io_threads", &s::io_threads),
                      field("max_connections", &s::max_connections),
                      field("max_in_flight", &s::max_in_flight),
                      field("max_in_flight_per_user", &s::max_in_flight_per_user),
                      field("header_bytes", &s::header_bytes),
                      field("body_bytes", &s::body_bytes),
                      field("line_bytes", &s::line_bytes),
                      field("header_timeout_ms", &s::header_timeout_ms),
                      field("body_timeout_ms", &s::body_timeout_ms),
                      field("idle_timeout_ms", &s::idle_timeout_ms),
                      field("deadline_ms", &s::deadline_ms),
                      field("after_wait_ms", &s::after_wait_ms),
                      field("trusted_proxies", &s::trusted_proxies)};
  }
};

struct api_key_settings {
  std::string name;
  std::string sha256;              ///< hex SHA-256 of the key
  std::vector<std::string> scopes; ///< write, read, admin (which holds the others)
  static constexpr auto fields() {
    return std::tuple{field("name", &api_key_settings::name),
                      field("sha256", &api_key_settings::sha256),
                      field("scopes", &api_key_settings::scopes)};
  }
};

struct auth_settings {
  std::string mode = "auto"; ///< auto: off on loopback while no key is configured; keys; off
  std::vector<api_key_settings> keys;
  std::string token_secret; ///< signs decision ids; empty: made at first start, kept in data_dir
  static constexpr auto fields() {
    return std::tuple{field("mode", &auth_settings::mode), field("keys", &auth_settings::keys),
                      field("token_secret", &auth_settings::token_secret)};
  }
};

struct log_settings {
  std::string kind = "embedded";
  std::int32_t partitions = defaults::log_partitions; ///< shards; fixed once a data_dir exists
  bool fsync = true;
  std::uint32_t queue_records = defaults::log_queue_records;
  std::uint64_t queue_bytes = defaults::log_queue_bytes;
  std::uint64_t tail_bytes = defaults::log_tail_bytes;
  std::uint64_t cache_bytes = defaults::log_cache_bytes;
  std::uint64_t reserve_bytes = defaults::log_reserve_bytes;
  std::uint64_t retention_bytes = defaults::log_retention_bytes;
  std::uint32_t retention_hours = defaults::log_retention_hours;
  bool repair = false; ///< open a damaged data_dir with what can be recovered
  static constexpr auto fields() {
    using s = log_settings;
    return std::tuple{field("kind", &s::kind),
                      field("partitions", &s::partitions),
                      field("fsync", &s::fsync),
                      field("queue_records", &s::queue_records),
                      field("queue_bytes", &s::queue_bytes),
                      field("tail_bytes", &s::tail_bytes),
                      field("cache_bytes", &s::cache_bytes),
                      field("reserve_bytes", &s::reserve_bytes),
                      field("retention_bytes", &s::retention_bytes),
                      field("retention_hours", &s::retention_hours),
                      field("repair", &s::repair)};
  }
};

/// Used with log.kind = "kafka" only.
struct kafka_settings {
  std::string bootstrap_servers = "127.0.0.1:9092";
  std::string group_id = "retargetiq"; ///< the nodes of one cluster share it
  std::string topic_prefix;            ///< before each topic's name
  std::int32_t replication = 0;        ///< of topics that are made, 0: the broker's default
  std::uint32_t linger_ms = defaults::kafka_linger_ms;
  std::uint32_t delivery_timeout_ms = defaults::kafka_delivery_timeout_ms;
  std::uint32_t session_timeout_ms = defaults::kafka_session_timeout_ms;
  std::string assignor = "auto"; ///< auto, cooperative-sticky, range
  std::string security_protocol = "plaintext";
  std::string sasl_mechanism = "PLAIN";
  std::string sasl_username;
  std::string sasl_password;
  std::string ssl_ca_location; ///< PEM files
  std::string ssl_certificate_location;
  std::string ssl_key_location;
  std::vector<std::string> properties; ///< NAME=VALUE of librdkafka, stronger than all above
  static constexpr auto fields() {
    using s = kafka_settings;
    return std::tuple{field("bootstrap_servers", &s::bootstrap_servers),
                      field("group_id", &s::group_id),
                      field("topic_prefix", &s::topic_prefix),
                      field("replication", &s::replication),
                      field("linger_ms", &s::linger_ms),
                      field("delivery_timeout_ms", &s::delivery_timeout_ms),
                      field("session_timeout_ms", &s::session_timeout_ms),
                      field("assignor", &s::assignor),
                      field("security_protocol", &s::security_protocol),
                      field("sasl_mechanism", &s::sasl_mechanism),
                      field("sasl_username", &s::sasl_username),
                      field("sasl_password", &s::sasl_password),
                      field("ssl_ca_location", &s::ssl_ca_location),
                      field("ssl_certificate_location", &s::ssl_certificate_location),
                      field("ssl_key_location", &s::ssl_key_location),
                      field("properties", &s::properties)};
  }
};

/// Mutual TLS between nodes: all three or none. PEM files.
struct link_tls_settings {
  std::string certificate; ///< this node's, with its chain
  std::string key;
  std::string ca; ///< what the other nodes' certificates are signed by
  static constexpr auto fields() {
    using s = link_tls_settings;
    return std::tuple{field("certificate", &s::certificate), field("key", &s::key),
                      field("ca", &s::ca)};
  }
  bool wanted() const { return !certificate.empty(); }
};

/// How the nodes of a cluster reach each other.
struct cluster_settings {
  std::string endpoint; ///< this node's HOST:PORT for the other nodes; empty: nobody asks it
  link_tls_settings tls;
  static constexpr auto fields() {
    return std::tuple{field("endpoint", &cluster_settings::endpoint),
                      field("tls", &cluster_settings::tls)};
  }
};

struct processor_settings {
  bool bot_filter = true;
  std::string bot_patterns; ///< JSON file of crawler-user-agents; empty: the one the build brought
  std::uint32_t max_events_per_10s = defaults::processor_max_events_per_10s; ///< a user's, 0: any
  std::string country_database; ///< .mmdb file; empty: the one the build brought
  std::uint32_t max_future_sec = defaults::processor_max_future_sec;
  std::uint32_t max_past_days = defaults::processor_max_past_days;
  std::string default_currency = "USD";
  static constexpr auto fields() {
    using s = processor_settings;
    return std::tuple{field("bot_filter", &s::bot_filter),
                      field("bot_patterns", &s::bot_patterns),
                      field("max_events_per_10s", &s::max_events_per_10s),
                      field("country_database", &s::country_database),
                      field("max_future_sec", &s::max_future_sec),
                      field("max_past_days", &s::max_past_days),
                      field("default_currency", &s::default_currency)};
  }
};

struct shard_settings {
  std::uint64_t resident_users = defaults::resident_users; ///< of the node, over all its shards
  std::uint32_t passivate_after_sec = defaults::passivate_after_sec;
  std::uint32_t snapshot_after_ms = defaults::snapshot_after_ms;
  std::uint32_t commit_every_ms = defaults::commit_every_ms;
  std::uint32_t credit_records = defaults::shard_credit_records;
  static constexpr auto fields() {
    using s = shard_settings;
    return std::tuple{field("resident_users", &s::resident_users),
                      field("passivate_after_sec", &s::passivate_after_sec),
                      field("snapshot_after_ms", &s::snapshot_after_ms),
                      field("commit_every_ms", &s::commit_every_ms),
                      field("credit_records", &s::credit_records)};
  }
};

struct feature_settings {
  std::uint32_t session_gap_min = defaults::session_gap_min;
  std::uint32_t abandon_after_min = defaults::abandon_after_min;
  std::uint32_t high_value_orders_30d = defaults::high_value_orders_30d;
  double high_value_spend_30d = defaults::high_value_spend_30d;
  static constexpr auto fields() {
    using s = feature_settings;
    return std::tuple{field("session_gap_min", &s::session_gap_min),
                      field("abandon_after_min", &s::abandon_after_min),
                      field("high_value_orders_30d", &s::high_value_orders_30d),
                      field("high_value_spend_30d", &s::high_value_spend_30d)};
  }
};

struct ranking_settings {
  double user_pref = 0.4;
  double item_quality = 0.3;
  double recency = 0.2;
  double diversity = 0.1;
  std::uint32_t candidates = defaults::candidates;
  std::uint32_t cache_ms = defaults::recommendation_cache_ms;
  std::uint32_t refresh_ms = defaults::recommendation_refresh_ms;
  std::uint32_t max_per_category = 0; ///< of one list, 0: any number
  std::uint32_t max_per_brand = 0;
  static constexpr auto fields() {
    using s = ranking_settings;
    return std::tuple{field("user_pref", &s::user_pref),
                      field("item_quality", &s::item_quality),
                      field("recency", &s::recency),
                      field("diversity", &s::diversity),
                      field("candidates", &s::candidates),
                      field("cache_ms", &s::cache_ms),
                      field("refresh_ms", &s::refresh_ms),
                      field("max_per_category", &s::max_per_category),
                      field("max_per_brand", &s::max_per_brand)};
  }
};

struct model_settings {
  std::uint32_t publish_every_ms = defaults::model_publish_every_ms;
  std::uint32_t max_items = defaults::model_max_items;
  std::uint32_t max_sessions = defaults::model_max_sessions;
  std::uint32_t sample_above_per_sec = defaults::model_sample_above_per_sec;
  static constexpr auto fields() {
    using s = model_settings;
    return std::tuple{field("publish_every_ms", &s::publish_every_ms),
                      field("max_items", &s::max_items), field("max_sessions", &s::max_sessions),
                      field("sample_above_per_sec", &s::sample_above_per_sec)};
  }
};

struct engine_settings {
  std::string time = "wall"; ///< wall, or stream: the newest event time seen
  static constexpr auto fields() { return std::tuple{field("time", &engine_settings::time)}; }
};

struct settings {
  node_settings node;
  listen_settings listen;
  http_settings http;
  auth_settings auth;
  log_settings log;
  kafka_settings kafka;
  cluster_settings cluster;
  processor_settings processor;
  shard_settings shards;
  engine_settings engine;
  feature_settings features;
  ranking_settings ranking;
  model_settings model;
  std::vector<campaign_settings> campaigns = defaults_campaigns();
  trigger_settings triggers;
  static constexpr auto fields() {
    using s = settings;
    return std::tuple{field("node", &s::node),         field("listen", &s::listen),
                      field("http", &s::http),         field("auth", &s::auth),
                      field("log", &s::log),           field("kafka", &s::kafka),
                      field("cluster", &s::cluster),   field("processor", &s::processor),
                      field("shards", &s::shards),     field("engine", &s::engine),
                      field("features", &s::features), field("ranking", &s::ranking),
                      field("model", &s::model),       field("campaigns", &s::campaigns),
                      field("triggers", &s::triggers)};
  }
  /// One campaign `default` with an arm of each type.
  static std::vector<campaign_settings> defaults_campaigns();
};

} // namespace riq
