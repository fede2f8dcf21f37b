#include "engine/session_index.hpp"

#include <algorithm>

#include "engine/slots.hpp"

namespace riq::engine {

namespace {

constexpr auto idles_longer = [](const auto& a, const auto& b) {
  return a.since != b.since ? a.since > b.since : a.session > b.session;
};

} // namespace

session_index::session_index(std::size_t max_sessions)
  : max_sessions_(std::max<std::size_t>(max_sessions, 1)) {
  // Address space only: pages are taken as they are used, and no insertion has to copy the queue.
  queue_.reserve(max_sessions_ + 1);
  free_.reserve(max_sessions_ + 1);
}

std::uint32_t session_index::open(std::uint64_t session_key, std::uint64_t user_key,
                                  std::int64_t time) {
  const auto known = find(session_key);
  return known != id_table::none ? known : create(session_key, user_key, time);
}

const indexed_session& session_index::add(std::uint32_t session, item_ref item, touch_kind kind,
                                          std::int64_t time) {
  auto& s = sessions_[session];
  s.last = std::max(s.last, time);
  auto& visits = s.visits;
  const auto known =
    std::find_if(visits.rbegin(), visits.rend(), [&](const visit& v) { return v.item == item; });
  visit now{item, bit_of(kind), time};
  if (known != visits.rend()) {
    now.kinds |= known->kinds;
    now.time = std::max(now.time, known->time);
    visits.erase(std::next(known).base());
  } else {
    post(item.index(), {time, session, s.generation});
    if (visits.size() >= max_visits) visits.erase(visits.begin());
  }
  const auto before = visits.capacity();
  // Sessions are short: growing by halves keeps a hundred thousand of them small.
  if (visits.size() == before) visits.reserve(std::max<std::size_t>(2, before + (before + 1) / 2));
  visits_allocated_ += visits.capacity() - before;
  auto to = visits.end();
  while (to != visits.begin() && std::prev(to)->time > now.time) --to;
  visits.insert(to, now);
  return s;
}

std::uint32_t session_index::create(std::uint64_t session_key, std::uint64_t user_key,
                                    std::int64_t time) {
  if (size() >= max_sessions_) evict();
  const auto at = take_slot(free_, [&] { return sessions_.grow(); });
  auto& s = sessions_[at];
  s.key = session_key;
  s.user = user_key;
  s.last = time;
  s.live = true;
  s.newer = s.older = id_table::none;
  if (user_key != 0) {
    s.older = newest_of(user_key);
    if (s.older != id_table::none) sessions_[s.older].newer = at;
    by_user_.assign(user_key, at);
  }
  by_key_.insert(session_key, at);
  if (!s.queued) { // an index that was forgotten, not evicted, still is
    s.queued = true;
    queue_.push_back({time, at});
    std::push_heap(queue_.begin(), queue_.end(), idles_longer);
  }
  return at;
}

void session_index::drop(std::uint32_t session) {
  auto& s = sessions_[session];
  if (s.user != 0) {
    if (s.older != id_table::none) sessions_[s.older].newer = s.newer;
    if (s.newer != id_table::none)
      sessions_[s.newer].older = s.older;
    else if (s.older != id_table::none)
      by_user_.assign(s.user, s.older);
    else
      by_user_.erase(s.user, session);
  }
  by_key_.erase(s.key, session);
  visits_allocated_ -= s.visits.capacity();
  indexed_session empty;
  empty.generation = s.generation + 1;
  empty.queued = s.queued;
  s = std::move(empty);
  free_.push_back(session);
}

void session_index::evict() {
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end(), idles_longer);
    auto longest = queue_.back();
    queue_.pop_back();
    auto& s = sessions_[longest.session];
    if (s.live && s.last > longest.since) { // went on since it was queued
      longest.since = s.last;
      queue_.push_back(longest);
      std::push_heap(queue_.begin(), queue_.end(), idles_longer);
      continue;
    }
    s.queued = false;
    if (!s.live) continue; // forgotten meanwhile
    drop(longest.session);
    return;
  }
}

void session_index::forget(std::uint64_t user_key) {
  for (auto s = newest_of(user_key); s != id_table::none; s = newest_of(user_key)) drop(s);
}

void session_index::post(std::uint32_t item, posting p) {
  while (postings_.size() <= item) postings_.grow();
  auto& list = postings_[item];
  const auto before = list.capacity();
  if (list.size() >= 2 * max_postings) list.erase(list.begin(), list.end() - max_postings);
  auto to = list.end();
  while (to != list.begin() && (std::prev(to)->time > p.time ||
                                (std::prev(to)->time == p.time &&
                                 sessions_[std::prev(to)->session].key > sessions_[p.session].key)))
    --to;
  list.insert(to, p);
  postings_allocated_ += list.capacity() - before;
}

std::span<const posting> session_index::postings(std::uint32_t item) const {
  if (item >= postings_.size()) return {};
  const auto& list = postings_[item];
  return {list.data() + (list.size() > max_postings ? list.size() - max_postings : 0),
          std::min(list.size(), max_postings)};
}

void session_index::clear_item(std::uint32_t item) {
  if (item >= postings_.size()) return;
  postings_allocated_ -= postings_[item].capacity();
  std::vector<posting>().swap(postings_[item]);
}

std::size_t session_index::memory() const {
  return sessions_.memory() + postings_.memory() + visits_allocated_ * sizeof(visit) +
         postings_allocated_ * sizeof(posting) + queue_.size() * sizeof(idle) + by_key_.memory() +
         by_user_.memory() + free_.size() * sizeof(std::uint32_t);
}

} // namespace riq::engine
