#include "nodes/commands/demo/traffic.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <mutex>
#include <thread>

#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

using clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

double hour_of_day() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::fmod(std::chrono::duration<double, std::ratio<3600>>(now).count(), 24.0);
}

/// One connection and the shoppers who use it. The thread that runs it owns all but the counts.
class lane {
 public:
  lane(const traffic_options& o, const catalogue& shop, const node_address& node,
       std::size_t number, std::size_t lanes)
    : client_(node), random_(o.seed + number), rate_(o.rate / static_cast<double>(lanes)) {
    for (auto user = number; user < o.users; user += lanes)
      people_.emplace_back(shop, o.seed, user);
  }

  void run(clock::time_point end) {
    auto due = clock::now();
    while (!interrupted() && due < end && !people_.empty()) {
      if (const auto early = due - clock::now(); early > clock::duration::zero()) {
        std::this_thread::sleep_for(
          std::min<clock::duration>(early, std::chrono::milliseconds{100}));
        continue;
      }
      const double hour = hour_of_day();
      due += std::chrono::duration_cast<clock::duration>(seconds{1 / (rate_ * season_of(hour))});
      // What a slow node could not take is not made up for in a burst.
      due = std::max(due, clock::now() - std::chrono::milliseconds{500});
      someone(hour).step(client_);
      const std::lock_guard lock{mutex_};
      counts_ = client_.counts();
    }
  }

  demo_counts counts() const {
    const std::lock_guard lock{mutex_};
    return counts_;
  }

 private:
  /// Somebody in the shop. About a second passes between two things that one person does.
  shopper& someone(double hour) {
    present_.erase(std::remove_if(present_.begin(), present_.end(),
                                  [&](std::size_t p) { return !people_[p].in_session(); }),
                   present_.end());
    const auto wanted = std::clamp<std::size_t>(static_cast<std::size_t>(rate_), 1, people_.size());
    while (present_.size() < wanted) {
      const auto p = pick(random_, people_.size());
      if (people_[p].in_session()) break;
      people_[p].begin_session(hour);
      present_.push_back(p);
    }
    return people_[present_[pick(random_, present_.size())]];
  }

  shop_client client_;
  random_source random_;
  double rate_;
  std::vector<shopper> people_;
  std::vector<std::size_t> present_;
  mutable std::mutex mutex_;
  demo_counts counts_;
};

demo_counts operator+(demo_counts a, const demo_counts& b) {
  a.events += b.events;
  a.orders += b.orders;
  a.recommendations += b.recommendations;
  a.followed += b.followed;
  a.offers += b.offers;
  a.offers_taken += b.offers_taken;
  a.refused += b.refused;
  return a;
}

demo_counts sum(const std::vector<std::unique_ptr<lane>>& lanes) {
  demo_counts all;
  for (const auto& l : lanes) all = all + l->counts();
  return all;
}

void tell(const demo_counts& c) {
  std::cout << "demo: " << c.events << " events, " << c.orders << " orders, " << c.recommendations
            << " lists asked (" << c.followed << " views from them), " << c.offers << " offers ("
            << c.offers_taken << " taken)";
  if (c.refused > 0) std::cout << ", " << c.refused << " calls refused";
  std::cout << std::endl;
}

} // namespace

double season_of(double hour) {
  const auto peak = [&](double at, double width) {
    const double away = std::abs(std::remainder(hour - at, 24.0));
    return std::exp(-away * away / (2 * width * width));
  };
  return 0.4 + 0.7 * peak(12.5, 3) + 1.35 * peak(20.5, 2.5);
}

void run_traffic(const traffic_options& o, const catalogue& shop, const node_address& node) {
  // A connection carries well over 100 calls a second, even when each waits for the disk.
  const auto count = std::clamp<std::size_t>(static_cast<std::size_t>(o.rate / 100), 1, 32);
  const auto end = o.duration.count() > 0 ? clock::now() + o.duration : clock::time_point::max();
  std::vector<std::unique_ptr<lane>> lanes;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i)
    lanes.push_back(std::make_unique<lane>(o, shop, node, i, count));
  for (auto& l : lanes) threads.emplace_back([&l, end] { l->run(end); });
  auto told = clock::now();
  while (!interrupted() && clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    if (clock::now() - told < std::chrono::seconds{10}) continue;
    told = clock::now();
    tell(sum(lanes));
  }
  for (auto& t : threads) t.join();
  tell(sum(lanes));
}

} // namespace riq::commands
