#include <charconv>
#include <string>

#include "gateway/metrics.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/status_metrics.hpp"
#include "messages/hash.hpp"

namespace riq::gateway {
namespace {

/// What tells this node's data from any other's: nobody who sent it something earlier should take a
/// node that begins anew for the one that has it.
std::string data_id(backend& with) {
  char digits[16];
  const auto end =
    std::to_chars(digits, digits + sizeof digits, stable_hash(with.log().identity()), 16);
  return {digits, end.ptr};
}

/// `{"status","detail","dataId"}`, 503 when there is a failure.
reply state_reply(std::string_view good, std::string_view bad, const error& failure,
                  std::string_view data = {}) {
  reply r;
  r.status = failure ? 503 : 200;
  if (failure) r.headers = "Retry-After: 1\r\n";
  r.body = render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "status", failure ? bad : good);
    if (failure) {
      json_member(w, "code", failure.code);
      json_member(w, "detail", std::string_view{failure.detail});
    }
    if (!data.empty()) json_member(w, "dataId", data);
    w.EndObject();
  });
  return r;
}

route open_route(std::string_view pattern, std::string_view summary, std::string_view schema) {
  route r;
  r.verb = method::get;
  r.pattern = pattern;
  r.needs = scope::open;
  r.tag = "node";
  r.summary = summary;
  r.response_schema = schema;
  return r;
}

} // namespace

void add_health_routes(std::vector<route>& to, backend& with) {
  auto health =
    open_route("/healthz", "Whether the node works: 503 while its log refuses writes.", "State");
  health.handle = [&with, data = data_id(with)](request&, responder to) {
    to.send(state_reply("ok", "failing", with.log().health(), data));
  };
  to.push_back(std::move(health));

  auto ready =
    open_route("/readyz", "Whether the node has restored everything: 503 until then.", "State");
  ready.handle = [&with](request&, responder to) {
    ask_status(with, [to = std::move(to)](const node_status& status) mutable {
      to.send(state_reply("ready", "not ready", status.unready()));
    });
  };
  to.push_back(std::move(ready));

  auto page = open_route("/metrics", "All counters in Prometheus' text format.", "");
  page.needs = scope::read;
  page.response_type = media::metrics;
  page.handle = [&with](request&, responder to) {
    ask_status(with, [&with, to = std::move(to)](const node_status& status) mutable {
      reply r;
      r.type = media::metrics;
      auto figures = metrics_of(status);
      if (const auto& live = with.with().live)
        for (auto& f : metrics_of(*live)) figures.push_back(std::move(f));
      r.body = with.counters->exposition(std::move(figures));
      to.send(std::move(r));
    });
  };
  to.push_back(std::move(page));
}

} // namespace riq::gateway
