#pragma once
// A move-only callable, as std::move_only_function of C++23: completions carry a responder, which
// must not be copied. Small callables are kept in place, so that a hop between threads allocates
// nothing for them.

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace riq::gateway {

template <class Signature>
class unique_function;

template <class R, class... Args>
class unique_function<R(Args...)> {
 public:
  unique_function() = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, unique_function> &&
           std::is_invocable_r_v<R, std::remove_cvref_t<F>&, Args...>) unique_function(F&& f) {
    using callable = std::remove_cvref_t<F>;
    if constexpr (in_place<callable>) {
      ::new (storage_) callable(std::forward<F>(f));
      table_ = &local_table<callable>;
    } else {
      ::new (storage_) callable* {new callable(std::forward<F>(f))};
      table_ = &heap_table<callable>;
    }
  }

  unique_function(unique_function&& other) noexcept { take(other); }

  unique_function& operator=(unique_function&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }

  ~unique_function() { reset(); }

  explicit operator bool() const { return table_ != nullptr; }

  R operator()(Args... args) { return table_->call(storage_, std::forward<Args>(args)...); }

 private:
  static constexpr std::size_t room = 64;

  template <class F>
  static constexpr bool
    in_place = sizeof(F) <= room &&
               alignof(F) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<F>;

  struct table {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to); ///< leaves nothing at `from`
    void (*destroy)(void*);
  };

  template <class F>
  static F& local(void* p) {
    return *std::launder(static_cast<F*>(p));
  }

  template <class F>
  static constexpr table local_table = {
    [](void* p, Args&&... args) -> R { return local<F>(p)(std::forward<Args>(args)...); },
    [](void* from, void* to) {
      ::new (to) F(std::move(local<F>(from)));
      local<F>(from).~F();
    },
    [](void* p) { local<F>(p).~F(); }};

  template <class F>
  static constexpr table heap_table = {
    [](void* p, Args&&... args) -> R { return (*local<F*>(p))(std::forward<Args>(args)...); },
    [](void* from, void* to) { ::new (to) F* {local<F*>(from)}; },
    [](void* p) { delete local<F*>(p); }};

  void reset() {
    if (table_) std::exchange(table_, nullptr)->destroy(storage_);
  }

  void take(unique_function& other) {
    table_ = std::exchange(other.table_, nullptr);
    if (table_) table_->move(other.storage_, storage_);
  }

  alignas(std::max_align_t) unsigned char storage_[room];
  const table* table_ = nullptr;
};

} // namespace riq::gateway
