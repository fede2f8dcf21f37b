#include "engine/recommend.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_set>

#include "engine/context.hpp"
#include "engine/ranking.hpp"
#include "engine/reasons.hpp"
#include "messages/hash.hpp"

namespace riq::engine {

namespace {

context& scratch_context() {
  thread_local context c;
  return c;
}

std::vector<float>& scratch_scores() {
  thread_local std::vector<float> scores;
  return scores;
}

void hide(hidden_set& hidden, const user_state& user, const recommend_request& request) {
  const auto excluded = request.exclude == nullptr ? 0 : request.exclude->size();
  hidden.begin(user.purchased.size() + excluded + (request.include_seen ? 0 : user.seen.size()));
  for (const auto& id : user.purchased) hidden.add(stable_hash(id));
  if (request.exclude != nullptr)
    for (const auto& id : *request.exclude) hidden.add(stable_hash(id));
  if (!request.include_seen)
    for (const auto hash : user.seen) hidden.add(hash);
}

} // namespace

std::vector<recommendation> recommend(const user_state& user, const item_model& model,
                                      const recommend_request& request,
                                      const ranking_settings& settings, std::int64_t now) {
  list_rules rules;
  rules.limit = request.limit;
  rules.category = model.categories().find(request.category);
  if (rules.category == id_table::none || request.limit == 0) return {};
  rules.max_per_category = settings.max_per_category;
  rules.max_per_brand = settings.max_per_brand;
  thread_local hidden_set hidden;
  hide(hidden, user, request);
  rules.hidden = &hidden;

  auto& asking = scratch_context();
  fill_context(asking, user, model, now);
  const question q(asking, model);
  const term_scale scale(model.learned());
  const auto& found = retrieve_candidates(asking, model, settings.candidates, rules.category);
  auto& scores = scratch_scores();
  scale.score_all(found, q, settings, scores);
  thread_local std::vector<scored> list;
  make_list(found, scores, q, rules, scale, settings, list);

  std::vector<recommendation> out;
  out.reserve(list.size());
  for (const auto& s : list) {
    auto& r = out.emplace_back();
    auto why = reason_of(s, asking, model);
    r.product_id = model.facts(s.from.item).product_id;
    r.score = s.score;
    r.user_pref = s.terms[0];
    r.item_quality = s.terms[1];
    r.recency = s.terms[2];
    r.diversity = s.diversity;
    r.reason = std::move(why.text);
    r.because = std::move(why.because);
    r.sources = source_names(s.from.sources);
    r.source_bits = s.from.sources;
    r.kind = why.kind;
  }
  return out;
}

std::vector<candidate_view> retrieve(const user_state& user, const item_model& model,
                                     std::uint32_t limit, const ranking_settings& settings,
                                     std::int64_t now) {
  auto& asking = scratch_context();
  fill_context(asking, user, model, now);
  const question q(asking, model);
  const term_scale scale(model.learned());
  const auto& found = retrieve_candidates(asking, model, std::min(limit, settings.candidates));
  auto& scores = scratch_scores();
  scale.score_all(found, q, settings, scores);
  std::vector<std::uint32_t> order(found.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (scores[a] != scores[b]) return scores[a] > scores[b];
    return model.facts(found[a].item).product_id < model.facts(found[b].item).product_id;
  });
  std::vector<candidate_view> out;
  out.reserve(order.size());
  for (const auto i : order)
    out.push_back(
      {model.facts(found[i].item).product_id, scores[i], source_names(found[i].sources)});
  return out;
}

std::vector<ranked_view> rank(const user_state& user, const item_model& model,
                              const std::vector<std::string>& candidates,
                              const ranking_settings& settings, std::int64_t now) {
  auto& asking = scratch_context();
  fill_context(asking, user, model, now);
  std::vector<std::uint32_t> known;
  for (const auto& id : candidates)
    if (const auto item = model.index_of(id); item != id_table::none) known.push_back(item);
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());

  const question q(asking, model);
  const term_scale scale(model.learned());
  const auto& found = examine_candidates(asking, model, known);
  auto& scores = scratch_scores();
  scale.score_all(found, q, settings, scores);
  hidden_set nothing;
  nothing.begin(0);
  list_rules rules;
  rules.limit = static_cast<std::uint32_t>(known.size());
  rules.hidden = &nothing;
  rules.any_stock = true;
  std::vector<scored> list;
  make_list(found, scores, q, rules, scale, settings, list);

  std::vector<ranked_view> out;
  out.reserve(candidates.size());
  for (const auto& s : list)
    out.push_back({model.facts(s.from.item).product_id, s.terms[0], s.terms[1], s.terms[2],
                   s.diversity, s.score, true});
  // Nothing is known for or against the others: behind, as they came.
  std::unordered_set<std::string_view> unknown;
  for (const auto& id : candidates)
    if (model.index_of(id) == id_table::none && unknown.insert(id).second)
      out.push_back({.product_id = id});
  return out;
}

} // namespace riq::engine
