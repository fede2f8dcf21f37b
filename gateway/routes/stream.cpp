#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/stream_fanout.hpp"
#include "gateway/stream_pulse.hpp"
#include "messages/analytics_counts.hpp"
#include "messages/parse_json.hpp"

#include <charconv>

namespace riq::gateway {
namespace {

constexpr list_parameter kind{"kind", 6,
                              "Only these: event, recommendations, offer, outcome, analytics, "
                              "health. Else all."};
constexpr text_parameter user{"user", 256, "Only what this user does and is shown."};
constexpr list_parameter type{"type", 13, "Only events of these types, such as VIEW and ORDER."};
constexpr text_parameter below_category{"category", 512,
                                        "Only events with an item of this category or below it."};
constexpr text_parameter last_event_id{"lastEventId", 64,
                                       "Resume behind this id; the header Last-Event-ID does the "
                                       "same."};

result<stream_filter> read_filter(const request& r) {
  stream_filter out;
  auto kinds = kind.read(r);
  if (!kinds) return kinds.error();
  if (!kinds->empty()) out.kinds = 0;
  for (const auto& name : *kinds) {
    const auto k = from_name<live_kind>(name);
    if (!k)
      return error{ec::invalid, "kind",
                   "must be some of event, recommendations, offer, outcome, analytics, health"};
    out.kinds |= 1U << static_cast<unsigned>(*k);
  }
  auto types = type.read(r);
  if (!types) return types.error();
  for (const auto& name : *types) {
    const auto t = from_name<event_kind>(name);
    if (!t || *t == event_kind::erased)
      return error{ec::invalid, "type", "must be event types, such as VIEW, SEARCH and ORDER"};
    out.types.emplace_back(name_of(*t));
  }
  auto whose = user.read(r);
  if (!whose) return whose.error();
  out.user = std::move(*whose);
  auto below = below_category.read(r);
  if (!below) return below.error();
  out.category = standard_category(*below);
  return out;
}

/// `RUN-NUMBER`; an id that is none is as one of another run.
stream_start read_start(const request& r, const std::string& run) {
  auto id = r[header::last_event_id];
  if (id.empty()) id = r.parameters.text(last_event_id.name).value_or(std::string_view{});
  stream_start out;
  out.given = !id.empty();
  const auto dash = id.rfind('-');
  if (dash == id.npos || id.substr(0, dash) != run) return out;
  const auto [end, failed] =
    std::from_chars(id.data() + dash + 1, id.data() + id.size(), out.number);
  out.known = failed == std::errc{} && end == id.data() + id.size();
  return out;
}

class listener final : public push_stream {
 public:
  listener(live_streams& streams, stream_filter filter, stream_start start)
    : streams_(streams), filter_(std::move(filter)), start_(start) {}
  ~listener() override {
    if (!handed_over_) streams_.ring->leave();
  }

  void opened(std::weak_ptr<push_sink> to) override {
    handed_over_ = true;
    streams_.fanouts[io_loop::current()->index()]->add(std::move(to), std::move(filter_), start_);
    streams_.pulse->begin();
  }

  std::string farewell() const override {
    return sse_frame({}, "dropped", R"({"reason":"stopping","detail":"the node stops"})");
  }

 private:
  live_streams& streams_;
  stream_filter filter_;
  stream_start start_;
  bool handed_over_ = false; ///< from then on the fan-out counts it
};

} // namespace

void add_stream_routes(std::vector<route>& to, backend& with) {
  route r;
  r.verb = method::get;
  r.pattern = "/api/stream";
  r.needs = scope::admin; // it shows what single users do
  r.tag = "stream";
  r.summary = "What happens, live, as Server-Sent Events: events, recommendations, offers, "
              "outcomes, numbers and health.";
  r.parameters = {kind, user, type, below_category, last_event_id};
  r.response_type = media::events;
  r.handle = [&with](request& q, responder to) {
    if (!with.streams || !with.streams->ring)
      return to.fail({ec::not_ready, "", "this node has no live stream"});
    RIQ_TAKE(filter, read_filter(q), to);
    auto& streams = *with.streams;
    if (!streams.ring->enter())
      return to.fail({ec::queue_full, "", "too many clients listen to this node"});
    reply answer;
    answer.type = media::events;
    answer.headers = "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
    answer.stream =
      std::make_shared<listener>(streams, std::move(*filter), read_start(q, streams.ring->run()));
    to.send(std::move(answer));
  };
  to.push_back(std::move(r));
}

} // namespace riq::gateway
