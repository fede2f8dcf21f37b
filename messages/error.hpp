#pragma once
// Failures are values with a code, returned to whoever asked.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace riq {

enum class ec : std::uint8_t {
  none,
  invalid,         ///< what the caller sent is wrong; `field` says where
  unauthenticated, ///< no key, or an unknown one
  forbidden,       ///< the key lacks the scope
  not_found,
  conflict,
  too_large,
  queue_full, ///< a bounded queue is full: try again later
  timed_out,
  not_ready, ///< still restoring
  disk_full, ///< the log or the state store has no room
  storage,   ///< the log or the state store failed in another way
  corrupt,   ///< a checksum or a format did not hold; `detail` names file and offset
  internal,
  expired, ///< it was valid once
};

constexpr auto enum_names(ec) {
  return std::array<std::string_view, 15>{"none",      "invalid",   "unauthenticated", "forbidden",
                                          "not_found", "conflict",  "too_large",       "queue_full",
                                          "timed_out", "not_ready", "disk_full",       "storage",
                                          "corrupt",   "internal",  "expired"};
}

struct error {
  ec code = ec::none;
  std::string field;  ///< the caller's field that is wrong, empty when it is none of them
  std::string detail; ///< a sentence that says what to do
  explicit operator bool() const { return code != ec::none; }
};

/// A value or the error that kept it from being.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : data_(std::in_place_index<0>, std::move(value)) {}
  result(riq::error e) : data_(std::in_place_index<1>, std::move(e)) {}

  explicit operator bool() const { return data_.index() == 0; }
  T& operator*() { return std::get<0>(data_); }
  const T& operator*() const { return std::get<0>(data_); }
  T* operator->() { return &std::get<0>(data_); }
  const T* operator->() const { return &std::get<0>(data_); }
  riq::error& error() { return std::get<1>(data_); }
  const riq::error& error() const { return std::get<1>(data_); }

 private:
  std::variant<T, riq::error> data_;
};

} // namespace riq
