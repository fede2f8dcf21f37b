// How a shard counts: it folds what its users applied into its aggregate, in the order of the log,
// and stores that in the commits that hold their snapshots.
//
// Why each event counts once: a commit holds only snapshots of states before `passed_on`, and the
// aggregate as of `passed_on`. After a restart the log is read from before that. What lies below
// was counted and is skipped by the aggregate, whoever applies it again; what lies above is in no
// snapshot, so every user applies it again and says what it means.

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/live_events.hpp"
#include "actors/shard.hpp"
#include "messages/caf_error.hpp"

namespace riq {
namespace {

using engine::analytics::aggregate;

constexpr std::size_t entries_at_once = 64;

// Without snapshots to store, the numbers alone are written so often.
constexpr std::int64_t store_every_ms = 1'000;

// A load of old events in any order changes many buckets; the shard then commits more rarely, so
// that it writes no more than this in a millisecond.
constexpr std::int64_t bytes_a_ms = 5'000;

} // namespace

void shard_state::load_analytics() {
  if (loading_analytics) return;
  if (analytics_cursor.empty()) analytics_cursor = aggregate::prefix;
  const auto failed = config.store->scan(
    config.partition, analytics_cursor, entries_at_once, [to = shard_actor{self}](auto found) {
      caf::anon_send(to, analytics_loaded{std::make_shared<decltype(found)>(std::move(found))});
    });
  loading_analytics = !failed; // else with the next tick
}

void shard_state::analytics_loaded_now(const analytics_loaded& l) {
  loading_analytics = false;
  if (!*l.entries) return fail(failures.loading, l.entries->error());
  failures.loading.clear();
  for (const auto& [key, value] : **l.entries) {
    if (!key.starts_with(aggregate::prefix)) break;
    analytics_cursor = key;
    // What is damaged is lost; everything else goes on.
    if (const auto damage = analytics.restore(key, value))
      spdlog::error("shard {}: {}; what it counted is lost", config.partition, damage.detail);
  }
  const auto& list = **l.entries;
  if (list.size() == entries_at_once && list.back().first.starts_with(aggregate::prefix))
    return load_analytics();
  analytics.restored();
  analytics_ready = true;
  caught_up();
  if (budgets_ready && !draining && !following) follow();
}

void shard_state::count(const batch_tracker::batch& b) {
  struct applied {
    std::int64_t offset;
    const event* what;
    const analytics_note* means;
  };
  std::vector<applied> all;
  all.reserve(b.records);
  for (const auto& part : b.parts)
    for (std::size_t i = 0; i < part.events.size(); ++i)
      if (part.notes[i].counts)
        all.push_back({part.events[i].first, &part.events[i].second, &part.notes[i]});
  if (all.empty()) return;
  std::sort(all.begin(), all.end(),
            [](const applied& x, const applied& y) { return x.offset < y.offset; });
  std::shared_ptr<const engine::shared_model> model; // fetched for the first order only
  const engine::analytics::find_item known = [&](std::string_view product) {
    if (!model) model = config.engine->model->get();
    return model->items.find(product);
  };
  for (const auto& a : all) analytics.fold(a.offset, *a.what, *a.means, known);
  if (const auto& feed = config.engine->feed; feed && feed->wanted() && counts.ready) {
    std::vector<live_item> seen;
    all.resize(feed->admit(all.size()));
    for (const auto& a : all) add_live(seen, *a.what, *a.means, config.partition, a.offset);
    if (!seen.empty()) feed->publish(std::move(seen));
  }
}

void shard_state::count_shown() {
  if (!analytics_ready) return;
  analytics.fold(users->served->take(), clock->now());
}

bool shard_state::analytics_due() const {
  if (!analytics_ready || !analytics.changed()) return false;
  return draining || steady_now() - analytics_stored >= store_every_ms;
}

void shard_state::add_analytics(storage::state_commit& batch) {
  if (!analytics_ready || !analytics.changed()) return;
  std::int64_t bytes = 0;
  for (auto& [key, value] : analytics.take_changes(passed_on)) {
    if (value) bytes += static_cast<std::int64_t>(value->size());
    batch.writes.push_back({std::move(key), std::move(value), 0, 0});
  }
  counts.analytics_bytes += static_cast<std::uint64_t>(bytes);
  analytics_stored = steady_now();
  last_commit = std::max(last_commit, analytics_stored + bytes / bytes_a_ms);
}

caf::result<analytics_slice> shard_state::answer_analytics(const ask_analytics& question) {
  if (!analytics_ready)
    return to_caf({ec::not_ready, "", "the shard is still restoring its analytics"});
  complete_batches(true); // with all that was applied
  return analytics.answer(question);
}

} // namespace riq
