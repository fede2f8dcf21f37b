#include "gateway/stream_pulse.hpp"

#include "gateway/analytics_query.hpp"
#include "gateway/node_status.hpp"
#include "messages/json.hpp"

namespace riq::gateway {
namespace {

constexpr std::chrono::seconds interval{2};
constexpr std::chrono::seconds kept_for{60}; ///< a client that comes back finds what it missed

} // namespace

stream_pulse::stream_pulse(backend& with, live_ring& ring, std::shared_ptr<io_loop> loop)
  : with_(with), ring_(ring), loop_(std::move(loop)), timer_(loop_->context()) {
  loop_->on_stop([this] {
    stopped_ = true;
    timer_.cancel();
  });
}

void stream_pulse::begin() {
  loop_->post([this] {
    listened_ = steady::now();
    if (stopped_) return;
    health_.reset(); // who comes is told
    if (std::exchange(running_, true)) return tell_health();
    beat();
  });
}

void stream_pulse::arm() {
  timer_.expires_after(interval);
  timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) beat();
  });
}

void stream_pulse::beat() {
  if (stopped_) return;
  const auto now = steady::now();
  if (ring_.listeners() > 0) {
    listened_ = now;
    tell_health();
    tell_numbers();
  } else if (now - listened_ > kept_for) {
    running_ = false;
    return ring_.rest();
  }
  arm();
}

void stream_pulse::tell_numbers() {
  const auto& make = with_.with().analytics;
  const auto now = make.now();
  ask_shards(with_, make.pulse_question(now),
             [this, now](result<analytics_slice> sum, analytics_frame frame) {
               if (!sum) return;
               const auto table = with_.with().analytics.pulse(now, *sum);
               auto data = render_json([&](json_writer& w) {
                 w.StartObject();
                 json_member(w, "time", now);
                 for (const auto& [name, cell] : table.totals)
                   std::visit([&](const auto& value) { json_member(w, name, value); }, cell);
                 json_member(w, "partial", !frame.missing.empty());
                 json_member(w, "leftOut", ring_.left_out());
                 w.EndObject();
               });
               ring_.publish({{live_kind::analytics, {}, {}, {}, std::move(data)}});
             });
}

void stream_pulse::tell_health() {
  ask_status(with_, [this](const node_status& status) {
    const auto unready = status.unready();
    if (health_ == unready.detail) return;
    health_ = unready.detail;
    auto data = render_json([&](json_writer& w) {
      w.StartObject();
      json_member(w, "time", wall_ms());
      json_member(w, "ready", !unready);
      json_member(w, "detail", std::string_view{unready.detail});
      w.EndObject();
    });
    ring_.publish({{live_kind::health, {}, {}, {}, std::move(data)}});
  });
}

} // namespace riq::gateway
