#include "actors/parting_users.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <caf/send.hpp>

#include "config/thread_name.hpp"

namespace riq {
namespace {

// A user takes some microseconds: a tenth of a core, and a million users are gone in a minute.
constexpr std::size_t portion = 200;
constexpr std::chrono::milliseconds between_portions{10};

} // namespace

void end_users(std::span<const user_actor> users) {
  for (const auto& u : users) caf::anon_send_exit(u, caf::exit_reason::user_shutdown);
}

parting_users::parting_users(std::chrono::milliseconds pause)
  : pause_(pause), thread_([this] { run(); }) {}

parting_users::~parting_users() {
  hurry();
}

void parting_users::take(std::vector<user_actor> users) {
  {
    const std::lock_guard lock(mutex_);
    if (!hurrying_) {
      std::ranges::move(users, std::back_inserter(parting_));
      users.clear();
    }
  }
  wanted_.notify_one();
  end_users(users);
}

std::size_t parting_users::waiting() const {
  const std::lock_guard lock(mutex_);
  return parting_.size();
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
  while (!hurrying_) {
    wanted_.wait(lock, [&] { return hurrying_ || !parting_.empty(); });
    for (auto pause = pause_; !parting_.empty(); pause = between_portions) {
      wanted_.wait_for(lock, pause, [&] { return hurrying_; });
      const auto from =
        parting_.size() - std::min(parting_.size(), hurrying_ ? parting_.size() : portion);
      end_users(std::span{parting_}.subspan(from));
      parting_.resize(from);
    }
  }
}

} // namespace riq
