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
  thread_local std::vector<signals> all;
  all.clear();
  evidence<float, std::uint32_t> told;
  auto right = pool.size();
  for (const auto& c : pool) {
    if (c.item == asking.met.front().item) continue; // nobody goes from an item to itself
    if (c.item == item) right = all.size();
    gather(c, q, told, 0);
    auto& x = all.emplace_back();
    each_signal(told, q, [&](signal which, float value) { x[at(which)] = value; });
  }
  if (right < all.size())
    pupil.learn(all, right);
  else
    pupil.miss();
}

} // namespace riq::engine
