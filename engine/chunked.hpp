#pragma once
// An array that grows without moving what it holds.

#include <cstddef>
#include <memory>
#include <vector>

namespace riq::engine {

/// Elements live in chunks of 2^Bits, so growing costs one chunk and never a copy of everything:
/// the models must not stop for work that is proportional to the catalogue. References stay valid.
template <class T, unsigned Bits = 9>
class chunked {
 public:
  T& operator[](std::size_t i) { return chunks_[i >> Bits][i & mask]; }
  const T& operator[](std::size_t i) const { return chunks_[i >> Bits][i & mask]; }

  /// Index of a new, value-initialised element.
  std::size_t grow() {
    if ((size_ & mask) == 0 && (size_ >> Bits) == chunks_.size())
      chunks_.push_back(std::make_unique<T[]>(std::size_t{1} << Bits));
    return size_++;
  }

  std::size_t size() const { return size_; }
  std::size_t memory() const { return chunks_.size() * (sizeof(T) << Bits); }

 private:
  static constexpr std::size_t mask = (std::size_t{1} << Bits) - 1;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

} // namespace riq::engine
