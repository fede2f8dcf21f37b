#include "gateway/admission.hpp"

#include "messages/hash.hpp"

namespace riq::gateway {
namespace {

admission::place take(std::atomic<std::uint32_t>& counter, std::size_t bound) {
  if (counter.fetch_add(1, std::memory_order_relaxed) < bound) return admission::place{counter};
  counter.fetch_sub(1, std::memory_order_relaxed);
  return {};
}

} // namespace

admission::place admission::enter() {
  return take(running_, bound_);
}

admission::place admission::enter_user(std::string_view user) {
  return take(users_[stable_hash(user) % counters], user_bound_);
}

} // namespace riq::gateway
