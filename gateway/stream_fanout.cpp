#include "gateway/stream_fanout.hpp"

#include "gateway/backend.hpp"

#include <algorithm>

namespace riq::gateway {
namespace {

// Nobody sees the difference, and the writes of a busy stream are joined.
constexpr std::chrono::milliseconds gather{40};
// Proxies and browsers take a silent connection for a dead one.
constexpr std::chrono::seconds heartbeat{15};
constexpr std::chrono::seconds look_around{1};

std::string joined_frames(const std::vector<live_ring::entry>& entries) {
  std::size_t size = 0;
  for (const auto& e : entries) size += e->frame->size();
  std::string out;
  out.reserve(size);
  for (const auto& e : entries) out += *e->frame;
  return out;
}

bool is_below(std::string_view category, std::string_view below) {
  return category == below || (category.size() > below.size() && category.starts_with(below) &&
                               category[below.size()] == '.');
}

} // namespace

bool stream_filter::takes(const live_item& item) const {
  if ((kinds & (1U << static_cast<unsigned>(item.kind))) == 0) return false;
  if (item.kind == live_kind::analytics || item.kind == live_kind::health) return true;
  if (!user.empty() && item.user != user) return false;
  if (item.kind != live_kind::event) return true;
  if (!types.empty() && std::find(types.begin(), types.end(), item.type) == types.end())
    return false;
  return category.empty() || is_below(item.category, category);
}

stream_fanout::stream_fanout(live_ring& ring, std::shared_ptr<io_loop> loop)
  : ring_(ring), loop_(std::move(loop)), timer_(loop_->context()) {
  ring_.on_news(this, [this] { wake(); });
  loop_->on_stop([this] {
    stopped_ = true;
    timer_.cancel();
    for ([[maybe_unused]] const auto& c : clients_) ring_.leave();
    clients_.clear();
  });
}

stream_fanout::~stream_fanout() {
  ring_.no_news(this);
}

void stream_fanout::wake() {
  if (!listened_.load(std::memory_order_acquire) || woken_.exchange(true)) return;
  loop_->post([this] { arm(); });
}

void stream_fanout::arm() {
  if (stopped_ || clients_.empty()) return;
  const bool news = woken_.load();
  if (armed_ && !news) return;
  armed_ = true;
  timer_.expires_after(news ? steady::duration{gather} : steady::duration{look_around});
  timer_.async_wait([this](boost::system::error_code failed) {
    if (failed) return; // armed again, or stopped
    armed_ = false;
    flush();
  });
}

void stream_fanout::add(std::weak_ptr<push_sink> sink, stream_filter filter, stream_start start) {
  const auto to = sink.lock();
  if (!to || stopped_) return ring_.leave();
  if (!clients_.empty())
    flush(); // so that all stand at the same place
  else
    sent_ = ring_.newest();
  listened_.store(true, std::memory_order_release);
  auto& c = clients_.emplace_back(client{std::move(sink), std::move(filter), steady::now()});
  greet(*to, c, start);
  arm();
}

void stream_fanout::greet(push_sink& sink, client& c, const stream_start& start) {
  std::uint64_t lost = 0;
  std::vector<live_ring::entry> missed;
  if (start.known) {
    missed = ring_.after(start.number, lost);
    // What comes after the common place comes with the next flush.
    while (!missed.empty() && missed.back()->number > sent_) missed.pop_back();
  }
  const auto lost_text = start.given && !start.known ? std::string{"-1"} : std::to_string(lost);
  std::string hello = "retry: 2000\n\n";
  hello += sse_frame({}, "hello",
                     "{\"run\":\"" + ring_.run() + "\",\"newest\":" + std::to_string(sent_) +
                       ",\"resumed\":" + (start.known ? "true" : "false") +
                       ",\"lost\":" + lost_text + ",\"time\":" + std::to_string(wall_ms()) + "}");
  for (const auto& e : missed)
    if (c.filter.takes(e->item)) hello += *e->frame;
  sink.push(std::make_shared<const std::string>(std::move(hello)));
}

void stream_fanout::flush() {
  woken_.store(false);
  std::uint64_t lost = 0;
  const auto news = ring_.after(sent_, lost);
  if (!news.empty()) sent_ = news.back()->number;
  const auto joined = std::make_shared<const std::string>(joined_frames(news));
  for (auto& c : clients_) send_news(c, news, joined);
  const auto gone =
    std::remove_if(clients_.begin(), clients_.end(), [](auto& c) { return c.sink.expired(); });
  for (auto it = gone; it != clients_.end(); ++it) ring_.leave();
  clients_.erase(gone, clients_.end());
  if (clients_.empty()) listened_.store(false, std::memory_order_release);
  arm();
}

void stream_fanout::send_news(client& c, const std::vector<live_ring::entry>& news,
                              const std::shared_ptr<const std::string>& joined) {
  const auto sink = c.sink.lock();
  if (!sink) return;
  auto bytes = joined;
  if (!c.filter.everything()) {
    std::string chosen;
    for (const auto& e : news)
      if (c.filter.takes(e->item)) chosen += *e->frame;
    bytes = std::make_shared<const std::string>(std::move(chosen));
  }
  const auto now = steady::now();
  if (bytes->empty()) {
    if (now - c.spoken < heartbeat) return;
    static const auto beat = std::make_shared<const std::string>(": \n\n");
    bytes = beat;
  }
  if (sink->unsent() + bytes->size() > most_unsent && sink->unsent() > 0) {
    ring_.dropped_client();
    sink->finish(sse_frame({}, "dropped",
                           R"({"reason":"slow","detail":"the client did not read what was sent; )"
                           R"(come back with Last-Event-ID"})"));
    c.sink.reset();
    return;
  }
  c.spoken = now;
  sink->push(std::move(bytes));
}

} // namespace riq::gateway
