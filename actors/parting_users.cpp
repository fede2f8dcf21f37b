#include "actors/parting_users.hpp"

#include <algorithm>
#include <utility>

#include "config/thread_name.hpp"

namespace riq {
namespace {

// A user takes some microseconds: a quarter of a core, and a million users are gone in a minute.
constexpr std::size_t portion = 250;
constexpr std::chrono::milliseconds between_portions{10};

} // namespace

parting_users::parting_users(std::chrono::milliseconds pause)
  : pause_(pause), thread_([this] { run(); }) {}

parting_users::~parting_users() {
  hurry();
}

void parting_users::take(std::vector<user_actor> users) {
  const std::lock_guard lock(mutex_);
  if (hurrying_) return; // they end here
  parting_.push_back(std::move(users));
  wanted_.notify_one();
}

void parting_users::hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurrying_ = true;
  }
  wanted_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void parting_users::run() {
  name_thread("parting users");
  std::unique_lock lock(mutex_);
  const auto wait = [&](std::chrono::milliseconds at_most) {
    wanted_.wait_for(lock, at_most, [&] { return hurrying_; });
  };
  while (!hurrying_) {
    wanted_.wait(lock, [&] { return hurrying_ || !parting_.empty(); });
    wait(pause_);
    while (!hurrying_ && !parting_.empty()) {
      auto users = std::move(parting_.front());
      parting_.pop_front();
      while (!users.empty()) {
        lock.unlock();
        users.erase(users.end() - static_cast<std::ptrdiff_t>(std::min(users.size(), portion)),
                    users.end());
        lock.lock();
        wait(between_portions);
        if (hurrying_) parting_.push_back(std::exchange(users, {})); // the rest all at once
      }
    }
  }
  auto rest = std::exchange(parting_, {});
  lock.unlock();
  rest.clear();
}

} // namespace riq
