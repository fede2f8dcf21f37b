#include "engine/lesson.hpp"

#include <algorithm>
#include <vector>

#include "engine/evidence.hpp"
#include "engine/retrieval.hpp"

namespace riq::engine {

namespace {

// Enough to hold what matters, at a fraction of what a full list costs.
constexpr std::uint32_t lesson_candidates = 250;

} // namespace

void take_lesson(const item_model& model, const indexed_session& session, std::uint32_t item,
                 std::int64_t time, calibration& pupil) {
  thread_local context asking;
  fill_context(asking, session, model, time);
  if (asking.met.empty()) return;
  const question q(asking, model);
  const auto& pool = retrieve_candidates(asking, model, lesson_candidates);
  const auto last = asking.met.front().item; // nobody goes from an item to itself
  if (item == last ||
      std::none_of(pool.begin(), pool.end(), [&](const candidate& c) { return c.item == item; }))
    return pupil.miss();
  thread_local std::vector<evidence> told;
  told.assign(blocks_of(pool.size()), evidence{});
  std::size_t count = 0;
  std::size_t right = 0;
  for (const auto& c : pool) {
    if (c.item == last) continue;
    if (c.item == item) right = count;
    gather(c, q, told[count / lanes], count % lanes);
    ++count;
  }
  thread_local std::vector<signal_block> signals;
  signals.resize(blocks_of(count));
  for (std::size_t b = 0; b < signals.size(); ++b)
    each_signal(told[b], q, [&x = signals[b]](signal s, floats value) { x[at(s)] = value; });
  pupil.learn(signals, count, right);
}

} // namespace riq::engine
