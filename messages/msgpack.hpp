#pragma once
// msgpack out of the field lists, for topics and snapshots. A struct is an array of its fields in
// the order of its list; a reader takes what is missing at the end as defaults and skips what it
// does not know, so lists may grow at their end. A variant is [index, value].

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <msgpack.hpp>

#include "config/fields.hpp"
#include "messages/error.hpp"
#include "messages/rare.hpp"

namespace riq {

using msgpack_writer = msgpack::packer<msgpack::sbuffer>;

namespace msgpack_detail {

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_array : std::false_type {};
template <class T, std::size_t N>
struct is_array<std::array<T, N>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class K, class V>
struct is_map<std::map<K, V>> : std::true_type {};
template <class T>
struct is_variant : std::false_type {};
template <class... Ts>
struct is_variant<std::variant<Ts...>> : std::true_type {};

} // namespace msgpack_detail

template <class T>
void pack(msgpack_writer& p, const T& x) {
  using namespace msgpack_detail;
  if constexpr (std::is_enum_v<T>) {
    p.pack(static_cast<std::uint64_t>(x));
  } else if constexpr (is_rare<T>::value) {
    pack(p, *x);
  } else if constexpr (described<T>) {
    p.pack_array(static_cast<std::uint32_t>(field_count<T>));
    for_each_field(x, [&](std::string_view, const auto& value) { pack(p, value); });
  } else if constexpr (is_vector<T>::value || is_array<T>::value) {
    p.pack_array(static_cast<std::uint32_t>(x.size()));
    for (const auto& value : x) pack(p, value);
  } else if constexpr (is_map<T>::value) {
    p.pack_map(static_cast<std::uint32_t>(x.size()));
    for (const auto& [key, value] : x) {
      pack(p, key);
      pack(p, value);
    }
  } else if constexpr (is_variant<T>::value) {
    p.pack_array(2);
    p.pack(static_cast<std::uint64_t>(x.index()));
    std::visit([&](const auto& value) { pack(p, value); }, x);
  } else {
    p.pack(x);
  }
}

/// Reads `o` into `x`; false when it has another shape.
template <class T>
bool unpack(const msgpack::object& o, T& x);

namespace msgpack_detail {

template <class V, std::size_t... I>
bool unpack_alternative(const msgpack::object& o, std::uint64_t index, V& x,
                        std::index_sequence<I...>) {
  const auto one = [&]<std::size_t K>() {
    std::variant_alternative_t<K, V> value;
    if (!unpack(o, value)) return false;
    x = std::move(value);
    return true;
  };
  bool ok = false;
  ((index == I ? void(ok = one.template operator()<I>()) : void()), ...);
  return ok;
}

template <class T, class N>
bool fit_number(N n, T& x) {
  if constexpr (std::is_integral_v<T>)
    if (!std::in_range<T>(n)) return false;
  x = static_cast<T>(n);
  return true;
}

template <class T>
bool unpack_number(const msgpack::object& o, T& x) {
  switch (o.type) {
  case msgpack::type::POSITIVE_INTEGER:
    return fit_number(o.via.u64, x);
  case msgpack::type::NEGATIVE_INTEGER:
    return fit_number(o.via.i64, x);
  case msgpack::type::FLOAT32:
  case msgpack::type::FLOAT64:
    if constexpr (std::is_floating_point_v<T>) x = static_cast<T>(o.via.f64);
    return std::is_floating_point_v<T>;
  default:
    return false;
  }
}

} // namespace msgpack_detail

template <class T>
bool unpack(const msgpack::object& o, T& x) {
  using namespace msgpack_detail;
  if constexpr (std::is_same_v<T, bool>) {
    if (o.type != msgpack::type::BOOLEAN) return false;
    x = o.via.boolean;
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    std::uint64_t n = 0;
    if (!unpack_number(o, n) || n >= enum_names(T{}).size()) return false;
    x = static_cast<T>(n);
    return true;
  } else if constexpr (std::is_arithmetic_v<T>) {
    return unpack_number(o, x);
  } else if constexpr (is_rare<T>::value) {
    const auto ok = unpack(o, x.own());
    x.settle();
    return ok;
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (o.type != msgpack::type::STR) return false;
    x.assign(o.via.str.ptr, o.via.str.size);
    return true;
  } else if constexpr (is_map<T>::value) {
    if (o.type != msgpack::type::MAP) return false;
    for (const auto& kv : o.via.map) {
      typename T::key_type key;
      if (!unpack(kv.key, key) || !unpack(kv.val, x[key])) return false;
    }
    return true;
  } else {
    if (o.type != msgpack::type::ARRAY) return false;
    const auto& a = o.via.array;
    if constexpr (is_variant<T>::value) {
      std::uint64_t index = 0;
      return a.size == 2 && unpack_number(a.ptr[0], index) &&
             unpack_alternative(a.ptr[1], index, x,
                                std::make_index_sequence<std::variant_size_v<T>>{});
    } else if constexpr (is_vector<T>::value) {
      x.clear();
      x.resize(a.size);
      for (std::uint32_t i = 0; i < a.size; ++i)
        if (!unpack(a.ptr[i], x[i])) return false;
      return true;
    } else if constexpr (is_array<T>::value) {
      for (std::uint32_t i = 0; i < a.size && i < x.size(); ++i)
        if (!unpack(a.ptr[i], x[i])) return false;
      return true;
    } else {
      static_assert(described<T>, "give the type a field list");
      std::uint32_t i = 0;
      bool ok = true;
      for_each_field(x, [&](std::string_view, auto& value) {
        if (ok && i < a.size) ok = unpack(a.ptr[i], value);
        ++i;
      });
      return ok;
    }
  }
}

template <class T>
std::string to_msgpack(const T& x) {
  msgpack::sbuffer buffer{256};
  msgpack_writer p{buffer};
  pack(p, x);
  return {buffer.data(), buffer.size()};
}

/// Reads bytes that `to_msgpack` made into a new object: fields that an older version did not write
/// keep the value they have. False when the bytes are anything else; `to` may be half read then.
template <class T>
bool read_msgpack(std::string_view bytes, T& to) {
  // Strings are referenced in place; nesting and sizes are bounded by what a record may hold.
  static const auto reference = [](msgpack::type::object_type, std::size_t, void*) { return true; };
  static thread_local msgpack::zone zone;
  zone.clear();
  try {
    const auto limit = bytes.size();
    const msgpack::unpack_limit limits{limit, limit, limit, limit, limit, 32};
    std::size_t offset = 0;
    bool referenced = false;
    const auto o = msgpack::unpack(zone, bytes.data(), bytes.size(), offset, referenced, reference,
                                   nullptr, limits);
    return offset == bytes.size() && unpack(o, to);
  } catch (const msgpack::unpack_error&) {
    return false;
  }
}

/// The same as a value; `ec::corrupt` when they are anything else.
template <class T>
result<T> from_msgpack(std::string_view bytes) {
  result<T> out{T{}};
  if (!read_msgpack(bytes, *out)) return error{ec::corrupt, "", "not a record of this kind"};
  return out;
}

} // namespace riq
