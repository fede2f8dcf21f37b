// How well the engine guesses the next item, without HTTP: the first part of a log is applied, then
// for each event of the rest the list is asked for before the event is applied. The same questions
// and the same counting as a client that replays the log through the API.
//
//   quality_engine [FILE.csv …] [--train 0.8] [--until 1.0] [--events 40000] [--lag 0]
//                  [--share 1]
//
// Without a file it makes its own worlds (quality_worlds.hpp). Columns by name: user, item, event,
// timestamp (seconds), category, category_code, brand, price, session. `--until` leaves out the end
// of the file, for choosing between variants on its start; `--lag` keeps that many updates from the
// model, as publishing it at intervals does; `--share` of the sessions stand for all in the model,
// as when more happens than it takes in.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bench/quality_worlds.hpp"
#include "bench/session_knn.hpp"
#include "engine/apply.hpp"
#include "engine/item_model.hpp"
#include "engine/recommend.hpp"
#include "engine/touch_sample.hpp"

namespace {

using riq::bench::row;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const auto c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else if (c != '\r')
      cells.back() += c;
  }
  return cells;
}

std::vector<row> read(const char* path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  std::map<std::string, std::size_t> columns;
  for (const auto& name : split(line)) columns.emplace(name, columns.size());
  std::vector<row> rows;
  while (std::getline(in, line)) {
    const auto cells = split(line);
    const auto cell = [&](const char* name) {
      const auto at = columns.find(name);
      return at == columns.end() || at->second >= cells.size() ? std::string() : cells[at->second];
    };
    row r;
    r.user = cell("user");
    r.item = cell("item");
    r.kind = cell("event");
    r.category = cell("category_code");
    if (r.category.empty()) r.category = cell("category");
    r.brand = cell("brand");
    r.session = cell("session");
    r.price = std::atof(cell("price").c_str());
    r.time = static_cast<std::int64_t>(std::atof(cell("timestamp").c_str()) * 1000);
    rows.push_back(std::move(r));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const row& a, const row& b) { return a.time < b.time; });
  return rows;
}

struct tally {
  int asked = 0;
  int hits = 0;
  double reciprocal = 0;
  template <class Skip>
  void count(const std::vector<std::string>& list, const std::string& item, Skip&& skip) {
    ++asked;
    int place = 0;
    for (const auto& id : list) {
      if (skip(id)) continue;
      if (++place > 20) return;
      if (id != item) continue;
      ++hits;
      reciprocal += 1.0 / place;
      return;
    }
  }
  void print(const char* name) const {
    std::printf("  %-16s n=%-6d HR@20 %.4f MRR@20 %.4f\n", name, asked,
                asked ? double(hits) / asked : 0, asked ? reciprocal / asked : 0);
  }
};

class shop {
 public:
  shop(const riq::settings& s, std::size_t lag, double share)
    : settings_(s), model_(s.model), sample_(share < 1 ? share * touches_per_sec : 0), lag_(lag) {}

  void apply(const row& r) {
    riq::event e;
    e.user_id = r.user;
    e.time = e.received = r.time;
    e.origin.offset = offset_;
    if (r.kind == "ORDER" || r.kind == "PURCHASE") {
      riq::order o;
      o.order_id = "o" + std::to_string(offset_);
      o.items = {{r.item, 1, r.price}};
      o.total = r.price;
      e.origin.from = riq::source::order;
      e.what = std::move(o);
    } else {
      riq::activity a;
      a.type = r.kind == "CART" ? riq::activity_type::add_to_cart : riq::activity_type::view;
      a.product_id = r.item;
      a.session_id = r.session;
      a.category = r.category;
      a.brand = r.brand;
      a.price = r.price;
      e.what = std::move(a);
    }
    e.id = std::to_string(offset_);
    updates_.clear();
    times_.push_back(r.time);
    auto& user = users_[r.user];
    user.user_id = r.user;
    riq::engine::apply(user, e, offset_++, settings_.features, updates_);
    for (auto& u : updates_) {
      // As if this were the rate, whatever the log's.
      u.weight = sample_.weigh(u.session_key, offset_ * 1'000 / touches_per_sec);
      if (u.weight > 0 || !model_.heard_of(u.product_id, a_minute_ago())) pending_.push_back(u);
    }
    for (; pending_.size() > lag_; pending_.pop_front()) model_.apply(pending_.front());
  }

  std::vector<std::string> ask(const std::string& user, std::uint32_t limit, std::int64_t now) {
    riq::engine::recommend_request request;
    request.limit = limit;
    request.include_seen = true;
    std::vector<std::string> ids;
    for (auto& r : riq::engine::recommend(users_[user], model_, request, settings_.ranking, now))
      ids.push_back(std::move(r.product_id));
    return ids;
  }
  const riq::engine::item_model& model() const { return model_; }

 private:
  static constexpr std::int64_t touches_per_sec = 1'000;

  /// When the touch happened that was a minute ago at that rate.
  std::int64_t a_minute_ago() const {
    constexpr std::size_t minute = 60 * touches_per_sec;
    return times_.size() > minute ? times_[times_.size() - 1 - minute] : 0;
  }

  const riq::settings& settings_;
  riq::engine::item_model model_;
  std::unordered_map<std::string, riq::user_state> users_;
  std::vector<riq::session_update> updates_;
  std::vector<std::int64_t> times_;
  std::deque<riq::session_update> pending_; // what a node has not published yet
  riq::engine::touch_sample sample_;
  std::size_t lag_;
  std::int64_t offset_ = 0;
};

void measure(const char* name, const std::vector<row>& rows, double train, std::size_t lag,
             double share) {
  const auto cut = static_cast<std::size_t>(static_cast<double>(rows.size()) * train);
  const riq::settings settings;
  shop engine(settings, lag, share);
  riq::bench::session_knn knn;
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  for (std::size_t i = 0; i < cut; ++i) engine.apply(rows[i]);
  const auto loaded = clock::now();
  std::printf("%s: %zu events applied, %.2f us each\n", name, cut,
              std::chrono::duration<double, std::micro>(loaded - begin).count() / double(cut));
  for (std::size_t i = 0; i < cut; ++i) knn.apply(rows[i].session, rows[i].item, rows[i].time);

  tally novel, dist, knn_novel, knn_dist;
  std::unordered_map<std::string, std::vector<std::string>> met;
  std::unordered_map<std::string, std::string> session_of;
  for (std::size_t i = cut; i < rows.size(); ++i) {
    const auto& r = rows[i];
    auto& before = met[r.user];
    if (!before.empty()) {
      const std::unordered_set<std::string> known(before.begin(), before.end());
      const auto limit = std::min<std::size_t>(200, 20 + known.size());
      const auto list = engine.ask(r.user, static_cast<std::uint32_t>(limit), rows[i - 1].time);
      const auto other = knn.ask(session_of[r.user], limit, rows[i - 1].time);
      if (r.item != before.back()) {
        const auto skip = [&](const std::string& id) { return id == before.back(); };
        dist.count(list, r.item, skip);
        knn_dist.count(other, r.item, skip);
      }
      if (!known.contains(r.item)) {
        const auto skip = [&](const std::string& id) { return known.contains(id); };
        novel.count(list, r.item, skip);
        knn_novel.count(other, r.item, skip);
      }
    }
    before.push_back(r.item);
    session_of[r.user] = r.session;
    engine.apply(r);
    knn.apply(r.session, r.item, r.time);
  }
  novel.print("engine novel");
  knn_novel.print("session-kNN novel");
  dist.print("engine dist");
  knn_dist.print("session-kNN dist");
  const auto& learned = engine.model().learned();
  std::printf("  %llu lessons, %llu not found; weights", (unsigned long long)learned.lessons(),
              (unsigned long long)learned.missed());
  for (const auto w : learned.weights()) std::printf(" %.2f", double(w));
  std::printf("\n");
}

} // namespace

int main(int argc, char** argv) {
  double train = 0.8;
  double until = 1;
  double share = 1;
  std::size_t lag = 0;
  std::size_t events = 40'000;
  std::vector<const char*> inputs;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name.starts_with("--") && i + 1 < argc) {
      const auto value = std::atof(argv[++i]);
      if (name == "--train") train = value;
      if (name == "--until") until = value;
      if (name == "--share") share = value;
      if (name == "--lag") lag = static_cast<std::size_t>(value);
      if (name == "--events") events = static_cast<std::size_t>(value);
    } else {
      inputs.push_back(argv[i]);
    }
  }
  for (const auto* path : inputs) {
    auto rows = read(path);
    if (rows.empty()) return std::fprintf(stderr, "%s: no rows\n", path), 2;
    rows.resize(static_cast<std::size_t>(static_cast<double>(rows.size()) * until));
    measure(path, rows, train, lag, share);
  }
  if (inputs.empty())
    for (const auto world : riq::bench::world_names())
      measure(world.data(), riq::bench::make_world(world, 1, events), train, lag, share);
}
