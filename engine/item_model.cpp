#include "engine/item_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/lesson.hpp"
#include "engine/prefetch.hpp"
#include "engine/slots.hpp"
#include "messages/hash.hpp"

namespace riq::engine {

namespace {

constexpr auto idles_longer = [](const auto& a, const auto& b) {
  return a.since != b.since ? a.since > b.since : a.item > b.item;
};

// Two in a hundred who look put it in the cart, as in most shops: twenty such views to start with.
constexpr float prior_views = 20;
constexpr float prior_carts = 0.4F;

} // namespace

item_model::item_model(const model_settings& settings, bool learning)
  : max_items_(std::clamp<std::size_t>(settings.max_items, 1, item_ref::max_index)),
    deleted_(max_items_), sessions_(settings.max_sessions), learning_(learning) {
  queue_.reserve(max_items_ + 1);
  free_.reserve(max_items_ + 1);
}

std::uint32_t item_model::index_of(std::string_view product_id) const {
  return index_of(product_id, stable_hash(product_id));
}

std::uint32_t item_model::index_of(std::string_view product_id, std::uint64_t hash) const {
  return by_id_.find(hash, [&](std::uint32_t i) { return facts_[i].product_id == product_id; });
}

const item* item_model::find(std::string_view product_id) const {
  const auto at = index_of(product_id);
  return at == id_table::none ? nullptr : &facts_[at];
}

void item_model::foresee(std::span<const std::uint64_t> hashes) const {
  for (const auto hash : hashes) by_id_.foresee(hash);
  for (const auto hash : hashes) {
    const auto at = index_of_hash(hash);
    if (at == id_table::none) continue;
    prefetch(facts_[at].product_id);
    foresee_stats(at);
  }
}

bool item_model::heard_of(std::string_view product_id, std::int64_t since) const {
  heard_question q{product_id, since};
  heard_of({&q, 1});
  return q.heard;
}

void item_model::heard_of(std::span<heard_question> questions) const {
  constexpr std::size_t step = 16;
  std::array<std::uint64_t, step> hashes;
  while (!questions.empty()) {
    const auto some = questions.first(std::min(step, questions.size()));
    questions = questions.subspan(some.size());
    for (std::size_t i = 0; i < some.size(); ++i) hashes[i] = stable_hash(some[i].product_id);
    foresee({hashes.data(), some.size()});
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto at = index_of(some[i].product_id, hashes[i]);
      some[i].heard = at != id_table::none && stats_[at].last > some[i].since;
    }
  }
}

std::optional<item_counts> item_model::counts(std::string_view product_id, std::int64_t now) const {
  const auto at = index_of(product_id);
  if (at == id_table::none) return std::nullopt;
  const auto& s = stats_[at];
  const auto factor = halved(now - s.at, slow_half_life_ms);
  return item_counts{s.views * factor, s.carts * factor, s.purchases * factor, s.last};
}

std::uint32_t item_model::create(std::string_view product_id, std::uint64_t hash,
                                 std::int64_t time) {
  if (items() >= max_items_) evict();
  const auto at = take_slot(free_, [&] {
    facts_.grow();
    heard_.grow();
    tags_.grow();
    places_.grow();
    return stats_.grow();
  });
  auto& s = stats_[at];
  s.hash = hash;
  s.live = true;
  s.first = time;
  facts_[at].product_id = product_id;
  heard_[at].deleted_at = deleted_.of(hash);
  by_id_.insert(s.hash, at);
  text_bytes_ += text_size(at);
  if (!s.queued) { // an index that was removed, not evicted, still is
    s.queued = true;
    queue_.push_back({time, at});
    std::push_heap(queue_.begin(), queue_.end(), idles_longer);
  }
  list(at);
  return at;
}

void item_model::evict() {
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end(), idles_longer);
    auto longest = queue_.back();
    queue_.pop_back();
    auto& s = stats_[longest.item];
    if (const auto since = std::max(s.first, s.last); s.live && since > longest.since) {
      longest.since = since; // was met since it was queued
      queue_.push_back(longest);
      std::push_heap(queue_.begin(), queue_.end(), idles_longer);
      continue;
    }
    s.queued = false;
    if (!s.live) continue; // removed meanwhile
    erase(longest.item);
    return;
  }
}

void item_model::remove(std::string_view product_id, std::int64_t at) {
  const auto hash = stable_hash(product_id);
  deleted_.add(hash, at);
  const auto index = index_of(product_id, hash);
  if (index == id_table::none) return;
  if (stats_[index].last <= at) return erase(index);
  forget_until(index, at); // it was met again since
}

void item_model::erase(std::uint32_t index) {
  unlist(index);
  sessions_.clear_item(index);
  pairs_.clear(index);
  auto& s = stats_[index];
  by_id_.erase(s.hash, index);
  text_bytes_ -= text_size(index);
  item_stats empty;
  empty.generation = static_cast<std::uint8_t>(s.generation + 1);
  empty.queued = s.queued;
  s = empty;
  facts_[index] = {};
  heard_[index] = {};
  free_.push_back(index);
}

void item_model::apply(const session_update& update) {
  apply(update, stable_hash(update.product_id));
}

void item_model::apply(const session_update& update, std::uint64_t product) {
  switch (update.kind) {
  case session_update::what::touch:
    touch(update, product);
    break;
  case session_update::what::forget:
    sessions_.forget(update.user_key);
    break;
  case session_update::what::offer_served:
  case session_update::what::offer_rewarded:
    break;
  }
}

/// What an update will need, as far as it is known before its turn comes.
struct item_model::soon {
  std::uint64_t product = 0; // hash of the id
  std::uint32_t index = id_table::none;
  std::uint32_t session = id_table::none;
};

// A touch reads dozens of places that nobody read for long: most of its time would be waiting. What
// an update will need is asked for while those before it are at work, in four steps, as the places
// of one tell those of the next.
void item_model::apply(std::span<const session_update> updates) {
  constexpr std::size_t step = 5;
  std::array<soon, 4 * step> ring; // of the next ones
  const auto n = updates.size();
  const auto at = [&](std::size_t i) -> soon& { return ring[i % ring.size()]; };
  const auto hash = [&](std::size_t i) {
    if (i >= n) return;
    at(i).product = stable_hash(updates[i].product_id);
    by_id_.foresee(at(i).product);
    sessions_.foresee(updates[i].session_key);
  };
  const auto find = [&](std::size_t i) {
    if (i < n) foresee(updates[i], at(i));
  };
  const auto ask = [&](std::size_t i) {
    if (i >= n) return;
    const auto [product, index, session] = at(i);
    sessions_.foresee_lists(session, index);
    if (index == id_table::none) return;
    pairs_.foresee_entries(index);
    prefetch(facts_[index].category.data(), 1);
    foresee_lists(index);
  };
  const auto ask_places = [&](std::size_t i) {
    if (i < n && at(i).index != id_table::none) foresee_places(at(i).index);
  };
  for (std::size_t i = 0; i < 4 * step; ++i) hash(i);
  for (std::size_t i = 0; i < 3 * step; ++i) find(i);
  for (std::size_t i = 0; i < 2 * step; ++i) ask(i);
  for (std::size_t i = 0; i < step; ++i) ask_places(i);
  for (std::size_t i = 0; i < n; ++i) {
    const auto product = at(i).product;
    hash(i + 4 * step);
    find(i + 3 * step);
    ask(i + 2 * step);
    ask_places(i + step);
    apply(updates[i], product);
  }
}

void item_model::repeat(std::span<const session_update> updates, const calibration& learned) {
  const auto learning = std::exchange(learning_, false);
  apply(updates);
  learning_ = learning;
  learned_ = learned;
}

void item_model::foresee(const session_update& update, soon& what) const {
  what.index = index_of_hash(what.product);
  what.session = sessions_.find(update.session_key);
  sessions_.foresee(what.session, what.index);
  if (what.index == id_table::none) return;
  prefetch(stats_[what.index]);
  prefetch(facts_[what.index]);
  prefetch(heard_[what.index]);
  prefetch(places_[what.index]);
  pairs_.foresee(what.index);
}

void item_model::touch(const session_update& update, std::uint64_t product) {
  if (update.product_id.empty()) return;
  stream_time_ = std::max(stream_time_, update.time);
  auto index = index_of(update.product_id, product);
  const auto known = index != id_table::none;
  if (update.time <= (known ? heard_[index].deleted_at : deleted_.of(product))) return;
  if (!known) index = create(update.product_id, product, update.time);
  auto session = id_table::none;
  if (update.session_key != 0 && update.weight > 0) {
    session = sessions_.open(update.session_key, update.user_key, update.time);
    // Before the touch itself can give it away.
    if (learning_ && known) learn_from(update, index, session);
  }
  tell(index, update);
  count(index, update);
  if (session == id_table::none) return;
  const auto& visits = sessions_.add(session, ref(index), update.touch, update.time).visits;
  if (update.touch == touch_kind::uncart) return;
  // Pair it with what came before it; the visit itself is the newest unless the event is late.
  auto own = visits.size();
  while (own > 0 && !(visits[own - 1].item == ref(index))) --own;
  if (own < 2) return;
  const auto when = covisitation::at(update.time);
  const auto reached = std::min(own - 1, covisitation::reach);
  for (std::size_t back = 1; back <= reached; ++back)
    pairs_.foresee_entries(visits[own - 1 - back].item.index());
  auto weight = static_cast<float>(update.weight);
  for (std::size_t back = 1; back <= reached; ++back) {
    const auto before = visits[own - 1 - back].item;
    if (live(before)) pairs_.add(before, ref(index), weight, when);
    weight *= covisitation::step;
  }
}

void item_model::learn_from(const session_update& update, std::uint32_t index,
                            std::uint32_t session) {
  const auto& s = sessions_[session];
  if (s.visits.empty() || s.visits.back().item == ref(index)) return;
  if (learned_.due(update)) take_lesson(*this, s, index, update.time, learned_);
}

void item_model::count(std::uint32_t index, const session_update& update) {
  const auto time = update.time;
  auto& s = stats_[index];
  const keys before{s.slow_key, s.fast_key};
  const auto first = s.first;
  // One for whose session others stand is told because nobody met the item lately.
  auto slow = update.weight > 0 ? static_cast<float>(update.weight) : 1.0F;
  auto fast = slow;
  if (time > s.at) {
    const auto age = s.at == 0 ? 0 : time - s.at;
    const auto keep = static_cast<float>(halved(age, slow_half_life_ms));
    s.views *= keep;
    s.carts *= keep;
    s.purchases *= keep;
    s.bustle *= static_cast<float>(halved(age, fast_half_life_ms));
    s.at = time;
  } else {
    slow *= static_cast<float>(halved(s.at - time, slow_half_life_ms));
    fast *= static_cast<float>(halved(s.at - time, fast_half_life_ms));
  }
  switch (update.touch) {
  case touch_kind::view:
  case touch_kind::click:
    s.views += slow;
    break;
  case touch_kind::dwell:
    s.views += 0.1F * slow;
    break;
  case touch_kind::cart:
    s.carts += slow;
    break;
  case touch_kind::purchase:
    s.purchases += slow;
    break;
  case touch_kind::uncart:
    slow = fast = 0;
    break;
  }
  s.bustle += fast;
  s.last = std::max(s.last, time);
  s.first = std::min(s.first, time);
  if (const auto sum = s.views + 2 * s.carts + 3 * s.purchases; sum > 0)
    s.slow_key = decay_key(sum, s.at, slow_half_life_ms);
  s.conversion =
    std::min(1.0F, std::sqrt((s.carts + 2 * s.purchases + prior_carts) / (s.views + prior_views)));
  if (s.bustle > 0) s.fast_key = decay_key(s.bustle, s.at, fast_half_life_ms);
  const auto moved = before.slow != s.slow_key || before.fast != s.fast_key || first != s.first;
  if (moved && s.in_stock) raise(index, before);
}

std::size_t item_model::memory() const {
  return sizeof(*this) + stats_.memory() + facts_.memory() + heard_.memory() + tags_.memory() +
         places_.memory() + queue_.size() * sizeof(idle) + by_id_.memory() + deleted_.memory() +
         categories_.memory() + groups_.memory() + sessions_.memory() + pairs_.memory() +
         text_bytes_;
}

} // namespace riq::engine
