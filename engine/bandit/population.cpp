#include "engine/bandit/population.hpp"

#include "messages/hash.hpp"

namespace riq::engine {
namespace {

std::uint64_t table_key(std::string_view campaign, std::string_view level) {
  return stable_hash(level, stable_hash(campaign));
}

std::uint64_t linear_key(std::string_view campaign, std::uint64_t layout, std::uint64_t arm) {
  return stable_hash(campaign, layout ^ (arm * 0x9e3779b97f4a7c15ULL));
}

} // namespace

std::uint64_t arm_key(std::string_view arm) {
  return stable_hash(arm);
}

arm_table* offer_population::table_for(std::string_view campaign, std::string_view level) {
  const auto key = table_key(campaign, level);
  if (const auto at = tables_.find(key); at != tables_.end()) return &at->second;
  return tables_.size() < max_tables ? &tables_[key] : nullptr;
}

void offer_population::apply(const session_update& update) {
  const auto served = update.kind == session_update::what::offer_served;
  if (!served && update.kind != session_update::what::offer_rewarded) return;
  const auto arm = arm_key(update.arm);
  const auto add = [&](std::string_view level) {
    auto* table = table_for(update.campaign, level);
    if (table == nullptr) return;
    if (served)
      table->serve(arm, update.time);
    else
      table->reward(arm, update.reward, update.time);
  };
  add({});
  for (const auto& level : update.levels) add(level);
  if (update.features.empty()) return;
  const auto key = linear_key(update.campaign, update.layout, arm);
  auto at = linear_.find(key);
  if (at == linear_.end()) {
    if (linear_.size() >= max_linear) return;
    at = linear_.try_emplace(key, update.features.size()).first;
  }
  if (at->second.dimension() != update.features.size()) return;
  if (served)
    at->second.serve(update.features, update.time);
  else
    at->second.reward(update.features, update.reward, update.time);
}

const arm_table* offer_population::table(std::string_view campaign, std::string_view level) const {
  const auto at = tables_.find(table_key(campaign, level));
  return at == tables_.end() ? nullptr : &at->second;
}

const linear_model* offer_population::linear(std::string_view campaign, std::uint64_t layout,
                                             std::uint64_t arm) const {
  const auto at = linear_.find(linear_key(campaign, layout, arm));
  return at == linear_.end() ? nullptr : &at->second;
}

} // namespace riq::engine
