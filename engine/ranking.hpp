#pragma once
// The second stage: four terms for each candidate, then a list.

#include <array>
#include <cstdint>
#include <vector>

#include "engine/context.hpp"
#include "engine/evidence.hpp"
#include "engine/hidden_set.hpp"
#include "engine/recommend.hpp"
#include "engine/retrieval.hpp"

namespace riq::engine {

/// A candidate with its terms, each in [0,1].
struct scored {
  candidate from;
  std::array<float, term_count> terms{}; ///< by `term`
  float diversity = 1;                   ///< 1 until the list is made
  float score = 0;
};

/// Turns evidence into terms. The signals of a term are summed with their learned weights and put
/// on a scale on which, at the default ranking weights, all terms together order the candidates as
/// the calibration does: term = (z - lowest) / (S · default weight), with lowest and highest the
/// bounds of z over all possible signals, and S the largest (highest - lowest) / default weight.
/// A term whose signals turn out to tell little so moves little.
class term_scale {
 public:
  explicit term_scale(const calibration& learned);
  /// With all its terms.
  scored score(const candidate& c, const question& q, const ranking_settings& weights) const;
  /// The same score alone, for each candidate.
  void score_all(const std::vector<candidate>& candidates, const question& q,
                 const ranking_settings& weights, std::vector<float>& scores) const;
  /// What full redundancy takes from the diversity term: so much that at the default weight it is
  /// worth half a unit of log-odds.
  float redundancy_unit() const;

 private:
  using terms = std::array<float, term_count>;
  std::array<floats, term_count> terms_of(const evidence& e, const question& q) const;

  const std::array<float, signal_count>& weights_;
  terms lowest_{};
  terms unit_{};
  float spread_ = 1;
};

/// What may be in the list.
struct list_rules {
  std::uint32_t limit = 20;
  std::uint32_t category = category_tree::root; ///< only below this node
  std::uint32_t max_per_category = 0;           ///< 0: any number
  std::uint32_t max_per_brand = 0;
  const hidden_set* hidden = nullptr; ///< hashed ids of items that must not appear
  bool any_stock = false;             ///< also what is out of stock
};

/// The best of `candidates` with their `scores` under the rules, most wanted first, by maximal
/// marginal relevance (Carbonell, Goldstein, SIGIR 1998): each place goes to the candidate whose
/// score, with its diversity towards the places before, is highest. Filled up with popular, then
/// with any eligible items, until `limit` is reached or nothing is left.
void make_list(const std::vector<candidate>& candidates, const std::vector<float>& scores,
               const question& q, const list_rules& rules, const term_scale& scale,
               const ranking_settings& weights, std::vector<scored>& list);

} // namespace riq::engine
