#include "gateway/metrics.hpp"
#include "gateway/node_status.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace riq::gateway {
namespace {

/// Each with its figures, or why there are none, and with how it came here when it did.
void write_shards(json_writer& w, const node_status& status) {
  w.StartArray();
  for (std::size_t i = 0; i < status.shards.size(); ++i) {
    const auto& shard = status.shards[i];
    w.StartObject();
    if (shard) {
      write_json_members(w, *shard);
    } else {
      json_member(w, "partition", i);
      json_member(w, "error", std::string_view{shard.error().detail});
    }
    const auto came =
      std::find_if(status.restores.begin(), status.restores.end(),
                   [i](const auto& r) { return static_cast<std::size_t>(r.shard) == i; });
    // One that is elsewhere again came here once, which tells nothing any more.
    if (came != status.restores.end() && (shard || !came->done)) json_member(w, "restore", *came);
    w.EndObject();
  }
  w.EndArray();
}

/// Memory of the process that is really there, in bytes.
std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void write_http(json_writer& w, const metrics& counters, const std::vector<std::string>& names) {
  const auto sums = counters.sums();
  w.StartObject();
  json_member(w, "connections", counters.open_connections());
  json_member(w, "requests", sums.requests);
  json_member(w, "failures", sums.failures);
  json_key(w, "routes");
  w.StartArray();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto answered = counters.answered_of(i);
    if (answered == 0) continue;
    w.StartObject();
    json_member(w, "route", std::string_view{names[i]});
    json_member(w, "requests", answered);
    json_member(w, "p50Ms", counters.quantile(i, 0.5) * 1000);
    json_member(w, "p99Ms", counters.quantile(i, 0.99) * 1000);
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
}

std::string render_node(const backend& with, const node_status& status) {
  const auto unready = status.unready();
  const auto log = with.log().health();
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "ready", !unready);
    if (unready) json_member(w, "unready", std::string_view{unready.detail});
    json_member(
      w, "uptimeSec",
      std::chrono::duration<double>(std::chrono::system_clock::now() - with.started).count());
    json_member(w, "time", wall_ms());
    json_member(w, "memoryBytes", resident_bytes());
    json_key(w, "log");
    w.StartObject();
    json_member(w, "kind", std::string_view{with.with().config.log.kind});
    json_member(w, "ok", !log);
    if (log) json_member(w, "detail", std::string_view{log.detail});
    json_member(w, "partitions", with.log().partitions(topics::processed_events));
    w.EndObject();
    json_key(w, "http");
    write_http(w, *with.counters, with.counters->route_names());
    json_member(w, "shards", status.all_shards());
    json_member(w, "eventProcessor", status.all_processors());
    json_key(w, "model");
    if (status.model) {
      write_json(w, *status.model);
    } else {
      w.StartObject();
      json_member(w, "error", std::string_view{status.model.error().detail});
      w.EndObject();
    }
    json_key(w, "recentEvents");
    with.recent.write(w);
    if (with.with().describe) with.with().describe(w);
    w.EndObject();
  });
}

route inspect_route(std::string_view pattern, std::string_view summary, std::string_view schema) {
  route r;
  r.verb = method::get;
  r.pattern = pattern;
  r.needs = scope::admin;
  r.tag = "inspect";
  r.summary = summary;
  r.response_schema = schema;
  return r;
}

} // namespace

void add_inspect_routes(std::vector<route>& to, backend& with) {
  auto user = inspect_route("/api/inspect/users/{userId}",
                            "The whole live state of a user's actor. Wakes nobody and keeps "
                            "nobody resident.",
                            "Anything");
  user.problems = {late_answer};
  user.handle = [&with](request& r, responder to) {
    with.ask_user<answer>(inspect_user{{std::move(r.path_parameters[0]), {}, false}},
                          pass_on(std::move(to)));
  };
  to.push_back(std::move(user));

  auto shards =
    inspect_route("/api/inspect/shards", "Each shard as it is at this moment.", "Shards");
  shards.handle = [&with](request&, responder to) {
    ask_status(with, [to = std::move(to)](const node_status& status) mutable {
      to.json(render_json([&](json_writer& w) {
        w.StartObject();
        json_key(w, "shards");
        write_shards(w, status);
        w.EndObject();
      }));
    });
  };
  to.push_back(std::move(shards));

  auto kafka = inspect_route("/api/inspect/kafka",
                             "The brokers as this node's clients see them, what waits, what lags, "
                             "and how its transactions go.",
                             "Kafka");
  kafka.problems = {{404, "The node does not run on Kafka."}};
  kafka.handle = [&with](request&, responder to) {
    if (!with.with().describe_kafka)
      return to.fail({ec::not_found, "", "this node does not run on Kafka: log.kind is embedded"});
    to.json(render_json([&](json_writer& w) { with.with().describe_kafka(w); }));
  };
  to.push_back(std::move(kafka));

  auto node = inspect_route("/api/inspect/node", "The node as a whole.", "Anything");
  node.handle = [&with](request&, responder to) {
    ask_status(with, [&with, to = std::move(to)](const node_status& status) mutable {
      to.json(render_node(with, status));
    });
  };
  to.push_back(std::move(node));
}

} // namespace riq::gateway
