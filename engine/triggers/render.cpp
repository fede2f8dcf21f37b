#include "engine/features.hpp"
#include "engine/triggers/compose.hpp"
#include "messages/json.hpp"

namespace riq::engine {

std::string render_trigger(const trigger_fired& f, std::string_view id, std::string_view user_id,
                           std::int64_t time) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    if (!id.empty()) json_member(w, "id", id);
    json_member(w, "userId", user_id);
    json_member(w, "rule", f.rule);
    json_member(w, "ruleVersion", f.version);
    json_member(w, "kind", f.kind);
    json_member(w, "step", f.step + 1);
    json_member(w, "time", rfc3339(time));
    json_member(w, "due", rfc3339(f.due));
    json_member(w, "reason", f.reason);
    json_member(w, "items", f.items);
    json_key(w, "offer");
    if (f.offer_shown.empty())
      w.Null();
    else
      write_json(w, raw_json{f.offer_shown});
    json_member(w, "because", f.because);
    json_member(w, "targets", f.targets);
    w.EndObject();
  });
}

std::string render_armed(const std::vector<armed_trigger>& armed, std::int64_t now) {
  return render_json([&](json_writer& w) {
    w.StartArray();
    for (const auto& a : armed) {
      w.StartObject();
      json_member(w, "rule", a.rule->told.id);
      json_member(w, "kind", a.rule->told.kind);
      json_member(w, "step", a.step + 1);
      json_member(w, "due", rfc3339(a.due));
      json_member(w, "inSeconds", static_cast<double>(a.due - now) / 1000);
      if (!a.about.empty()) json_member(w, "productId", a.about);
      json_member(w, "fires", a.why == hindrance::none);
      if (a.why != hindrance::none) json_member(w, "hindrance", a.why);
      if (!a.detail.empty()) json_member(w, "detail", a.detail);
      w.EndObject();
    }
    w.EndArray();
  });
}

} // namespace riq::engine
