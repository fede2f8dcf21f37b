#pragma once
// What is known of a campaign's arms at one place of the hierarchy (everybody, or one value of a
// context field), and the watch for a world that changed.

#include <cstdint>
#include <vector>

namespace riq::engine {

/// Half-life of what is known of an arm, of a user's and of everybody's: an offer that worked a
/// month ago says little about today's.
inline constexpr double offer_half_life_ms = 14.0 * 86'400'000;

/// Decayed sums of one arm.
struct reward_cell {
  double served = 0;
  double reward = 0;
  double squares = 0; ///< of rewards
  double told = 0;    ///< outcomes told, rewards of 0 included
  std::int64_t at = 0;
  double drop = 0; ///< evidence that the arm has become worse, a CUSUM statistic
  double rise = 0; ///< … or better

  double told_mean() const { return told > 0 ? reward / told : 0; }
  /// Brings the sums up to `time`; for an earlier time they stay. Returns what an observation of
  /// `time` weighs.
  double fade_to(std::int64_t time);
};

class arm_table {
 public:
  void serve(std::uint64_t arm, std::int64_t time);

  /// Adds an outcome. When the outcomes told contradict what was known of the arm, everything in
  /// this table fades to a tenth, so that the new world is learned anew. (Page's CUSUM test for a
  /// shift of a fifth of a standard deviation, two-sided; Biometrika 41, 1954. Offers whose
  /// failures nobody tells give it nothing to compare; they only have the half-life.)
  void reward(std::uint64_t arm, double value, std::int64_t time);

  /// The arm's cell as of its last change, null when it was never met.
  const reward_cell* find(std::uint64_t arm) const;

  /// The arm's sums decayed to `now`.
  reward_cell as_of(std::uint64_t arm, std::int64_t now) const;

  /// Over all arms.
  const reward_cell& all() const { return all_; }
  std::uint32_t changes_noticed() const { return changes_; }

 private:
  struct entry {
    std::uint64_t arm;
    reward_cell cell;
  };
  reward_cell& at(std::uint64_t arm);
  bool changed(reward_cell& c, double value) const;

  std::vector<entry> arms_; // sorted by arm
  reward_cell all_;
  std::uint32_t changes_ = 0;
};

} // namespace riq::engine
