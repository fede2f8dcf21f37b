#pragma once
// The yardstick: a streaming session-kNN in the manner of VSTAN, over everything seen so far.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace riq::bench {

/// Vector-multiplication session-kNN with STAN's weights, as in session-rec (Ludewig, Mauro,
/// Latifi, Jannach: Empirical analysis of session-based recommendation algorithms, UMUAI 2021):
/// weights for the place of an item in the own session, the neighbour's age and the distance to the
/// item last shared, and idf. Unbounded and unhurried: for comparing quality, not speed.
class session_knn {
 public:
  void apply(const std::string& session, const std::string& item, std::int64_t time);
  /// The `limit` best next items after the session, best first.
  std::vector<std::string> ask(const std::string& session, std::size_t limit,
                               std::int64_t now) const;

 private:
  struct known_session {
    std::vector<int> items;
    std::int64_t last = 0;
  };
  std::unordered_map<std::string, int> item_index_;
  std::vector<std::string> item_names_;
  std::unordered_map<std::string, int> session_index_;
  std::vector<known_session> sessions_;
  std::vector<std::vector<int>> postings_;
};

} // namespace riq::bench
