#pragma once
// What another policy would have brought, estimated from the log of the one that decided.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/fields.hpp"
#include "engine/bandit/campaign.hpp"

namespace riq::engine {

/// A decision of the log with what became of it.
struct logged_decision {
  std::int64_t time = 0;
  std::string arm; ///< empty: the holdout
  std::string group;
  double propensity = 1;
  std::vector<std::string> arms; ///< that were open
  std::vector<double> propensities;
  std::vector<double> means; ///< the reward that was expected of each
  std::vector<std::string> levels;
  std::vector<double> features;
  std::uint64_t layout = 0;
  double reward = 0; ///< 0 when none came
};

/// A mean with its interval of 95 %.
struct estimate {
  double value = 0;
  double low = 0;
  double high = 0;
  static constexpr auto fields() {
    return std::tuple{field("value", &estimate::value), field("low", &estimate::low),
                      field("high", &estimate::high)};
  }
};

struct evaluation {
  std::uint64_t decisions = 0;
  estimate logged;        ///< of the policy that decided
  estimate ips;           ///< inverse propensity scores (Horvitz and Thompson, JASA 47, 1952)
  estimate snips;         ///< self-normalised (Swaminathan and Joachims, NIPS 2015)
  estimate doubly_robust; ///< Dudík, Langford, Li, ICML 2011, with the means of the log as model
  double effective_sample_size = 0;   ///< (Σw)² / Σw²
  double mean_inverse_propensity = 0; ///< near `mean_arms` when the log's propensities are right
  double mean_arms = 0;
  double unsupported = 0; ///< share of the policy's choices that the log could never have made
  std::string refused;    ///< why there is no estimate; the three are 0 then
  static constexpr auto fields() {
    using s = evaluation;
    return std::tuple{field("decisions", &s::decisions),
                      field("logged", &s::logged),
                      field("ips", &s::ips),
                      field("snips", &s::snips),
                      field("doublyRobust", &s::doubly_robust),
                      field("effectiveSampleSize", &s::effective_sample_size),
                      field("meanInversePropensity", &s::mean_inverse_propensity),
                      field("meanArms", &s::mean_arms),
                      field("unsupported", &s::unsupported),
                      field("refused", &s::refused)};
  }
};

/// Values the policy of `target` on the decisions, which must be in the order of time and of its
/// campaign. The policy learns from the log as it goes (replay; Li, Chu, Langford, Wang, WSDM
/// 2011), so it is valued as it would have been, not as it is by now. A user's own counts are not
/// known here; they weigh next to nothing. Refused when more than a hundredth of its choices lie
/// outside of what the log could have made, or when fewer than 30 decisions effectively speak for
/// it.
evaluation evaluate(const campaign& target, const std::vector<logged_decision>& log);

/// One group of an A/B test. The interval holds at every moment at once (an asymptotic confidence
/// sequence; Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, 2021), so it may be looked at as often
/// as one likes, and the test ended when intervals part.
struct group_result {
  std::uint64_t decisions = 0;
  estimate reward;
  static constexpr auto fields() {
    return std::tuple{field("decisions", &group_result::decisions),
                      field("reward", &group_result::reward)};
  }
};

/// By group; `policy` for those in no group.
std::map<std::string, group_result> compare_groups(const std::vector<logged_decision>& log);

} // namespace riq::engine
