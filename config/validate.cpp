#include "config/endpoint.hpp"
#include "config/load.hpp"
#include "config/trigger_rules.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <set>
#include <string>
#include <utility>

namespace riq {

namespace {

using failure = std::optional<config_error>;

failure one_of(const std::string& name, const std::string& value,
               std::initializer_list<std::string_view> known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return {};
  std::string list;
  for (auto k : known) list += (list.empty() ? "" : ", ") + std::string{k};
  return config_error{name, "\"" + value + "\" must be one of " + list};
}

template <class T>
failure in_range(const std::string& name, T value, T low, T high) {
  if (value >= low && value <= high) return {};
  const auto text = [](T x) {
    if constexpr (std::is_floating_point_v<T>) {
      auto digits = std::to_string(x);
      digits.erase(digits.find_last_not_of('0') + 1);
      if (digits.back() == '.') digits.pop_back();
      return digits;
    } else {
      return std::to_string(x);
    }
  };
  return config_error{name, text(value) + " must be from " + text(low) + " to " + text(high)};
}

failure first_of(std::initializer_list<failure> all) {
  for (const auto& f : all)
    if (f) return f;
  return {};
}

failure check_http(const http_settings& h) {
  constexpr std::uint32_t day_ms = 24 * 3'600'000;
  return first_of({
    in_range("http.io_threads", h.io_threads, 1u, 256u),
    in_range("http.max_connections", h.max_connections, 1u, 1'000'000u),
    in_range("http.max_in_flight", h.max_in_flight, 1u, 1'000'000u),
    in_range("http.max_in_flight_per_user", h.max_in_flight_per_user, 1u, h.max_in_flight),
    in_range("http.header_bytes", h.header_bytes, 512u, 1u << 20),
    in_range("http.body_bytes", h.body_bytes, 1024u, 256u << 20),
    in_range("http.line_bytes", h.line_bytes, 1024u, 64u << 20),
    in_range("http.header_timeout_ms", h.header_timeout_ms, 1u, day_ms),
    in_range("http.body_timeout_ms", h.body_timeout_ms, 1u, day_ms),
    in_range("http.idle_timeout_ms", h.idle_timeout_ms, 1u, day_ms),
    in_range("http.deadline_ms", h.deadline_ms, 1u, 600'000u),
    h.after_wait_ms <= h.deadline_ms
      ? failure{}
      : config_error{"http.after_wait_ms", std::to_string(h.after_wait_ms) +
                                             " must not be longer than http.deadline_ms, " +
                                             std::to_string(h.deadline_ms)},
  });
}

failure check_auth(const settings& s) {
  const auto& a = s.auth;
  if (auto bad = one_of("auth.mode", a.mode, {"auto", "keys", "off"})) return bad;
  std::set<std::string> names;
  for (std::size_t i = 0; i < a.keys.size(); ++i) {
    const auto& key = a.keys[i];
    const auto at = "auth.keys." + std::to_string(i);
    if (key.name.empty()) return config_error{at + ".name", "must not be empty"};
    if (!names.insert(key.name).second)
      return config_error{at + ".name", "\"" + key.name + "\" is the name of another key"};
    const bool hex = std::all_of(key.sha256.begin(), key.sha256.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    if (key.sha256.size() != 64 || !hex)
      return config_error{at + ".sha256", "must be the SHA-256 of the key in 64 hexadecimal "
                                          "digits; `retargetiq keys new` makes both"};
    if (key.scopes.empty())
      return config_error{at + ".scopes", "must name at least one of write, read, admin"};
    for (const auto& scope : key.scopes)
      if (auto bad = one_of(at + ".scopes", scope, {"write", "read", "admin"})) return bad;
  }
  if (!a.token_secret.empty() && a.token_secret.size() < 16)
    return config_error{"auth.token_secret", "must have at least 16 characters, or be empty"};
  if (a.mode == "keys" && a.keys.empty())
    return config_error{"auth.mode", "is \"keys\", but there is no [[auth.keys]]; make one with "
                                     "`retargetiq keys new`"};
  const auto sockets = listeners(s);
  if (!sockets) return sockets.error();
  if (a.mode != "auto" || !a.keys.empty()) return {};
  for (const auto& socket : *sockets)
    if (!is_loopback(socket.address))
      return config_error{s.listen.only.empty() ? "listen.address" : "listen.only",
                          "listening on " + socket.address +
                            " lets others in, and no API key is configured: make one with "
                            "`retargetiq keys new`, or write auth.mode = \"off\""};
  return {};
}

failure check_storage(const settings& s) {
  constexpr std::uint64_t tebibyte = 1ULL << 40;
  const auto& l = s.log;
  return first_of({
    one_of("log.kind", l.kind, {"embedded", "kafka"}),
    in_range("log.partitions", l.partitions, 1, 1024),
    in_range("log.queue_records", l.queue_records, 1u, 100'000'000u),
    in_range<std::uint64_t>("log.queue_bytes", l.queue_bytes, 1 << 20, tebibyte),
    in_range<std::uint64_t>("log.tail_bytes", l.tail_bytes, 64 << 10, tebibyte),
    in_range<std::uint64_t>("log.cache_bytes", l.cache_bytes, 1 << 20, tebibyte),
    in_range<std::uint64_t>("log.reserve_bytes", l.reserve_bytes, 0, tebibyte),
    in_range<std::uint64_t>("log.retention_bytes", l.retention_bytes, 1 << 20, 1024 * tebibyte),
    in_range("log.retention_hours", l.retention_hours, 1u, 24u * 3650),
    in_range<std::uint64_t>("shards.resident_users", s.shards.resident_users, 1, 1'000'000'000),
    in_range("shards.passivate_after_sec", s.shards.passivate_after_sec, 1u, 30u * 86'400),
    in_range("shards.snapshot_after_ms", s.shards.snapshot_after_ms, 1u, 3'600'000u),
    in_range("shards.commit_every_ms", s.shards.commit_every_ms, 1u, 60'000u),
    in_range("shards.credit_records", s.shards.credit_records, 1u, 1'000'000u),
  });
}

failure check_roles(const settings& s) {
  const auto& n = s.node;
  if (n.roles.empty())
    return config_error{"node.roles", "must name at least one of gateway, processor, shards"};
  for (const auto& role : n.roles)
    if (auto bad = one_of("node.roles", role, {"gateway", "processor", "shards"})) return bad;
  const bool gateway = n.has_role("gateway");
  const bool shards = n.has_role("shards");
  if (gateway && shards && n.has_role("processor")) return {};
  if (s.log.kind != "kafka")
    return config_error{"node.roles", "must be gateway, processor and shards with log.kind = "
                                      "\"embedded\": such a node is alone, and nobody else would "
                                      "do the rest"};
  if (shards && !gateway && s.cluster.endpoint.empty())
    return config_error{"cluster.endpoint",
                        "must be set on a node with the role shards and without "
                        "gateway: nobody could ask for its users"};
  return {};
}

failure check_links(const settings& s) {
  const auto& c = s.cluster;
  if (!c.endpoint.empty() && !parse_endpoint(c.endpoint))
    return config_error{"cluster.endpoint",
                        "\"" + c.endpoint + "\" must be HOST:PORT, such as 10.0.0.7:4000"};
  const bool among_others = !c.endpoint.empty() || !s.node.has_role("shards");
  if (among_others && s.auth.token_secret.empty())
    return config_error{"auth.token_secret", "must be set, and be the same on all nodes of the "
                                             "cluster: any of them may be told an offer's outcome"};
  const std::pair<const char*, const std::string&> files[] = {
    {"cluster.tls.certificate", c.tls.certificate},
    {"cluster.tls.key", c.tls.key},
    {"cluster.tls.ca", c.tls.ca}};
  const auto* given = std::find_if(std::begin(files), std::end(files),
                                   [](const auto& f) { return !f.second.empty(); });
  if (given == std::end(files)) return {};
  for (const auto& [name, path] : files)
    if (path.empty())
      return config_error{name, std::string{"must be set too, as "} + given->first +
                                  " is: links between nodes prove both sides, or none"};
  if (!among_others)
    return config_error{given->first, "is for links to other nodes, and without cluster.endpoint "
                                      "there are none"};
  return {};
}

failure check_kafka(const settings& s) {
  const auto& k = s.kafka;
  if (s.log.kind != "kafka") {
    const auto& c = s.cluster;
    for (const auto& [name, value] :
         {std::pair<const char*, const std::string&>{"cluster.endpoint", c.endpoint},
          {"cluster.tls.certificate", c.tls.certificate},
          {"cluster.tls.key", c.tls.key},
          {"cluster.tls.ca", c.tls.ca}})
      if (!value.empty())
        return config_error{name,
                            "needs log.kind = \"kafka\": the embedded log is of one node only"};
    return {};
  }
  if (k.bootstrap_servers.empty())
    return config_error{"kafka.bootstrap_servers", "must name at least one broker as HOST:PORT"};
  if (k.group_id.empty()) return config_error{"kafka.group_id", "must not be empty"};
  if (auto bad = check_links(s)) return bad;
  for (std::size_t i = 0; i < k.properties.size(); ++i)
    if (const auto equals = k.properties[i].find('='); equals == 0 || equals == std::string::npos)
      return config_error{"kafka.properties." + std::to_string(i),
                          "\"" + k.properties[i] + "\" must look like NAME=VALUE"};
  return first_of({
    one_of("kafka.assignor", k.assignor, {"auto", "cooperative-sticky", "range"}),
    in_range("kafka.replication", k.replication, 0, 1024),
    in_range("kafka.linger_ms", k.linger_ms, 0u, 10'000u),
    in_range("kafka.delivery_timeout_ms", k.delivery_timeout_ms, 100u, 3'600'000u),
    in_range("kafka.session_timeout_ms", k.session_timeout_ms, 1'000u, 300'000u),
  });
}

failure check_processor(const processor_settings& p) {
  const bool letters =
    std::all_of(p.default_currency.begin(), p.default_currency.end(),
                [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
  if (p.default_currency.size() != 3 || !letters)
    return config_error{"processor.default_currency", "\"" + p.default_currency +
                                                        "\" must be the three letters of a "
                                                        "currency, such as USD"};
  return first_of({in_range("processor.max_future_sec", p.max_future_sec, 0u, 86'400u * 366),
                   in_range("processor.max_past_days", p.max_past_days, 0u, 36'500u)});
}

failure check_engine(const settings& s) {
  const auto& r = s.ranking;
  if (r.user_pref + r.item_quality + r.recency + r.diversity <= 0)
    return config_error{"ranking", "the four weights must not all be 0"};
  return first_of({
    one_of("engine.time", s.engine.time, {"wall", "stream"}),
    in_range("features.session_gap_min", s.features.session_gap_min, 1u, 1440u),
    in_range("features.abandon_after_min", s.features.abandon_after_min, 1u, 43'200u),
    in_range("features.high_value_orders_30d", s.features.high_value_orders_30d, 0u, 1'000'000u),
    in_range("features.high_value_spend_30d", s.features.high_value_spend_30d, 0.0, 1e12),
    in_range("ranking.user_pref", r.user_pref, 0.0, 1.0),
    in_range("ranking.item_quality", r.item_quality, 0.0, 1.0),
    in_range("ranking.recency", r.recency, 0.0, 1.0),
    in_range("ranking.diversity", r.diversity, 0.0, 1.0),
    in_range("ranking.candidates", r.candidates, 20u, 10'000u),
    in_range("ranking.cache_ms", r.cache_ms, 0u, 86'400'000u),
    in_range("model.publish_every_ms", s.model.publish_every_ms, 1u, 60'000u),
    in_range("model.max_items", s.model.max_items, 1u, 100'000'000u),
    in_range("model.max_sessions", s.model.max_sessions, 1u, 100'000'000u),
    in_range("model.sample_above_per_sec", s.model.sample_above_per_sec, 0u, 100'000'000u),
  });
}

failure check_campaigns(const std::vector<campaign_settings>& campaigns) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < campaigns.size(); ++i) {
    const auto at = "campaigns." + std::to_string(i);
    if (auto bad = check_campaign(campaigns[i])) {
      std::replace(bad->where.begin(), bad->where.end(), '/', '.');
      return config_error{at + bad->where, std::move(bad->what)};
    }
    if (!ids.insert(campaigns[i].id).second)
      return config_error{at + ".id", "\"" + campaigns[i].id + "\" is the id of another campaign"};
  }
  return {};
}

} // namespace

std::optional<config_error> validate(const settings& s) {
  if (s.node.data_dir.empty()) return config_error{"node.data_dir", "must not be empty"};
  return first_of({
    one_of("node.log_level", s.node.log_level, {"trace", "debug", "info", "warn", "error"}),
    in_range("node.worker_threads", s.node.worker_threads, 0u, 1024u),
    check_http(s.http),
    check_auth(s),
    check_storage(s),
    check_roles(s),
    check_kafka(s),
    check_processor(s.processor),
    check_engine(s),
    check_campaigns(s.campaigns),
    check_triggers(s.triggers),
  });
}

} // namespace riq
