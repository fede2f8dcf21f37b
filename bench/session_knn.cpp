#include "bench/session_knn.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace riq::bench {

namespace {

constexpr std::size_t sampled = 1'000;
constexpr std::size_t neighbours = 200;

} // namespace

void session_knn::apply(const std::string& session, const std::string& item, std::int64_t time) {
  const auto i = item_index_.emplace(item, int(item_names_.size()));
  if (i.second) {
    item_names_.push_back(item);
    postings_.emplace_back();
  }
  const auto s = session_index_.emplace(session, int(sessions_.size()));
  if (s.second) sessions_.emplace_back();
  auto& to = sessions_[s.first->second];
  to.last = time;
  auto& list = postings_[i.first->second];
  if (std::find(to.items.begin(), to.items.end(), i.first->second) == to.items.end())
    list.push_back(s.first->second);
  to.items.push_back(i.first->second);
}

std::vector<std::string> session_knn::ask(const std::string& session, std::size_t limit,
                                          std::int64_t now) const {
  const auto at = session_index_.find(session);
  if (at == session_index_.end()) return {};
  const auto& own = sessions_[at->second].items;
  std::map<int, double> weights; // by item, of its last place
  for (std::size_t p = 0; p < own.size(); ++p)
    weights[own[p]] = std::exp((double(p) + 1 - double(own.size())) / 3.0);
  std::map<int, double> similar;
  for (const auto& [item, weight] : weights) {
    const auto& list = postings_[item];
    const auto first = list.size() > sampled ? list.size() - sampled : 0;
    for (auto k = first; k < list.size(); ++k)
      if (list[k] != at->second) similar[list[k]] += weight;
  }
  std::vector<std::pair<double, int>> best;
  for (auto& [other, s] : similar) {
    const auto& o = sessions_[other];
    const auto days = double(now - o.last) / 86'400'000.0;
    best.push_back(
      {s / std::sqrt(double(own.size()) * double(o.items.size())) * std::exp(-days / 10.0), other});
  }
  std::sort(best.rbegin(), best.rend());
  if (best.size() > neighbours) best.resize(neighbours);
  std::unordered_map<int, double> scores;
  for (const auto& [s, other] : best) {
    const auto& items = sessions_[other].items;
    std::size_t shared = 0;
    for (std::size_t p = 0; p < items.size(); ++p)
      if (weights.contains(items[p])) shared = p;
    for (std::size_t p = 0; p < items.size(); ++p) {
      const auto gap = std::abs(double(p) - double(shared));
      const auto idf = std::log(double(sessions_.size()) / double(postings_[items[p]].size()));
      if (gap > 0) scores[items[p]] += s * std::exp(-gap / 4.0) * (1 + 0.2 * idf);
    }
  }
  std::vector<std::pair<double, int>> order;
  for (const auto& [item, s] : scores) order.push_back({s, item});
  std::sort(order.rbegin(), order.rend());
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::min(limit, order.size()); ++i)
    out.push_back(item_names_[order[i].second]);
  return out;
}

} // namespace riq::bench
