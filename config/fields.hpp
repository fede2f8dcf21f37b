#pragma once
// One field list a struct, names and members, needing no other header of ours. From it come the
// settings loader, the JSON of the API and the inspector, msgpack on topics and in snapshots, and
// CAF's wire between nodes. No field list is written twice.
//
//   struct order_line {
//     std::string product_id;
//     std::uint32_t quantity = 1;
//     static constexpr auto fields() {
//       return std::tuple{field("productId", &order_line::product_id),
//                         field("quantity", &order_line::quantity)};
//     }
//   };
//
// Evolution rule for everything persisted or sent: fields are only ever appended.

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace riq {

template <class Owner, class T>
struct field_ref {
  std::string_view name;
  T Owner::*member;
};

template <class Owner, class T>
constexpr field_ref<Owner, T> field(std::string_view name, T Owner::*member) {
  return {name, member};
}

/// A struct with a field list.
template <class T>
concept described = requires {
  std::remove_cvref_t<T>::fields();
};

/// Calls `visit(name, member)` for each field of `x`, in the order of the list.
template <class T, class F>
requires described<T>
constexpr void for_each_field(T& x, F&& visit) {
  std::apply([&](const auto&... f) { (visit(f.name, x.*(f.member)), ...); },
             std::remove_cvref_t<T>::fields());
}

template <described T>
constexpr std::size_t field_count = std::tuple_size_v<decltype(T::fields())>;

/// An enum whose enumerators 0…N-1 have names: `constexpr auto enum_names(E)` is found by ADL and
/// returns an array of N names. Names are part of the API and the wire: never rename one.
template <class E>
concept named_enum = std::is_enum_v<E> && requires(E e) {
  enum_names(e);
};

template <named_enum E>
constexpr std::string_view name_of(E e) {
  constexpr auto names = enum_names(E{});
  const auto i = static_cast<std::size_t>(e);
  return i < names.size() ? names[i] : std::string_view{"?"};
}

/// The enumerator with this name, letter case ignored; nothing when there is none.
template <named_enum E>
constexpr std::optional<E> from_name(std::string_view text) {
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  constexpr auto names = enum_names(E{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].size() != text.size()) continue;
    bool same = true;
    for (std::size_t k = 0; same && k < text.size(); ++k)
      same = lower(names[i][k]) == lower(text[k]);
    if (same) return static_cast<E>(i);
  }
  return std::nullopt;
}

} // namespace riq
