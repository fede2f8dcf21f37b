#pragma once
// Two copies of a model: readers have one as an immutable epoch, the writer works on the other. To
// publish they change places; what the copy that comes back lacks is applied to it once its last
// reader let go of it. Nothing is copied and readers never wait. (The left-right technique of
// Ramalhete and Correia, 2015, with one writer and counted readers.)
//
// Threading: one writer calls everything here; a published copy may be released on any thread.

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace riq {

/// `change.apply_to(model)` must do the same to each copy; it may leave in the change what spares
/// the second one work.
template <class Model, class Change>
class left_right {
 public:
  /// Two equal models.
  left_right(std::unique_ptr<Model> a, std::unique_ptr<Model> b)
    : front_(std::move(a)), back_(std::move(b)) {}

  void apply(Change change) {
    if (caught_up()) {
      change.apply_to(*back_);
      ahead_.push_back(std::move(change));
    } else {
      behind_.push_back(std::move(change));
    }
  }

  /// Whether the writer's copy holds every change; when not, a reader still has it.
  bool caught_up() {
    if (!released_) return true;
    if (!released_->load(std::memory_order_acquire)) return false;
    released_.reset();
    for (auto& change : behind_) change.apply_to(*back_);
    ahead_.assign(std::make_move_iterator(behind_.begin() + static_cast<std::ptrdiff_t>(in_front_)),
                  std::make_move_iterator(behind_.end()));
    behind_.clear();
    return true;
  }

  /// The writer's copy. Complete only when `caught_up()`.
  const Model& newest() const { return *back_; }

  /// Whether a change waits to be published.
  bool unpublished() const { return !ahead_.empty() || behind_.size() > in_front_; }

  bool worth_publishing() { return caught_up() && !ahead_.empty(); }

  /// Gives the writer's copy to the readers, after `prepare` had a last word on it. Only when
  /// `caught_up()`.
  template <class Prepare>
  std::shared_ptr<const Model> publish(Prepare prepare) {
    prepare(*back_);
    std::swap(front_, back_);
    released_ = std::exchange(front_released_, std::make_shared<std::atomic<bool>>(false));
    behind_ = std::exchange(ahead_, {});
    in_front_ = behind_.size();
    // The handle keeps the copy alive for readers that outlast the writer.
    return {front_.get(), [keep = front_, done = front_released_](const Model*) {
              done->store(true, std::memory_order_release);
            }};
  }

 private:
  using flag = std::shared_ptr<std::atomic<bool>>;

  std::shared_ptr<Model> front_;
  std::shared_ptr<Model> back_;
  flag front_released_ = std::make_shared<std::atomic<bool>>(true); ///< nobody reads it yet
  flag released_;              ///< of `back_` while readers may have it, else null
  std::vector<Change> ahead_;  ///< in `back_`, not in `front_`
  std::vector<Change> behind_; ///< to be applied to `back_`; the first `in_front_` are in `front_`
  std::size_t in_front_ = 0;
};

} // namespace riq
