#include "engine/neighbours.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "engine/prefetch.hpp"

namespace riq::engine {

namespace {

constexpr std::size_t max_postings = 600; // read for one question
constexpr std::size_t neighbours = 80;    // sessions whose items count
constexpr std::size_t max_items = 20;     // of one neighbour, its newest
constexpr float recency_half_life_ms = 7 * day_ms;
constexpr float oldest = 0.2F; // what age leaves of a neighbour at least

struct neighbour {
  std::int64_t time = 0;
  std::uint32_t session = 0;
  float similarity = 0;
};

/// Sessions found so far, a small hash table that stays in the first cache level.
class found_sessions {
 public:
  void begin() {
    all.clear();
    slots_.fill(0);
  }
  neighbour& of(std::uint32_t session) {
    auto i = session * 0x9e3779b1U >> (32 - bits);
    while (slots_[i] != 0) {
      auto& n = all[slots_[i] - 1];
      if (n.session == session) return n;
      i = (i + 1) & (slots_.size() - 1);
    }
    slots_[i] = static_cast<std::uint16_t>(all.size() + 1);
    auto& n = all.emplace_back();
    n.session = session;
    return n;
  }
  std::vector<neighbour> all;

 private:
  static constexpr unsigned bits = 11; // twice the sessions that max_postings can name
  std::array<std::uint16_t, 1U << bits> slots_{};
};

/// Rarity in [0.1, 1]: an item that everybody meets says little about a session.
float rarity(const item_stats& s, std::int64_t now, float log_sessions) {
  const auto log_count =
    s.slow_key == never_met ? 0.0 : decayed_log2(s.slow_key, now, slow_half_life_ms);
  return std::clamp(1.0F - static_cast<float>(log_count) / log_sessions, 0.1F, 1.0F);
}

void find_sessions(const context& asking, const item_model& model, found_sessions& found) {
  const auto& index = model.session_list();
  for (std::size_t i = 0; i < asking.focus_size(); ++i) {
    index.foresee(id_table::none, asking.met[i].item);
    model.pairs().foresee(asking.met[i].item); // for the source that comes next
  }
  for (std::size_t i = 0; i < asking.focus_size(); ++i) {
    const auto postings = index.postings(asking.met[i].item);
    prefetch(postings.data(), std::min<std::size_t>(postings.size_bytes(), 512));
    model.pairs().foresee_entries(asking.met[i].item);
  }
  const auto log_sessions = std::log2(static_cast<float>(index.size()) + 2.0F);
  std::size_t read = 0;
  for (std::size_t i = 0; i < asking.focus_size() && read < max_postings; ++i) {
    const auto& m = asking.met[i];
    const auto weight = m.weight * rarity(model.stats(m.item), asking.now, log_sessions);
    auto postings = index.postings(m.item);
    if (postings.size() > max_postings - read) postings = postings.last(max_postings - read);
    read += postings.size();
    for (const auto& p : postings) {
      auto& n = found.of(p.session);
      n.similarity += weight;
      n.time = std::max(n.time, p.time);
    }
  }
  // Age was left out above: it takes one exponential a session instead of one a posting.
  for (auto& n : found.all) {
    const auto age = static_cast<float>(std::max<std::int64_t>(asking.now - n.time, 0));
    n.similarity *= std::max(oldest, std::exp2(-age / recency_half_life_ms));
  }
  if (found.all.size() > neighbours) {
    std::nth_element(found.all.begin(), found.all.begin() + neighbours, found.all.end(),
                     [](const neighbour& a, const neighbour& b) {
                       if (a.similarity != b.similarity) return a.similarity > b.similarity;
                       return a.time != b.time ? a.time > b.time : a.session > b.session;
                     });
    found.all.resize(neighbours);
  }
}

} // namespace

void add_neighbours(const context& asking, const item_model& model, candidate_pool& pool) {
  thread_local found_sessions found;
  found.begin();
  find_sessions(asking, model, found);
  const auto& index = model.session_list();
  // Most of the time goes into waiting for memory: ask for what the next rounds need.
  const std::span<const neighbour> near = found.all;
  const auto foresee_session = [&](std::size_t i) {
    if (i < near.size()) prefetch(index[near[i].session]);
  };
  const auto foresee_visits = [&](std::size_t i) {
    if (i >= near.size()) return;
    const auto& next = index[near[i].session].visits;
    const auto most = std::min(next.size(), max_items);
    prefetch(next.data() + (next.size() - most), most * sizeof(visit));
  };
  constexpr std::size_t ahead = 8;
  for (std::size_t i = 0; i < 2 * ahead; ++i) foresee_session(i);
  for (std::size_t i = 0; i < ahead; ++i) foresee_visits(i);
  for (std::size_t i = 0; i < near.size(); ++i) {
    foresee_session(i + 2 * ahead);
    foresee_visits(i + ahead);
    const auto& n = near[i];
    const auto& visits = index[n.session].visits;
    const auto first = visits.size() > max_items ? visits.size() - max_items : 0;
    // The anchor is the shared item that the person met last.
    std::size_t anchor = visits.size();
    std::size_t place = context::focus;
    for (auto v = first; v < visits.size(); ++v) {
      const auto* c = pool.find(visits[v].item.index());
      if (c == nullptr || c->met == 0 || c->met > place ||
          c->generation != visits[v].item.generation())
        continue;
      place = c->met - 1U;
      anchor = v;
    }
    if (anchor == visits.size()) continue; // the shared item is stale, or too far back
    for (auto v = first; v < visits.size(); ++v) {
      if (v == anchor) continue;
      const auto distance = v > anchor ? v - anchor : anchor - v;
      const auto closeness =
        (v > anchor ? 1.0F : 0.8F) / (0.5F + 0.5F * static_cast<float>(distance));
      pool.of(visits[v].item, model).neighbours += n.similarity * closeness;
    }
  }
}

} // namespace riq::engine
