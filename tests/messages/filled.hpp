#pragma once
// Fills any struct with a field list with values that differ from its defaults, so that a codec
// that skips or swaps a field is found out.

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "config/fields.hpp"
#include "messages/rare.hpp"

namespace riq::testing {

using generator = std::mt19937_64;

inline std::uint64_t below(generator& g, std::uint64_t n) {
  return g() % n;
}

inline void fill(std::string& x, generator& g) {
  x.assign(below(g, 24), ' ');
  for (auto& c : x) c = static_cast<char>('!' + below(g, 90));
}

template <class T>
requires std::is_arithmetic_v<T>
void fill(T& x, generator& g) {
  if constexpr (std::is_same_v<T, bool>)
    x = below(g, 2) == 1;
  else if constexpr (std::is_floating_point_v<T>)
    x = static_cast<T>(below(g, 1 << 30)) / 1024 - 512;
  else
    x = static_cast<T>(g()); // negative ones and the largest too
}

template <named_enum E>
void fill(E& x, generator& g) {
  x = static_cast<E>(below(g, enum_names(E{}).size()));
}

template <described T>
void fill(T& x, generator& g);
template <class T>
void fill(std::vector<T>& x, generator& g);
template <class T, std::size_t N>
void fill(std::array<T, N>& x, generator& g);
template <class K, class V>
void fill(std::map<K, V>& x, generator& g);
template <class... Ts>
void fill(std::variant<Ts...>& x, generator& g);
template <class T>
void fill(rare<T>& x, generator& g) {
  fill(x.own(), g);
}

template <described T>
void fill(T& x, generator& g) {
  for_each_field(x, [&](std::string_view, auto& member) { fill(member, g); });
}

template <class T>
void fill(std::vector<T>& x, generator& g) {
  x.resize(below(g, 4));
  for (auto& element : x) fill(element, g);
}

template <class T, std::size_t N>
void fill(std::array<T, N>& x, generator& g) {
  for (auto& element : x) fill(element, g);
}

template <class K, class V>
void fill(std::map<K, V>& x, generator& g) {
  x.clear();
  for (auto n = below(g, 4); n > 0; --n) {
    K key;
    fill(key, g);
    fill(x[key], g);
  }
}

template <class... Ts>
void fill(std::variant<Ts...>& x, generator& g) {
  const auto index = below(g, sizeof...(Ts));
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto one = [&]<std::size_t K>() { fill(x.template emplace<K>(), g); };
    ((index == I ? one.template operator()<I>() : void()), ...);
  }
  (std::index_sequence_for<Ts...>{});
}

template <class T>
T filled(generator& g) {
  T x{};
  fill(x, g);
  return x;
}

} // namespace riq::testing
