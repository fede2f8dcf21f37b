#include "engine/analytics/shown.hpp"

#include <algorithm>
#include <utility>

namespace riq::engine::analytics {

void shown_items::make_room(std::size_t items) {
  const auto kept = most - std::min(items, most);
  if (items_.size() > kept)
    items_.erase(items_.begin(), items_.end() - static_cast<std::ptrdiff_t>(kept));
}

void shown_items::met(std::uint64_t product, std::int64_t time, bool converts,
                      std::vector<shown_outcome>& outcomes) {
  const auto at = std::find_if(items_.rbegin(), items_.rend(),
                               [&](const item& i) { return i.product == product; });
  if (at == items_.rend() || time < at->time || time - at->time > shown_window_ms) return;
  auto& before = converts ? at->converted : at->clicked;
  if (std::exchange(before, true)) return;
  outcomes.push_back({at->sources, at->reason, converts});
}

} // namespace riq::engine::analytics
