#pragma once
// Which route a request is for. Built once, then only read: any thread.

#include "gateway/route.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riq::gateway {

class router {
 public:
  /// Two routes of one method that match the same paths, or a pattern that is none, are an error.
  static result<router> build(std::vector<route> routes);

  struct match {
    std::size_t index = npos;            ///< of the route, npos: no route has the path
    std::vector<std::string> parameters; ///< decoded
    std::string allow;                   ///< the methods the path has, when the method is wrong
    std::optional<error> failure;        ///< a segment that cannot be decoded
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  };

  /// The pattern of the route that GETs fall to when no other route has the path, except below
  /// `/api/`, where a wrong path shall be told.
  static constexpr std::string_view rest = "/*";

  /// HEAD finds the route of GET. A literal segment wins over a parameter.
  match find(method verb, std::string_view path) const;

  const std::vector<route>& routes() const { return routes_; }

  /// The names in the braces of a pattern.
  static std::vector<std::string_view> parameter_names(std::string_view pattern);

 private:
  match find_listed(method verb, std::string_view path) const;

  struct entry {
    std::size_t route;
    std::vector<std::string> segments; ///< literal text, empty: a parameter
  };

  std::vector<route> routes_;
  std::vector<std::vector<entry>> by_length_; ///< by the number of segments, most literal first
  std::size_t rest_ = match::npos;            ///< index of the route `rest`
};

} // namespace riq::gateway
