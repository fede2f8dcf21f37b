// What a state takes, as the allocator sees it.
#include "engine/apply.hpp"

namespace riq::engine {
namespace {

// glibc's malloc rounds up to 16 bytes and keeps 8 of its own.
constexpr std::size_t allocated(std::size_t bytes) {
  return bytes == 0 ? 0 : (bytes + 8 + 15) / 16 * 16;
}

template <class T>
std::size_t heap(const T&) {
  return 0;
}
std::size_t heap(const std::string& s) {
  constexpr std::size_t in_place = 15;
  return s.capacity() > in_place ? allocated(s.capacity() + 1) : 0;
}
template <class T>
std::size_t heap(const std::vector<T>& list);
template <described T>
std::size_t heap(const T& x);
template <class T>
std::size_t heap(const rare<T>& x) {
  return x.takes_room() ? allocated(sizeof(T)) + heap(*x) : 0;
}
template <described T>
std::size_t heap(const T& x) {
  std::size_t sum = 0;
  for_each_field(x, [&](std::string_view, const auto& member) { sum += heap(member); });
  return sum;
}
template <class T>
std::size_t heap(const std::vector<T>& list) {
  auto sum = allocated(list.capacity() * sizeof(T));
  if constexpr (!std::is_arithmetic_v<T>)
    for (const auto& x : list) sum += heap(x);
  return sum;
}

} // namespace

std::size_t memory_of(const user_state& state) {
  return sizeof state + heap(state);
}

} // namespace riq::engine
