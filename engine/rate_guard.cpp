#include "engine/rate_guard.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "messages/hash.hpp"

namespace riq::engine {
namespace {

constexpr std::int64_t window = rate_guard::window_sec;

std::size_t bucket(std::int64_t second) {
  return static_cast<std::size_t>(second % window);
}

} // namespace

rate_guard::rate_guard(std::uint32_t limit, std::size_t users)
  : limit_(limit), mask_(std::bit_ceil(std::max(users / ways, std::size_t{1})) - 1),
    table_(limit == 0 ? 0 : (mask_ + 1) * ways) {}

rate_guard::entry& rate_guard::entry_for(std::uint64_t user, std::int64_t second) {
  const auto set = table_.begin() + static_cast<std::ptrdiff_t>((user & mask_) * ways);
  const auto end = set + ways;
  if (const auto at = std::find_if(set, end, [&](const entry& e) { return e.user == user; });
      at != end)
    return *at;
  const auto at = std::min_element(set, end, [](const entry& a, const entry& b) {
    return std::pair{a.user != 0, a.newest} < std::pair{b.user != 0, b.newest};
  });
  *at = {user, second, {}};
  return *at;
}

bool rate_guard::admit(std::string_view user_id, std::int64_t time) {
  if (limit_ == 0) return true;
  const auto second = std::max(time, std::int64_t{0}) / 1'000;
  auto& e = entry_for(stable_hash(user_id) | 1, second);
  if (second <= e.newest - window) return true;
  if (second - e.newest >= window)
    e.counts.fill(0);
  else
    for (auto s = e.newest + 1; s <= second; ++s) e.counts[bucket(s)] = 0;
  e.newest = std::max(e.newest, second);
  auto& count = e.counts[bucket(second)];
  if (count < limit_ + 1) ++count; // more says nothing more, and cannot overflow
  const auto sum = std::accumulate(e.counts.begin(), e.counts.end(), std::uint64_t{0});
  return sum <= limit_;
}

} // namespace riq::engine
