#include "gateway/http_gateway.hpp"

#include "gateway/openapi.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/stream_fanout.hpp"
#include "gateway/stream_pulse.hpp"

namespace riq::gateway {
namespace {

std::unique_ptr<live_streams> start_streams(backend& with,
                                            const std::vector<std::shared_ptr<io_loop>>& loops) {
  if (!with.with().live) return {};
  auto out = std::make_unique<live_streams>();
  out->ring = with.with().live;
  for (const auto& loop : loops)
    out->fanouts.push_back(std::make_unique<stream_fanout>(*out->ring, loop));
  out->pulse = std::make_unique<stream_pulse>(with, *out->ring, loops.front());
  return out;
}

} // namespace

live_streams::live_streams() = default;
live_streams::~live_streams() = default;

result<std::unique_ptr<http_gateway>> http_gateway::start(parts with) {
  const auto config = with.config;
  const auto where = listeners(config);
  if (!where) return error{ec::invalid, where.error().where, where.error().what};
  auto keys = authenticator::build(config.auth);
  if (!keys) return keys.error();
  auto addresses = client_addresses::build(config.http.trusted_proxies);
  if (!addresses) return addresses.error();
  const auto bounds = http_limits::from(config.http);
  const auto loops = make_loops(config.http.io_threads, bounds);
  auto more_metrics = with.metrics;

  std::unique_ptr<http_gateway> out{new http_gateway};
  out->backend_ = std::make_unique<backend>(std::move(with), loops);
  out->backend_->streams = start_streams(*out->backend_, loops);
  auto table = router::build(all_routes(*out->backend_));
  if (!table) return table.error();
  out->backend_->document = openapi_document(table->routes());
  out->application_ = std::make_shared<dispatcher>(std::move(*table), std::move(*keys),
                                                   std::move(*addresses), bounds, loops.size());
  out->backend_->counters = &out->application_->counters();
  for (auto& m : more_metrics) out->application_->counters().add(std::move(m));
  out->server_ = std::make_unique<server>(loops, out->application_);
  if (auto failed = out->server_->start(*where)) return failed;
  return out;
}

http_gateway::~http_gateway() {
  stop();
}

void http_gateway::stop() {
  if (server_) server_->stop();
}

} // namespace riq::gateway
