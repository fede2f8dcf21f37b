#pragma once
// Members that most objects lack: where an object is held a million times, room for what almost
// none of them has costs more than all that some have.

#include <memory>
#include <type_traits>

namespace riq {

/// A value that takes a pointer's room until it is written to; before, it reads as a `T` that holds
/// nothing. Copies are deep. On the wire and in JSON it is the value itself. `T::empty()` tells
/// whether a value is worth its room.
template <class T>
class rare {
 public:
  rare() = default;
  rare(const rare& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  rare(rare&&) noexcept = default;
  rare& operator=(const rare& other) { return *this = rare(other); }
  rare& operator=(rare&&) noexcept = default;
  ~rare() = default;

  const T& operator*() const { return held_ ? *held_ : nothing(); }
  const T* operator->() const { return &**this; }
  /// To write to; makes it.
  T& own() {
    if (!held_) held_ = std::make_unique<T>();
    return *held_;
  }
  /// Gives the room back when the value holds nothing.
  void settle() {
    if (held_ && held_->empty()) held_.reset();
  }
  bool takes_room() const { return held_ != nullptr; }

 private:
  static const T& nothing() {
    static const T none{};
    return none;
  }
  std::unique_ptr<T> held_;
};

template <class T>
struct is_rare : std::false_type {};
template <class T>
struct is_rare<rare<T>> : std::true_type {};

} // namespace riq
