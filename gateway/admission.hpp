#pragma once
// How many requests may run at once: all together, and for one user, so that a hammered user does
// not take the others' places.
//
// Threading: everything from any thread; places are counted with atomics.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace riq::gateway {

class admission {
 public:
  /// An amount of something that all requests share.
  struct budget {
    std::size_t bound = 0;
    std::atomic<std::size_t> used{0};
  };

  /// A place that is held until it is released or destroyed.
  class place {
   public:
    place() = default;
    explicit place(std::atomic<std::uint32_t>& counter) : counter_(&counter) {}
    place(place&& other) noexcept : counter_(std::exchange(other.counter_, nullptr)) {}
    place& operator=(place&& other) noexcept {
      if (this != &other) {
        release();
        counter_ = std::exchange(other.counter_, nullptr);
      }
      return *this;
    }
    ~place() { release(); }

    explicit operator bool() const { return counter_ != nullptr; }

    void release() {
      if (counter_) std::exchange(counter_, nullptr)->fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    std::atomic<std::uint32_t>* counter_ = nullptr;
  };

  /// A part of a bounded amount that grows and is given back as a whole.
  class share {
   public:
    share() = default;
    share(const share&) = delete;
    ~share() { release(); }

    /// False, and nothing taken, when the amount is used up.
    bool grow(budget& from, std::size_t by) {
      if (from.used.fetch_add(by, std::memory_order_relaxed) + by > from.bound) {
        from.used.fetch_sub(by, std::memory_order_relaxed);
        return false;
      }
      from_ = &from;
      taken_ += by;
      return true;
    }

    void release() {
      if (taken_ > 0) from_->used.fetch_sub(std::exchange(taken_, 0), std::memory_order_relaxed);
    }

   private:
    budget* from_ = nullptr;
    std::size_t taken_ = 0;
  };

  admission(std::size_t in_flight, std::size_t in_flight_per_user)
    : bound_(in_flight), user_bound_(in_flight_per_user) {}

  /// A place among the running requests, none when all are taken.
  place enter();

  /// A place among the user's running requests, none when all are taken. Users whose hashes meet
  /// share their places: with 1000 users at once that befalls one in nine.
  place enter_user(std::string_view user);

  std::uint32_t in_flight() const { return running_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t counters = 8192;

  const std::size_t bound_;
  const std::size_t user_bound_;
  alignas(64) std::atomic<std::uint32_t> running_{0};
  std::array<std::atomic<std::uint32_t>, counters> users_{};
};

} // namespace riq::gateway
