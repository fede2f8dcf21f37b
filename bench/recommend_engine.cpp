// What a list costs in the engine, with 20,000 items and 100,000 sessions known: retrieval of up to
// 1000 candidates, then ranking to a list of 20 with reasons. Also what a touch costs the item
// model and what it keeps in memory.
//
//   recommend_engine [--items 20000] [--sessions 100000] [--users 4000] [--rounds 3]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <span>
#include <string>
#include <vector>

#include "engine/apply.hpp"
#include "engine/context.hpp"
#include "engine/item_model.hpp"
#include "engine/random.hpp"
#include "engine/ranking.hpp"
#include "engine/recommend.hpp"
#include "engine/retrieval.hpp"
#include "messages/hash.hpp"

namespace {

/// Time the thread was running: the machine is shared with others.
double micros() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) * 1e-3;
}

/// A shop of two hundred categories; shoppers mostly stay in one, popular items come up more.
class market {
 public:
  market(std::size_t items, std::uint64_t seed) : random_(seed), items_(items) {}

  riq::item item(std::size_t i) const {
    const auto c = i % categories;
    riq::item out;
    out.product_id = "product-" + std::to_string(i);
    out.title = "Product " + std::to_string(i);
    out.category = "department" + std::to_string(c / 10) + ".category" + std::to_string(c);
    out.brand = "brand" + std::to_string(i / categories % 12);
    out.price = 5 + double(i * 7919 % 1000);
    return out;
  }
  std::size_t category() { return skewed(categories, 1.5); }
  std::size_t next(std::size_t category) {
    const auto c = random_.unit() < 0.8 ? category : this->category();
    return skewed(items_ / categories, 1.7) * categories + c;
  }
  double unit() { return random_.unit(); }

 private:
  static constexpr std::size_t categories = 200;
  std::size_t skewed(std::size_t n, double power) {
    return static_cast<std::size_t>(std::pow(random_.unit(), power) * double(n));
  }
  riq::engine::random_source random_;
  std::size_t items_;
};

// Updates that reach a model together: what a shard made of one delivery of its log.
constexpr std::size_t batch_size = 128;

struct timings {
  std::vector<double> values;
  double at(double q) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(q * double(values.size() - 1))];
  }
};

} // namespace

int main(int argc, char** argv) {
  std::size_t items = 20'000;
  std::size_t sessions = 100'000;
  std::size_t users = 4'000;
  int rounds = 3;
  for (int i = 1; i + 1 < argc; i += 2) {
    const auto value = static_cast<std::size_t>(std::atoll(argv[i + 1]));
    if (std::string(argv[i]) == "--items") items = value;
    if (std::string(argv[i]) == "--sessions") sessions = value;
    if (std::string(argv[i]) == "--users") users = value;
    if (std::string(argv[i]) == "--rounds") rounds = std::max(2, static_cast<int>(value));
  }
  market shop(items, 42);
  riq::settings settings;
  riq::engine::item_model model(settings.model);
  for (std::size_t i = 0; i < items; ++i) model.put(shop.item(i));
  const auto catalogue_bytes = model.memory();

  // The last `users` sessions belong to the people who are asked about.
  std::vector<riq::user_state> states(users);
  std::vector<riq::session_update> updates;
  std::vector<riq::session_update> stream;
  auto now = std::int64_t{1'700'000'000'000};
  std::int64_t offset = 0;
  for (std::size_t s = 0; s < sessions; ++s) {
    auto& state = states[s % users];
    const auto category = shop.category();
    const auto length = 2 + static_cast<std::size_t>(-std::log(1 - shop.unit()) * 5);
    for (std::size_t k = 0; k < length; ++k) {
      now += 500;
      const auto told = shop.item(shop.next(category));
      riq::event e;
      e.id = std::to_string(offset);
      e.user_id = "user-" + std::to_string(s % users);
      e.time = now;
      e.origin.offset = offset;
      riq::activity a;
      a.type = shop.unit() < 0.05 ? riq::activity_type::add_to_cart : riq::activity_type::view;
      a.product_id = told.product_id;
      a.session_id = "s" + std::to_string(s);
      a.category = told.category;
      a.brand = told.brand;
      a.price = told.price;
      e.what = std::move(a);
      state.user_id = e.user_id;
      updates.clear();
      riq::engine::apply(state, e, offset++, settings.features, updates);
      stream.insert(stream.end(), updates.begin(), updates.end());
    }
  }
  const auto begin = micros();
  for (std::span<const riq::session_update> left = stream; !left.empty();) {
    const auto batch = left.first(std::min(left.size(), batch_size));
    model.apply(batch);
    left = left.subspan(batch.size());
  }
  const auto applied = micros();
  std::printf("apply: %zu touches, %.2f us each (%llu lessons); %zu items, %zu sessions\n",
              stream.size(), (applied - begin) / double(stream.size()),
              static_cast<unsigned long long>(model.learned().lessons()), model.items(),
              model.sessions());
  std::printf("memory: %.0f bytes an item of the catalogue, %.0f bytes a session with its share of "
              "the rest, %.1f MiB in all\n",
              double(catalogue_bytes) / double(items),
              double(model.memory() - catalogue_bytes) / double(model.sessions()),
              double(model.memory()) / (1024.0 * 1024.0));

  timings first, retrieval, again, whole, seen;
  std::vector<float> scores;
  std::vector<riq::engine::scored> list_of_20;
  riq::engine::hidden_set nothing_hidden;
  nothing_hidden.begin(0);
  const riq::engine::list_rules rules{.limit = 20, .hidden = &nothing_hidden};
  std::size_t candidates = 0;
  riq::engine::context asking;
  const auto retrieve = [&](const riq::user_state& state) -> auto& {
    riq::engine::fill_context(asking, state, model, now);
    return riq::engine::retrieve_candidates(asking, model, settings.ranking.candidates);
  };
  const auto rank = [&](const riq::user_state& state) {
    const auto& found = retrieve(state);
    const riq::engine::question q(asking, model);
    const riq::engine::term_scale scale(model.learned());
    scale.score_all(found, q, settings.ranking, scores);
    riq::engine::make_list(found, scores, q, rules, scale, settings.ranking, list_of_20);
  };
  const auto recommend = [&](const riq::user_state& state, bool include_seen) {
    riq::engine::recommend_request request;
    request.include_seen = include_seen;
    return riq::engine::recommend(state, model, request, settings.ranking, now).size();
  };
  for (int round = 0; round < rounds; ++round)
    for (const auto& state : states) {
      auto take = [&, from = micros()](timings& into) mutable {
        const auto to = micros();
        if (round > 0) into.values.push_back(to - from); // the first one is a warm-up
        from = micros();
      };
      rank(state);
      take(first);
      candidates += retrieve(state).size();
      take(retrieval);
      rank(state);
      take(again);
      recommend(state, true);
      take(whole);
      recommend(state, false);
      take(seen);
    }
  std::printf("candidates: %.0f on average\n", double(candidates) / double(states.size()) / rounds);
  const auto print = [](const char* name, timings& t) {
    std::printf("%-52s p50 %6.1f us  p90 %6.1f us  p99 %6.1f us\n", name, t.at(0.5), t.at(0.9),
                t.at(0.99));
  };
  print("retrieval, ranking, MMR: a user not asked for lately", first);
  print("retrieval alone, once more", retrieval);
  print("retrieval, ranking, MMR, once more", again);
  print("the same with ids, scores and reasons", whole);
  print("the same, hiding what was seen", seen);
  std::printf(
    "goal of retrieval and ranking 120 us at the median: first %.2f, once more %.2f of it\n",
    first.at(0.5) / 120.0, again.at(0.5) / 120.0);
}
