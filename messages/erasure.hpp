#pragma once
// How records tell that a user is erased: by a header, with the user as key and no value.

#include <string>
#include <string_view>
#include <utility>

#include "messages/records.hpp"
#include "messages/topics.hpp"

namespace riq {

inline constexpr std::string_view erase_command = "erase";

inline std::pair<std::string, std::string> erasure_header() {
  return {std::string{headers::control}, std::string{erase_command}};
}

inline bool is_erasure(const log_record& record) {
  return first_header(record, headers::control) == erase_command;
}

} // namespace riq
