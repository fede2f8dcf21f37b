#pragma once
// What is wrong with a configuration, and where. Config stands below messages/, so it has its own
// small result.

#include <string>
#include <utility>
#include <variant>

namespace riq {

struct config_error {
  std::string where; ///< `retargetiq.toml:12:3`, `--set log.fsync`, or the setting's name
  std::string what;  ///< a sentence that says what to change
  std::string text() const { return where.empty() ? what : where + ": " + what; }
};

/// A value or the error that kept it from being.
template <class T>
class [[nodiscard]] config_result {
 public:
  config_result(T value) : data_(std::in_place_index<0>, std::move(value)) {}
  config_result(config_error e) : data_(std::in_place_index<1>, std::move(e)) {}

  explicit operator bool() const { return data_.index() == 0; }
  T& operator*() { return std::get<0>(data_); }
  const T& operator*() const { return std::get<0>(data_); }
  T* operator->() { return &std::get<0>(data_); }
  const T* operator->() const { return &std::get<0>(data_); }
  const config_error& error() const { return std::get<1>(data_); }

 private:
  std::variant<T, config_error> data_;
};

} // namespace riq
