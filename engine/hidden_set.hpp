#pragma once
// A set of hashed ids that is built for one question and thrown away.

#include <bit>
#include <cstdint>
#include <vector>

namespace riq::engine {

/// Open addressing over hashes that are already well mixed. Reused by its thread: `begin` marks all
/// slots as old instead of clearing them.
class hidden_set {
 public:
  void begin(std::size_t expected) {
    const auto wanted = std::bit_ceil(expected * 2 + 16);
    if (slots_.size() < wanted) slots_.assign(wanted, {});
    if (++round_ == 0) {
      slots_.assign(slots_.size(), {});
      round_ = 1;
    }
    empty_ = true;
  }
  void add(std::uint64_t hash) {
    empty_ = false;
    auto i = hash & mask();
    while (slots_[i].round == round_ && slots_[i].hash != hash) i = (i + 1) & mask();
    slots_[i] = {hash, round_};
  }
  bool has(std::uint64_t hash) const {
    if (empty_) return false;
    for (auto i = hash & mask(); slots_[i].round == round_; i = (i + 1) & mask())
      if (slots_[i].hash == hash) return true;
    return false;
  }

 private:
  struct slot {
    std::uint64_t hash = 0;
    std::uint32_t round = 0;
  };
  std::uint64_t mask() const { return slots_.size() - 1; }
  std::vector<slot> slots_;
  std::uint32_t round_ = 0;
  bool empty_ = true;
};

} // namespace riq::engine
