#pragma once
// JSON out of the field lists, through RapidJSON's writer. Reading is in parse_json.hpp.

#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <variant>
#include <vector>

#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "config/fields.hpp"
#include "messages/rare.hpp"

namespace riq {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

inline void write_json(json_writer& w, std::string_view text) {
  w.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

inline void json_key(json_writer& w, std::string_view key) {
  w.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

/// Text that is JSON already, such as a caller's `properties`.
struct raw_json {
  std::string_view text;
};
inline void write_json(json_writer& w, raw_json json) {
  w.RawValue(json.text.data(), json.text.size(), rapidjson::kObjectType);
}

template <class T>
requires std::is_arithmetic_v<T>
void write_json(json_writer& w, T x) {
  if constexpr (std::is_same_v<T, bool>)
    w.Bool(x);
  else if constexpr (std::is_floating_point_v<T>)
    w.Double(std::isfinite(x) ? double(x) : 0.0);
  else if constexpr (std::is_signed_v<T>)
    w.Int64(x);
  else
    w.Uint64(x);
}

template <named_enum E>
void write_json(json_writer& w, E e) {
  write_json(w, name_of(e));
}

template <described T>
void write_json(json_writer& w, const T& x);
template <class T>
void write_json(json_writer& w, const std::vector<T>& xs);
template <class T, std::size_t N>
void write_json(json_writer& w, const std::array<T, N>& xs);
template <class K, class V>
void write_json(json_writer& w, const std::map<K, V>& xs);
template <class... Ts>
void write_json(json_writer& w, const std::variant<Ts...>& x);
template <class T>
void write_json(json_writer& w, const rare<T>& x) {
  write_json(w, *x);
}

template <class T>
void json_member(json_writer& w, std::string_view key, const T& value) {
  json_key(w, key);
  write_json(w, value);
}

/// The members of a struct without the braces, so that others can be put beside them.
template <described T>
void write_json_members(json_writer& w, const T& x) {
  for_each_field(x, [&](std::string_view name, const auto& value) { json_member(w, name, value); });
}

template <described T>
void write_json(json_writer& w, const T& x) {
  w.StartObject();
  write_json_members(w, x);
  w.EndObject();
}

template <class T>
void write_json(json_writer& w, const std::vector<T>& xs) {
  w.StartArray();
  for (const auto& x : xs) write_json(w, x);
  w.EndArray();
}

template <class T, std::size_t N>
void write_json(json_writer& w, const std::array<T, N>& xs) {
  w.StartArray();
  for (const auto& x : xs) write_json(w, x);
  w.EndArray();
}

template <class K, class V>
void write_json(json_writer& w, const std::map<K, V>& xs) {
  w.StartObject();
  for (const auto& [key, value] : xs) json_member(w, key, value);
  w.EndObject();
}

/// `{"<alternative>": {…}}`
template <class... Ts>
void write_json(json_writer& w, const std::variant<Ts...>& x) {
  w.StartObject();
  json_key(w, alternative_names(x)[x.index()]);
  std::visit([&](const auto& value) { write_json(w, value); }, x);
  w.EndObject();
}

template <class T>
std::string to_json(const T& x) {
  rapidjson::StringBuffer buffer;
  json_writer w{buffer};
  write_json(w, x);
  return {buffer.GetString(), buffer.GetSize()};
}

/// Builds a JSON text: `render_json([&](json_writer& w) { … })`.
template <class F>
std::string render_json(F&& write) {
  rapidjson::StringBuffer buffer;
  json_writer w{buffer};
  write(w);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace riq
