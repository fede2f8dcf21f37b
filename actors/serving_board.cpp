#include "actors/serving_board.hpp"

namespace riq {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

template <std::size_t N>
void add(std::array<std::atomic<std::int64_t>, N>& to, const std::array<std::int64_t, N>& x) {
  for (std::size_t i = 0; i < N; ++i)
    if (x[i] != 0) to[i].fetch_add(x[i], relaxed);
}

} // namespace

void serving_board::list(const engine::analytics::shown_summary& s) {
  items_.fetch_add(s.items, relaxed);
  add(by_source_, s.by_source);
  add(by_reason_, s.by_reason);
  lists_.fetch_add(s.lists, relaxed);
}

void serving_board::items(const unique_count& distinct) {
  bool any = false;
  engine::analytics::each_register(distinct, [&](std::uint32_t index, std::uint8_t rank) {
    auto& r = registers_[index];
    auto before = r.load(relaxed);
    while (before < rank && !r.compare_exchange_weak(before, rank, relaxed)) {
    }
    any = any || before < rank;
  });
  if (any) new_items_.store(true, std::memory_order_release);
}

engine::analytics::shown_summary serving_board::take() {
  engine::analytics::shown_summary out;
  if (lists_.load(relaxed) != 0) {
    out.lists = lists_.exchange(0, relaxed);
    out.items = items_.exchange(0, relaxed);
    for (std::size_t i = 0; i < source_kinds; ++i)
      out.by_source[i] = by_source_[i].exchange(0, relaxed);
    for (std::size_t i = 0; i < reason_kinds; ++i)
      out.by_reason[i] = by_reason_[i].exchange(0, relaxed);
  }
  // Registers are given back to zero: the next bucket knows only what is shown in its own time.
  if (new_items_.exchange(false, std::memory_order_acquire))
    for (std::uint32_t i = 0; i < registers_.size(); ++i)
      if (registers_[i].load(relaxed) != 0)
        engine::analytics::raise(out.distinct, i, registers_[i].exchange(0, relaxed));
  return out;
}

} // namespace riq
