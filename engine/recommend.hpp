#pragma once
// The two stages together, for one user against one epoch of the item model.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "engine/item_model.hpp"
#include "engine/user_state.hpp"
#include "messages/analytics_counts.hpp"

namespace riq::engine {

/// Sources a candidate can come from; a bit each in `candidate::sources`.
enum class retrieval_source : std::uint8_t {
  session_neighbours,
  covisitation,
  content,
  trending,
  popular,
  history
};
constexpr auto enum_names(retrieval_source) {
  return std::array<std::string_view, 6>{"session_neighbours", "covisitation", "content",
                                         "trending",           "popular",      "history"};
}

struct recommend_request {
  std::uint32_t limit = 20;
  std::string_view category; ///< only items below this path, empty: all
  const std::vector<std::string>* exclude = nullptr;
  bool include_seen = false;
};

struct recommendation {
  std::string product_id;
  double score = 0;     ///< [0,1]
  double user_pref = 0; ///< the four terms, [0,1] each
  double item_quality = 0;
  double recency = 0;
  double diversity = 0;
  std::string reason; ///< "Based on your views", …
  std::vector<std::string> sources;
  std::vector<std::string> because; ///< the user's items behind it, at most 3
  // The same for counting; not shown.
  std::uint8_t source_bits = 0;
  reason_kind kind = reason_kind::other;
  static constexpr auto fields() {
    using s = recommendation;
    return std::tuple{field("productId", &s::product_id),
                      field("score", &s::score),
                      field("reason", &s::reason),
                      field("sources", &s::sources),
                      field("because", &s::because),
                      field("userPref", &s::user_pref),
                      field("itemQuality", &s::item_quality),
                      field("recency", &s::recency),
                      field("diversity", &s::diversity)};
  }
};

/// The list for the user as of `now`. `user` may be empty (an unknown user): trending items then.
std::vector<recommendation> recommend(const user_state& user, const item_model& model,
                                      const recommend_request& request,
                                      const ranking_settings& settings, std::int64_t now);

/// A candidate as GET /api/retrieval shows it.
struct candidate_view {
  std::string product_id;
  double score = 0;
  std::vector<std::string> sources;
  static constexpr auto fields() {
    using s = candidate_view;
    return std::tuple{field("productId", &s::product_id), field("score", &s::score),
                      field("sources", &s::sources)};
  }
};
std::vector<candidate_view> retrieve(const user_state& user, const item_model& model,
                                     std::uint32_t limit, const ranking_settings& settings,
                                     std::int64_t now);

/// The caller's candidates with their terms, best first; items the model does not know keep their
/// place in the answer with zeros and `known` false.
struct ranked_view {
  std::string product_id;
  double user_pref = 0;
  double item_quality = 0;
  double recency = 0;
  double diversity = 0;
  double score = 0;
  bool known = false;
  static constexpr auto fields() {
    using s = ranked_view;
    return std::tuple{field("productId", &s::product_id), field("score", &s::score),
                      field("userPref", &s::user_pref),   field("itemQuality", &s::item_quality),
                      field("recency", &s::recency),      field("diversity", &s::diversity),
                      field("known", &s::known)};
  }
};
std::vector<ranked_view> rank(const user_state& user, const item_model& model,
                              const std::vector<std::string>& candidates,
                              const ranking_settings& settings, std::int64_t now);

} // namespace riq::engine
