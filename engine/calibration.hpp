#pragma once
// How much each signal is worth, learned from the stream.

#include <array>
#include <cstdint>
#include <span>

#include "engine/signals.hpp"
#include "messages/item.hpp"

namespace riq::engine {

/// A conditional logit over the candidates of a question (McFadden, 1974): the probability that the
/// next item met is candidate c is proportional to exp(Σ weight·signal). Weights start from the
/// values below, which hold for no shop in particular, and follow the stream by AdaGrad steps
/// (Duchi, Hazan, Singer, JMLR 2011) on sampled touches: before a touch is counted, its session so
/// far asks the question, and the item touched is the answer.
class calibration {
 public:
  calibration();

  /// Whether a touch that could teach shall be used: all of the first ones, then ever fewer down to
  /// one in `sparsest`. Of touches that stand for n each, one in n is asked about at all, or one in
  /// `few`: a lesson takes as long as a list, and the more happens, the fewer of it teach as well.
  bool due(const session_update& touch);

  /// One question: the signals of its first `count` candidates, and which of them was right.
  void learn(std::span<const signal_block> candidates, std::size_t count, std::size_t right);

  /// A question to which the answer was not among the candidates.
  void miss() { ++missed_; }

  const std::array<float, signal_count>& weights() const { return weights_; }
  std::uint64_t lessons() const { return lessons_; }
  std::uint64_t missed() const { return missed_; }

 private:
  static constexpr std::uint64_t dense = 2'048;
  static constexpr std::uint64_t sparsest = 256;
  static constexpr std::uint64_t few = 16;

  std::array<float, signal_count> weights_;
  std::array<float, signal_count> squares_; // sums of squared gradients
  std::uint64_t asked_ = 0;
  std::uint64_t lessons_ = 0;
  std::uint64_t missed_ = 0;
};

} // namespace riq::engine
