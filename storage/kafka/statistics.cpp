#include "storage/kafka/statistics.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <simdjson.h>

namespace riq::storage::kafka {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::int64_t number(const element& of, std::string_view name) {
  std::int64_t out = 0;
  return of[name].get(out) == simdjson::SUCCESS ? out : 0;
}

std::string text(const element& of, std::string_view name) {
  std::string_view out;
  return of[name].get(out) == simdjson::SUCCESS ? std::string{out} : std::string{};
}

object members(const element& of, std::string_view name) {
  static simdjson::dom::parser none;
  static const object empty = none.parse(std::string_view{"{}"}).get_object().value();
  object out;
  return of[name].get(out) == simdjson::SUCCESS ? out : empty;
}

std::vector<broker_figures> brokers_of(const element& report, const std::string& client) {
  std::vector<broker_figures> out;
  for (const auto [name, b] : members(report, "brokers")) {
    // Those with a number are real ones: the others are addresses to begin with, and roles.
    if (number(b, "nodeid") < 0 || text(b, "source") == "logical") continue;
    broker_figures f;
    f.client = client;
    f.broker = text(b, "nodename");
    f.up = text(b, "state") == "UP";
    element rtt;
    if (b["rtt"].get(rtt) == simdjson::SUCCESS) {
      f.rtt_ms = static_cast<double>(number(rtt, "avg")) / 1000;
      f.rtt_p99_ms = static_cast<double>(number(rtt, "p99")) / 1000;
    }
    f.errors = static_cast<std::uint64_t>(number(b, "txerrs"));
    f.timeouts = static_cast<std::uint64_t>(number(b, "req_timeouts"));
    out.push_back(std::move(f));
  }
  return out;
}

std::vector<lag_figures> lags_of(const element& report) {
  std::vector<lag_figures> out;
  for (const auto [topic, t] : members(report, "topics"))
    for (const auto [name, p] : members(t, "partitions")) {
      const auto partition = number(p, "partition");
      // What is not followed has no position to compare with.
      if (partition < 0 || text(p, "fetch_state") != "active") continue;
      if (const auto lag = number(p, "consumer_lag"); lag >= 0)
        out.push_back({std::string{topic}, static_cast<std::int32_t>(partition), lag});
    }
  return out;
}

} // namespace

void statistics::reported(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return;
  const auto client = text(root, "client_id");
  report r;
  r.brokers = brokers_of(root, client);
  if (text(root, "type") == "producer")
    r.producers.push_back({client, static_cast<std::uint64_t>(number(root, "msg_cnt")),
                           static_cast<std::uint64_t>(number(root, "msg_size"))});
  else
    r.lags = lags_of(root);
  const std::lock_guard lock(mutex_);
  reports_[client] = std::move(r);
}

void statistics::rebalanced(const std::string& group, std::size_t partitions, bool gained) {
  const std::lock_guard lock(mutex_);
  auto& g = groups_[group];
  g.group = group;
  if (partitions == 0) return;
  ++g.rebalances;
  (gained ? g.gained : g.lost) += partitions;
}

void statistics::committed(double ms) {
  const std::lock_guard lock(mutex_);
  transactions_.add(ms);
}

void statistics::aborted() {
  const std::lock_guard lock(mutex_);
  ++aborted_;
}

void statistics::replaced() {
  const std::lock_guard lock(mutex_);
  ++replaced_;
}

kafka_figures statistics::figures() const {
  kafka_figures out;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> lags;
  const std::lock_guard lock(mutex_);
  for (const auto& [client, r] : reports_) {
    out.brokers.insert(out.brokers.end(), r.brokers.begin(), r.brokers.end());
    out.producers.insert(out.producers.end(), r.producers.begin(), r.producers.end());
    for (const auto& l : r.lags) {
      auto& slowest = lags[{l.topic, l.partition}];
      slowest = std::max(slowest, l.lag);
    }
  }
  for (const auto& [where, lag] : lags) out.lags.push_back({where.first, where.second, lag});
  for (const auto& [name, g] : groups_) out.groups.push_back(g);
  out.transactions = transactions_;
  out.aborted = aborted_;
  out.replaced = replaced_;
  return out;
}

} // namespace riq::storage::kafka
