#include "engine/group_lists.hpp"

#include "engine/slots.hpp"

namespace riq::engine {

std::uint32_t group_lists::join(std::uint64_t key) {
  auto at = find(key);
  if (at == none) {
    at = take_slot(free_, [&] { return groups_.grow(); });
    groups_[at].key = key;
    by_key_.insert(key, at);
  }
  ++groups_[at].members;
  return at;
}

void group_lists::leave(std::uint32_t at, item_ref item, std::uint64_t hash, double popularity) {
  auto& g = groups_[at];
  g.best.remove(item, hash, popularity);
  if (--g.members != 0) return;
  by_key_.erase(g.key, at);
  g = {};
  free_.push_back(at);
}

} // namespace riq::engine
