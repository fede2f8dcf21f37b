#include "engine/bandit/campaign.hpp"

#include <algorithm>

#include "engine/bandit/population.hpp"
#include "messages/hash.hpp"

namespace riq::engine {

result<std::shared_ptr<campaign>> campaign::compile(campaign_settings settings) {
  if (auto bad = check_campaign(settings))
    return error{ec::invalid, std::move(bad->where), std::move(bad->what)};
  auto out = std::make_shared<campaign>();
  auto fields = settings.categorical;
  fields.insert(fields.end(), settings.numeric.begin(), settings.numeric.end());
  auto rule = eligibility::compile(settings.eligible, fields);
  if (!rule) return error{ec::invalid, "/eligible", rule.error().detail};
  out->rule = std::move(*rule);
  for (std::size_t i = 0; i < settings.arms.size(); ++i) {
    auto compiled = eligibility::compile(settings.arms[i].eligible, fields);
    if (!compiled)
      return error{ec::invalid, "/arms/" + std::to_string(i) + "/eligible",
                   compiled.error().detail};
    out->arm_rules.push_back(std::move(*compiled));
    out->arm_keys.push_back(arm_key(settings.arms[i].id));
  }
  for (const auto& name : settings.numeric) out->layout = stable_hash(name, out->layout + 1);
  out->settings = std::move(settings);
  return out;
}

void campaign_set::put(std::shared_ptr<const campaign> c) {
  remove(c->settings.id);
  const auto before = [](const auto& a, const auto& b) {
    return a->settings.priority != b->settings.priority
             ? a->settings.priority > b->settings.priority
             : a->settings.id < b->settings.id;
  };
  by_priority.insert(std::ranges::upper_bound(by_priority, c, before), c);
  by_id.insert_or_assign(c->settings.id, std::move(c));
}

void campaign_set::remove(std::string_view id) {
  const auto at = by_id.find(id);
  if (at == by_id.end()) return;
  std::erase(by_priority, at->second);
  by_id.erase(at);
}

const campaign* campaign_set::find(std::string_view id) const {
  const auto at = by_id.find(id);
  return at == by_id.end() ? nullptr : at->second.get();
}

} // namespace riq::engine
