#pragma once
// The numbers of one partition, over event time. Pure: facts in, answers and entries for the store
// out.
//
// An event is counted in one bucket: that of its minute, or its hour or day when it is so old that
// finer ones are not kept. As event time goes on, whole hours of minutes become an hour and whole
// days of hours a day, so a number is never in two places, and memory is bounded (about 20 MB for
// the busiest partition; tables and sketches are what takes room).
//
// Exactly once: `fold` is called in the order of the log and skips what is below the position the
// aggregate was stored with. Entries for the store are only those that changed since the last time
// (`take_changes`), to be stored together with the position up to which was folded.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/analytics/shown.hpp"
#include "messages/analytics.hpp"
#include "messages/analytics_note.hpp"
#include "messages/error.hpp"
#include "messages/event.hpp"
#include "messages/item.hpp"

namespace riq::engine::analytics {

inline constexpr std::int64_t minute_ms = 60'000;
inline constexpr std::int64_t hour_ms = 60 * minute_ms;
inline constexpr std::int64_t day_ms = 24 * hour_ms;

/// How long buckets are kept at least, before the newest event.
inline constexpr std::int64_t minutes_kept_ms = 2 * hour_ms;
inline constexpr std::int64_t hours_kept_ms = 3 * day_ms;
inline constexpr std::int64_t days_kept_ms = 120 * day_ms;

/// Where the catalogue's facts about an item come from; null when it is not known.
using find_item = std::function<const item*(std::string_view product_id)>;

class aggregate {
 public:
  /// Counts an applied event at `offset` of the log. `known` tells the category and brand of what
  /// was bought.
  void fold(std::int64_t offset, const event& e, const analytics_note& note,
            const find_item& known);

  /// Counts lists that were shown at `time`. They are not in the log: see shown.hpp.
  void fold(const shown_summary& shown, std::int64_t time);

  /// The share of this partition.
  analytics_slice answer(const ask_analytics& question) const;

  /// Newest event time counted, 0: none.
  std::int64_t newest() const { return newest_; }
  /// Below this offset everything was folded when it was stored.
  std::int64_t stored_position() const { return skip_below_; }

  // The store. Keys begin with `prefix`, which no user's id does.

  static constexpr std::string_view prefix{"\0a", 2};
  using entry = std::pair<std::string, std::optional<std::string>>; ///< nothing: erase

  bool changed() const { return levels_changed_ || !changed_.empty(); }
  /// What changed since the last time, as of `position`; not while a commit is under way.
  std::vector<entry> take_changes(std::int64_t position);
  void stored() { taken_.clear(); }
  /// The commit failed: the same is in the next changes.
  void not_stored();
  /// Takes an entry that was stored; any order, then `restored`.
  error restore(std::string_view key, std::string_view value);
  void restored();
  std::size_t entries() const;

 private:
  enum class level : char { minute = 'm', hour = 'h', day = 'd', cohort = 'c', state = 's' };
  using place = std::pair<level, std::int64_t>;
  using buckets = std::map<std::int64_t, analytics_bucket>;

  analytics_bucket* bucket_at(std::int64_t time);
  void saw(std::int64_t time);
  void coarsen(buckets& fine, level fine_level, std::int64_t before, buckets& coarse,
               level coarse_level, std::int64_t length);
  void forget_recent();
  void touch(place p);
  void fold_activity(analytics_bucket& b, const activity& a, const analytics_note& note);
  void fold_order(analytics_bucket& b, const order& o, const analytics_note& note,
                  const find_item& known);
  void fold_offer(analytics_bucket& b, const event& e, const analytics_note& note);
  void fold_user(const event& e, const analytics_note& note);
  void fold_path(const analytics_note& note);
  void fold_segment(const analytics_note& note);
  std::array<std::int64_t, 4>& segment_row_at(std::int32_t day);

  buckets minutes_;
  buckets hours_;
  buckets days_;
  std::map<std::int32_t, cohort_row> cohorts_;
  std::map<std::int32_t, std::array<std::int64_t, 4>> segments_; ///< by day
  std::int64_t open_carts_ = 0;
  micros open_value_ = 0;
  std::int64_t newest_ = 0;
  std::int64_t too_old_ = 0;
  std::int64_t skip_below_ = 0;
  std::int64_t restored_newest_ = 0;
  // Finer buckets begin here; of whole hours and days.
  std::int64_t minutes_from_ = 0;
  std::int64_t hours_from_ = 0;
  std::int64_t days_from_ = 0;

  // Buckets that are marked as changed, by minute: the sessions under way began in a few.
  struct found {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    analytics_bucket* bucket = nullptr;
  };
  std::array<found, 64> recent_{};
  found last_; ///< where the last event went, which is mostly where the next goes

  std::set<place> changed_; ///< those that are gone are erased
  std::vector<place> taken_;
  bool levels_changed_ = false;
};

} // namespace riq::engine::analytics
