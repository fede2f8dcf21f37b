#pragma once
// What all users together know of the arms: fed by `session-updates`, the same on every node, and
// read-only for the deciders.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/bandit/arm_table.hpp"
#include "engine/bandit/linear_model.hpp"
#include "messages/item.hpp"

namespace riq::engine {

/// How an arm is called in the tables.
std::uint64_t arm_key(std::string_view arm);

class offer_population {
 public:
  /// A caller can name any value of a context field; beyond so many (campaign, level) pairs new
  /// ones are only counted in the levels above them.
  static constexpr std::size_t max_tables = 100'000;
  static constexpr std::size_t max_linear = 20'000;

  /// Adds one served or rewarded offer at everybody and at each of its levels.
  void apply(const session_update& update);

  /// The arms at a level (empty: everybody), null when nothing was met there.
  const arm_table* table(std::string_view campaign, std::string_view level) const;

  /// An arm's regression on features of this layout, null when it was never served with them.
  const linear_model* linear(std::string_view campaign, std::uint64_t layout,
                             std::uint64_t arm) const;

 private:
  arm_table* table_for(std::string_view campaign, std::string_view level);

  std::unordered_map<std::uint64_t, arm_table> tables_;    // by campaign and level
  std::unordered_map<std::uint64_t, linear_model> linear_; // by campaign, layout and arm
};

} // namespace riq::engine
