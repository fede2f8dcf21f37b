#pragma once
// Campaigns as deciders read them: checked, with compiled expressions, immutable once published.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/campaign.hpp"
#include "engine/bandit/eligibility.hpp"
#include "messages/error.hpp"

namespace riq::engine {

struct campaign {
  campaign_settings settings;
  eligibility rule;
  std::vector<eligibility> arm_rules;  ///< by arm
  std::vector<std::uint64_t> arm_keys; ///< by arm
  std::uint64_t layout = 0;            ///< hash of the names of the numeric fields

  /// `ec::invalid` whose field is a JSON pointer into the settings.
  static result<std::shared_ptr<campaign>> compile(campaign_settings settings);
};

/// All campaigns of the moment.
struct campaign_set {
  std::map<std::string, std::shared_ptr<const campaign>, std::less<>> by_id;
  std::vector<std::shared_ptr<const campaign>> by_priority; ///< highest first, then by id

  void put(std::shared_ptr<const campaign> c);
  void remove(std::string_view id);
  const campaign* find(std::string_view id) const;
};

/// Hands the set in force to any thread. One writer publishes.
class campaign_source {
 public:
  std::shared_ptr<const campaign_set> get() const { return current_.load(); }
  void publish(std::shared_ptr<const campaign_set> next) { current_.store(std::move(next)); }

 private:
  std::atomic<std::shared_ptr<const campaign_set>> current_{std::make_shared<const campaign_set>()};
};

} // namespace riq::engine
