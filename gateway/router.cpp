#include "gateway/router.hpp"

#include "config/campaign.hpp"
#include "messages/parse_json.hpp"

#include <algorithm>
#include <array>

namespace riq::gateway {
namespace {

constexpr std::size_t most_segments = 8;

/// What may stand in a parameter's place, decoded.
std::size_t longest(std::string_view name) {
  if (name == "userId") return riq::limits::user_id;
  if (name == "productId") return riq::limits::product_id;
  if (name == "orderId") return riq::limits::order_id;
  if (name == "decisionId") return riq::limits::decision_id;
  if (name == "campaignId") return bounds::name_bytes;
  return 64;
}

/// The segments of a path; their number, or most_segments + 1 when there are more.
std::size_t split(std::string_view path, std::array<std::string_view, most_segments>& out) {
  std::size_t n = 0;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    if (n == most_segments) return n + 1;
    out[n++] = path.substr(0, slash);
    if (slash == path.npos) return n;
    path.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

} // namespace

std::vector<std::string_view> router::parameter_names(std::string_view pattern) {
  std::array<std::string_view, most_segments> parts;
  const auto n = std::min(split(pattern, parts), most_segments);
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < n; ++i)
    if (is_parameter(parts[i])) out.push_back(parts[i].substr(1, parts[i].size() - 2));
  return out;
}

result<router> router::build(std::vector<route> routes) {
  router out;
  out.routes_ = std::move(routes);
  out.by_length_.resize(most_segments + 1);
  for (std::size_t r = 0; r < out.routes_.size(); ++r) {
    const auto& route = out.routes_[r];
    std::array<std::string_view, most_segments> parts;
    const auto n = split(route.pattern, parts);
    if (!route.pattern.starts_with('/') || n > most_segments)
      return error{ec::internal, std::string{route.pattern}, "is no pattern of a route"};
    if (route.body == body_kind::stream ? !route.open_stream : !route.handle)
      return error{ec::internal, std::string{route.pattern}, "has no handler"};
    if (route.pattern == rest) {
      out.rest_ = r;
      continue;
    }
    entry e{r, {}};
    for (std::size_t i = 0; i < n; ++i)
      e.segments.emplace_back(is_parameter(parts[i]) ? std::string_view{} : parts[i]);
    for (const auto& other : out.by_length_[n])
      if (other.segments == e.segments && out.routes_[other.route].verb == route.verb)
        return error{ec::internal, std::string{route.pattern}, "is there twice"};
    out.by_length_[n].push_back(std::move(e));
  }
  for (auto& entries : out.by_length_)
    std::stable_sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
      return std::ranges::count(a.segments, std::string{}) <
             std::ranges::count(b.segments, std::string{});
    });
  return out;
}

router::match router::find(method verb, std::string_view path) const {
  auto out = find_listed(verb, path);
  const bool known = out.index != match::npos || out.failure || !out.allow.empty();
  if (!known && (verb == method::get || verb == method::head) && path.starts_with('/') &&
      !path.starts_with("/api/"))
    out.index = rest_;
  return out;
}

router::match router::find_listed(method verb, std::string_view path) const {
  match out;
  std::array<std::string_view, most_segments> parts;
  const auto n = split(path, parts);
  if (!path.starts_with('/') || n > most_segments) return out;
  const auto wanted = verb == method::head ? method::get : verb;
  for (const auto& e : by_length_[n]) {
    bool fits = true;
    for (std::size_t i = 0; fits && i < n; ++i)
      fits = e.segments[i].empty() ? !parts[i].empty() || n == 1 : e.segments[i] == parts[i];
    if (!fits) continue;
    const auto& route = routes_[e.route];
    if (route.verb != wanted) {
      if (!out.allow.empty()) out.allow += ", ";
      out.allow += verb_name(route.verb);
      if (route.verb == method::get) out.allow += ", HEAD";
      continue;
    }
    const auto names = parameter_names(route.pattern);
    for (std::size_t i = 0; i < n; ++i) {
      if (!e.segments[i].empty() || names.empty()) continue;
      const std::string name{names[out.parameters.size()]};
      auto text = percent_decode(parts[i]);
      if (!text || has_control(*text)) {
        out.failure =
          error{ec::invalid, name, "has a broken escape, a control character or broken UTF-8"};
        return out;
      }
      if (text->size() > longest(name)) {
        out.failure =
          error{ec::invalid, name, "may have at most " + std::to_string(longest(name)) + " bytes"};
        return out;
      }
      out.parameters.push_back(std::move(*text));
    }
    out.index = e.route;
    return out;
  }
  return out;
}

} // namespace riq::gateway
