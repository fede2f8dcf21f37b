#pragma once
// What a line of a CSV file can tell, by the roles of its columns.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace riq::commands {

enum class role : std::uint8_t {
  user,
  item,
  event,
  timestamp,
  category_code, ///< a path with names, which is preferred
  category,      ///< any other category
  brand,
  price,
  session,
  order,
  quantity,
  query,
  duration,
  none
};
constexpr auto role_count = static_cast<std::size_t>(role::none);

/// The fields of one line by role; what is missing is empty. They point into the file, or into the
/// reader's own memory until its next line.
struct row {
  std::array<std::string_view, role_count> fields;
  std::string_view operator[](role r) const { return fields[static_cast<std::size_t>(r)]; }
};

/// The roles of a header's columns. `map` has `role=column` pairs of the user, which win over the
/// known column names (those of REES46's files among them). ec::invalid when user, item or event
/// cannot be found, or a pair names what there is not.
result<std::vector<role>> roles_of(const std::vector<std::string>& columns,
                                   const std::vector<std::string>& map);

} // namespace riq::commands
