#include "bench/quality_worlds.hpp"

#include <algorithm>
#include <cmath>
#include <deque>

#include "engine/random.hpp"

namespace riq::bench {

namespace {

class world {
 public:
  world(std::uint64_t seed, std::size_t events) : random_(seed), events_(events) {}
  virtual ~world() = default;

  /// Sessions of several shoppers at a time, woven into each other.
  std::vector<row> run() {
    struct visitor {
      std::string user, session;
      std::size_t left = 0;
      std::uint64_t state = 0;
      std::vector<std::uint32_t> met;
    };
    std::vector<visitor> present(40);
    std::vector<row> rows;
    auto now = std::int64_t{1'700'000'000'000};
    std::uint64_t sessions = 0;
    while (rows.size() < events_) {
      auto& v = present[pick(present.size())];
      now += static_cast<std::int64_t>(random_.unit() * 2 * spacing_ms);
      clock_ = now;
      if (v.left == 0) {
        ++sessions;
        const auto user = users_ == 0 ? sessions : pick(users_);
        v = {"u" + std::to_string(user),
             "s" + std::to_string(sessions),
             2 + static_cast<std::size_t>(-std::log(1 - random_.unit()) * 4),
             0,
             {}};
        enter(user, v.state);
      }
      const auto item = next(v.state, v.met);
      row r{v.user, "", "VIEW", "", "", v.session, 0, now};
      describe(item, r);
      if (random_.unit() < 0.03) r.kind = "CART";
      rows.push_back(std::move(r));
      v.met.push_back(item);
      --v.left;
    }
    return rows;
  }

 protected:
  std::size_t pick(std::size_t n) { return static_cast<std::size_t>(random_.unit() * double(n)); }
  /// Small numbers more often than great ones.
  std::size_t skewed(std::size_t n, double power = 2) {
    return static_cast<std::size_t>(std::pow(random_.unit(), power) * double(n));
  }
  virtual void enter(std::uint64_t user, std::uint64_t& state) = 0;
  virtual std::uint32_t next(std::uint64_t& state, const std::vector<std::uint32_t>& met) = 0;
  virtual void describe(std::uint32_t item, row& r) { r.item = "i" + std::to_string(item); }

  engine::random_source random_;
  std::size_t events_;
  std::int64_t clock_ = 0;
  std::size_t users_ = 0; ///< 0: a new one each session
  double spacing_ms = 4'000;
};

class markov final : public world {
 public:
  markov(std::uint64_t seed, std::size_t events) : world(seed, events), after_(items) {
    for (auto& list : after_)
      for (int i = 0; i < 6; ++i) list.push_back(static_cast<std::uint32_t>(skewed(items)));
  }

 private:
  static constexpr std::size_t items = 2'000;
  void enter(std::uint64_t, std::uint64_t&) override {}
  std::uint32_t next(std::uint64_t&, const std::vector<std::uint32_t>& met) override {
    if (met.empty() || random_.unit() < 0.15) return static_cast<std::uint32_t>(skewed(items));
    return after_[met.back()][skewed(6)];
  }
  std::vector<std::vector<std::uint32_t>> after_;
};

class clusters final : public world {
 public:
  clusters(std::uint64_t seed, std::size_t events) : world(seed, events), sets_(250) {
    for (auto& set : sets_)
      for (int i = 0; i < 30; ++i) set.push_back(static_cast<std::uint32_t>(skewed(4'000, 1.3)));
  }

 private:
  void enter(std::uint64_t, std::uint64_t& state) override { state = skewed(sets_.size()); }
  std::uint32_t next(std::uint64_t& state, const std::vector<std::uint32_t>&) override {
    if (random_.unit() < 0.1) return static_cast<std::uint32_t>(skewed(4'000, 1.3));
    return sets_[state][skewed(30, 1.5)];
  }
  std::vector<std::vector<std::uint32_t>> sets_;
};

class content final : public world {
 public:
  content(std::uint64_t seed, std::size_t events) : world(seed, events), stock_(categories) {
    for (std::size_t c = 0; c < categories; ++c)
      for (int i = 0; i < 20; ++i) arrive(c);
  }

 private:
  static constexpr std::size_t categories = 60;
  struct thing {
    std::size_t category, brand;
    double price;
  };
  void arrive(std::size_t category) {
    const auto base = 10 * std::pow(1.08, double(category));
    things_.push_back({category, skewed(8), base * std::exp(2 * random_.unit())});
    stock_[category].push_back(static_cast<std::uint32_t>(things_.size() - 1));
    if (stock_[category].size() > 25) stock_[category].pop_front();
  }
  void enter(std::uint64_t, std::uint64_t& state) override {
    const auto wish = skewed(categories, 1.5);
    const auto& own = stock_[wish];
    state = own[pick(own.size())]; // the item in mind
  }
  std::uint32_t next(std::uint64_t& state, const std::vector<std::uint32_t>&) override {
    const auto wish = things_[state];
    if (random_.unit() < 0.25) arrive(skewed(categories, 1.5));
    const auto& own = stock_[wish.category];
    auto best = own[pick(own.size())];
    for (int tries = 0; tries < 6; ++tries) {
      const auto other = own[pick(own.size())];
      const auto cost = [&](std::uint32_t i) {
        return std::abs(std::log(things_[i].price / wish.price)) +
               (things_[i].brand == wish.brand ? 0 : 0.6) + 0.8 * random_.unit();
      };
      if (cost(other) < cost(best)) best = other;
    }
    return best;
  }
  void describe(std::uint32_t item, row& r) override {
    const auto& t = things_[item];
    r.item = "i" + std::to_string(item);
    r.category = "d" + std::to_string(t.category / 10) + ".c" + std::to_string(t.category);
    r.brand = "b" + std::to_string(t.brand);
    r.price = std::round(t.price * 100) / 100;
  }
  std::vector<thing> things_;
  std::vector<std::deque<std::uint32_t>> stock_;
};

class drift final : public world {
 public:
  drift(std::uint64_t seed, std::size_t events) : world(seed, events) {}

 private:
  void enter(std::uint64_t, std::uint64_t& state) override { state = pick(12); }
  std::uint32_t next(std::uint64_t& state, const std::vector<std::uint32_t>&) override {
    const auto hour = static_cast<std::uint64_t>(clock_ / 3'600'000);
    if (random_.unit() < 0.2) return static_cast<std::uint32_t>(pick(3'000));
    // Each hour and section has its own forty items.
    engine::random_source of_hour(hour * 131 + state);
    const auto place = skewed(40);
    std::uint64_t item = 0;
    for (std::size_t i = 0; i <= place; ++i) item = of_hour.next() % 3'000;
    return static_cast<std::uint32_t>(item);
  }
  void describe(std::uint32_t item, row& r) override {
    r.item = "i" + std::to_string(item);
    r.category = "section" + std::to_string(item % 12);
  }
};

class habit final : public world {
 public:
  habit(std::uint64_t seed, std::size_t events) : world(seed, events), own_(1'500) {
    users_ = own_.size();
    for (auto& list : own_)
      for (int i = 0; i < 25; ++i) list.push_back(static_cast<std::uint32_t>(skewed(3'000)));
  }

 private:
  void enter(std::uint64_t user, std::uint64_t& state) override { state = user; }
  std::uint32_t next(std::uint64_t& state, const std::vector<std::uint32_t>&) override {
    if (random_.unit() < 0.3) return static_cast<std::uint32_t>(skewed(3'000));
    return own_[state][skewed(25)];
  }
  void describe(std::uint32_t item, row& r) override {
    r.item = "i" + std::to_string(item);
    r.category = "aisle" + std::to_string(item % 40);
  }
  std::vector<std::vector<std::uint32_t>> own_;
};

} // namespace

std::vector<std::string_view> world_names() {
  return {"markov", "clusters", "content", "drift", "habit"};
}

std::vector<row> make_world(std::string_view name, std::uint64_t seed, std::size_t events) {
  if (name == "markov") return markov(seed, events).run();
  if (name == "clusters") return clusters(seed, events).run();
  if (name == "content") return content(seed, events).run();
  if (name == "drift") return drift(seed, events).run();
  if (name == "habit") return habit(seed, events).run();
  return {};
}

} // namespace riq::bench
