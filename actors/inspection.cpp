#include "actors/inspection.hpp"

#include <limits>

#include "engine/apply.hpp"
#include "engine/features.hpp"
#include "messages/json.hpp"

namespace riq {
namespace {

void write_timers(json_writer& w, const user_state& state, std::int64_t now,
                  const feature_settings& settings) {
  w.StartArray();
  // Everything that is armed, as if its time had come.
  constexpr auto end_of_time = std::numeric_limits<std::int64_t>::max();
  for (const auto& due : engine::due_facts(state, end_of_time, settings)) {
    const bool expiry = std::holds_alternative<offer_expired>(due.what);
    w.StartObject();
    json_member(w, "kind", std::string_view{expiry ? "offer_expired" : "cart_abandoned"});
    json_member(w, "due", engine::rfc3339(due.time));
    json_member(w, "inSeconds", static_cast<double>(due.time - now) / 1000);
    w.EndObject();
  }
  w.EndArray();
}

} // namespace

std::string render_inspection(const user_state& state, const inspection_frame& frame,
                              const feature_settings& settings) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", state.user_id);
    json_member(w, "shard", frame.shard);
    json_member(w, "resident", frame.resident);
    json_member(w, "known", state.total.events > 0);
    json_member(w, "memoryBytes", frame.memory_bytes);
    json_member(w, "engineTime", engine::rfc3339(frame.now));
    json_member(w, "segment", engine::segment_of(state, frame.now, settings));
    json_member(w, "state", state);
    json_key(w, "timers");
    write_timers(w, state, frame.now, settings);
    json_key(w, "cachedRecommendations");
    if (frame.kept_list)
      write_json(w, raw_json{*frame.kept_list});
    else
      w.Null();
    w.EndObject();
  });
}

std::string render_export(const user_state& state, std::int64_t now,
                          const feature_settings& settings) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", state.user_id);
    json_member(w, "known", state.total.events > 0);
    json_member(w, "features", engine::features_of(state, now, settings));
    json_member(w, "segment", engine::segment_of(state, now, settings));
    json_member(w, "state", state);
    w.EndObject();
  });
}

} // namespace riq
