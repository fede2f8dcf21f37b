#include "gateway/recent_events.hpp"

namespace riq::gateway {

void recent_events::note(const event& e) {
  std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  auto& to = entries_[next_++ % kept];
  to.time = e.received;
  to.user_id = e.user_id;
  if (const auto* a = std::get_if<activity>(&e.what)) {
    to.type = name_of(a->type);
    to.subject = a->product_id.empty() ? a->query : a->product_id;
  } else if (const auto* o = std::get_if<order>(&e.what)) {
    to.type = name_of(o->status);
    to.subject = o->order_id;
  } else {
    to.type = alternative_names(e.what)[e.what.index()];
    to.subject.clear();
  }
}

void recent_events::write(json_writer& w) const {
  std::lock_guard lock(mutex_);
  w.StartArray();
  for (auto i = next_; i > 0 && next_ - i < kept; --i) {
    const auto& e = entries_[(i - 1) % kept];
    w.StartObject();
    json_member(w, "time", e.time);
    json_member(w, "userId", std::string_view{e.user_id});
    json_member(w, "type", e.type);
    json_member(w, "subject", std::string_view{e.subject});
    w.EndObject();
  }
  w.EndArray();
}

} // namespace riq::gateway
