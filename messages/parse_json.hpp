#pragma once
// Helpers for reading a caller's JSON: bounded, strict about types, with errors that name the
// field. simdjson's DOM is used because it checks the whole text (UTF-8, numbers, nesting) before
// anything of it is believed.
//
//   enum : std::size_t { reward, outcome };
//   static constexpr std::string_view names[] = {"reward", "outcome"};
//   const auto root = read_json(text);             // references thread-local memory
//   if (!root) return root.error();
//   json_object o{*root, names};
//   double r = 0;
//   o.number(reward, r, 0, 1, required);
//   if (o.failed()) return o.failure();

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "messages/error.hpp"
#include "messages/parse_context.hpp"

namespace riq {

using json_element = simdjson::dom::element;

/// The root of a JSON text. It lives until this thread's next call.
result<json_element> read_json(std::string_view text);

enum class presence : bool { optional, required };

/// The members of a JSON object by a list of names. The first failure is kept and makes the reads
/// after it do nothing. A name that is given twice is a failure, an unknown one is ignored, a null
/// counts as absent.
class json_object {
 public:
  static constexpr std::size_t max_names = 24;

  /// `path` precedes the names in errors, such as `items[2].`; both arguments must outlive this.
  json_object(const json_element& value, std::span<const std::string_view> names,
              std::string_view path = {});

  bool failed() const { return static_cast<bool>(failure_); }
  const error& failure() const { return failure_; }
  void fail(std::size_t name, std::string_view detail);
  /// Takes over a failure from inside a member.
  void fail(error e);

  bool has(std::size_t name) const { return (present_ >> name & 1) != 0; }
  const json_element& at(std::size_t name) const { return members_[name]; }

  /// A string of 1…`max` bytes without control characters; an empty one counts as absent.
  void text(std::size_t name, std::string& out, std::size_t max,
            presence need = presence::optional);
  /// A string as above, or an integer, taken as its decimal digits.
  void id(std::size_t name, std::string& out, std::size_t max, presence need = presence::optional);
  /// A finite number within [lo, hi].
  void number(std::size_t name, double& out, double lo, double hi,
              presence need = presence::optional);
  /// A whole number within [lo, hi]; 3.0 is one.
  void integer(std::size_t name, std::int64_t& out, std::int64_t lo, std::int64_t hi,
               presence need = presence::optional);
  void flag(std::size_t name, bool& out);
  /// Epoch milliseconds, or RFC 3339 with its offset.
  void time(std::size_t name, std::int64_t& out);

 private:
  bool take(std::size_t name, presence need);

  std::span<const std::string_view> names_;
  std::string_view path_;
  std::uint32_t present_ = 0;
  std::array<json_element, max_names> members_;
  error failure_;
};

/// Whether a string has a character below U+0020 or U+007F.
bool has_control(std::string_view text);

/// Whether text from outside JSON, such as a path's, may be an id: 1…`max` bytes of valid UTF-8
/// without control characters.
bool good_id(std::string_view text, std::size_t max);

/// Epoch milliseconds of an RFC 3339 time (a space for the T and small letters allowed).
/// False when it is none.
bool read_rfc3339(std::string_view text, std::int64_t& out);

/// A category path as we write it: parts trimmed, lower case (ASCII), joined by dots; `/`, `>` and
/// `.` separate, empty parts are dropped. `Electronics > Laptops` is `electronics.laptops`.
std::string standard_category(std::string_view text);

/// Trimmed and lower case (ASCII).
std::string standard_name(std::string_view text);

} // namespace riq
