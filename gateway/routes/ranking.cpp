#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/parse_json.hpp"

namespace riq::gateway {
namespace {

constexpr std::size_t most_candidates = 1000;

/// `{"candidates": ["a", {"productId": "b"}]}`
result<std::vector<std::string>> read_candidates(std::string_view body) {
  enum : std::size_t { candidates };
  static constexpr std::string_view names[] = {"candidates"};
  const auto root = read_json(body);
  if (!root) return root.error();
  json_object o{*root, names};
  if (o.failed()) return o.failure();
  simdjson::dom::array list;
  if (!o.has(candidates) || o.at(candidates).get(list) != simdjson::SUCCESS)
    return error{ec::invalid, "candidates", "must be a list of product ids"};
  if (list.size() > most_candidates)
    return error{ec::invalid, "candidates",
                 "may have at most " + std::to_string(most_candidates) + " entries"};
  std::vector<std::string> out;
  for (const auto entry : list) {
    simdjson::dom::element id = entry;
    if (entry.is_object() && entry["productId"].get(id) != simdjson::SUCCESS) id = entry;
    std::string_view text;
    if (id.get(text) != simdjson::SUCCESS || text.empty() ||
        text.size() > riq::limits::product_id || has_control(text))
      return error{ec::invalid, "candidates[" + std::to_string(out.size()) + "]",
                   "must be a product id, or an object with a productId"};
    out.emplace_back(text);
  }
  return out;
}

} // namespace

void add_ranking_routes(std::vector<route>& to, backend& with) {
  route r;
  r.verb = method::post;
  r.pattern = "/api/ranking/{userId}";
  r.body = body_kind::json;
  r.tag = "recommendations";
  r.summary = "Ranks candidates of the caller's for this user: the four terms and the score of "
              "each, best first.";
  r.parameters = {after_parameter};
  r.request_schema = "RankingQuestion";
  r.response_schema = "Ranking";
  r.problems = {late_answer};
  r.handle = [&with](request& r, responder to) {
    RIQ_TAKE(candidates, read_candidates(r.body), to);
    RIQ_TAKE(of, read_asked(r), to);
    with.ask_user<answer>(rank{std::move(*of), std::move(*candidates)}, pass_on(std::move(to)));
  };
  to.push_back(std::move(r));
}

} // namespace riq::gateway
