// Price drops and returns into stock: a shard follows the catalogue and asks those of its users who
// care for an item that changed. Who cares is an index in memory, made from the snapshots at a
// start and from the events since. What a restart must not lose, the place in the catalogue's log
// and what is out of stock, goes with the shard's commit; the place only moves when every user that
// was asked has decided and the facts are in the log.

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/deliveries.hpp"
#include "actors/shard.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_item.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

// Ids of users have no control characters, so this is no user's.
const std::string items_key = "\x01items";

constexpr std::size_t scan_page = 500; // snapshots read in a tick
// Where a node went, whoever waits for its users has the processors first.
constexpr std::int64_t scan_after_ms = 2'000;
constexpr std::size_t touches_that_count = 20; // of a user, the newest
constexpr std::size_t item_credit = 256;
// Users asked in a tick: many care for a popular item, and most are not in memory.
constexpr std::size_t questions_at_once = 200;
// A log that could not be read gets this long before the next attempt.
constexpr std::int64_t items_follow_again_ms = 1'000;
// A change by less than this is a rounding.
constexpr double least_drop = 0.999;

bool is_users(const std::string& key) {
  return static_cast<unsigned char>(key.front()) >= 0x20;
}

bool shows_interest(activity_type type) {
  return type == activity_type::view || type == activity_type::click ||
         type == activity_type::add_to_cart;
}

} // namespace

void shard_state::begin_interests() {
  const auto& t = config.engine->config->triggers;
  const auto partitions = config.log->partitions(topics::item_updates);
  const auto shards = std::max(1, config.log->partitions(topics::processed_events));
  if (t.interest_entries == 0 || partitions == 0) return;
  interests = std::make_unique<engine::interest_index>(
    std::max<std::size_t>(1, t.interest_entries / static_cast<std::size_t>(shards)),
    t.interest_per_item);
  // A shard that never followed begins with what comes from now on.
  for (std::int32_t p = 0; p < partitions; ++p)
    item_followers.emplace_back().next =
      config.log->range({std::string{topics::item_updates}, p}).end;
  scan_begins = steady_now() + scan_after_ms;
}

void shard_state::scan_on() {
  if (!interests || scanning || scan_complete || steady_now() < scan_begins) return;
  scanning = true;
  const auto failed = config.store->scan(
    config.partition, scan_from, scan_page, [to = shard_actor{self}](auto found) {
      caf::anon_send(to, users_scanned{std::make_shared<decltype(found)>(std::move(found))});
    });
  if (failed) scanning = false; // again with the next tick
}

void shard_state::scanned(const users_scanned& s) {
  scanning = false;
  if (!*s.page) {
    spdlog::warn("shard {}: reading interests: {}", config.partition, s.page->error().detail);
    return;
  }
  for (const auto& [key, bytes] : **s.page) {
    scan_from = key;
    if (is_users(key)) {
      if (const auto data = from_msgpack<user_state>(bytes)) remember_interests(*data);
    } else if (key == items_key) {
      items_stored = bytes;
    }
  }
  if ((**s.page).size() == scan_page) return;
  scan_complete = true;
  take_stored_items();
  follow_items();
}

/// Whether anything was stored.
bool shard_state::take_stored_items() {
  const auto kept = from_msgpack<items_kept>(items_stored);
  if (items_stored.empty() || !kept) return false;
  for (const auto& item : kept->absent) absent.insert(item);
  for (std::size_t i = 0; i < std::min(item_followers.size(), kept->next.size()); ++i)
    item_followers[i].next = kept->next[i];
  return true;
}

void shard_state::remember_interests(const user_state& data) {
  const hashed_text user = data.user_id;
  const auto care = [&](const std::string& product, double price) {
    interests->add(user, product, price);
  };
  const auto& touches = data.touches;
  const auto from = touches.size() > touches_that_count ? touches.size() - touches_that_count : 0;
  for (std::size_t i = from; i < touches.size(); ++i)
    if (touches[i].kind != touch_kind::purchase) care(touches[i].product_id, touches[i].price);
  for (const auto& line : data.basket.lines) care(line.product_id, line.price);
}

void shard_state::note_interest(const arrival& one, const engine::shared_model* model) {
  if (!interests) return;
  const hashed_text user{one.what.user_id, one.user};
  if (std::holds_alternative<user_erased>(one.what.what)) return interests->forget(user);
  const auto* a = std::get_if<activity>(&one.what.what);
  if (a == nullptr || a->product_id.empty() || !shows_interest(a->type)) return;
  interests->add(user, {a->product_id, one.item}, a->price);
  if (model == nullptr || a->type == activity_type::add_to_cart) return;
  // Looked at while it was out of stock: its return is news, whenever it went.
  const auto known = model->items.index_of(a->product_id, one.item);
  if (known != engine::id_table::none && !model->items.stats(known).in_stock)
    absent.insert(a->product_id);
}

void shard_state::follow_items() {
  for (std::size_t i = 0; i < item_followers.size(); ++i) {
    auto& f = item_followers[i];
    f.withheld = 0;
    f.subscription = ++item_subscriptions;
    f.following = config.log->subscribe(
      {std::string{topics::item_updates}, static_cast<std::int32_t>(i)}, f.next,
      deliver_to(shard_actor{self}, static_cast<int>(i) + 1, f.subscription));
    f.following->grant(item_credit);
  }
}

/// A decision was not kept: the users are asked again, and those that had decided stay with it.
void shard_state::reread_items() {
  if (!scan_complete || !take_stored_items()) return;
  item_questions.clear();
  interests->forget_ceilings(); // an item of which nothing is known is asked about
  follow_items();
}

void shard_state::items_delivered(const log_delivery& d) {
  auto& f = item_followers[static_cast<std::size_t>(d.slot) - 1];
  if (draining || d.subscription != f.subscription) return; // read again by its successor
  if (!*d.batch) {
    fail(failures.reading, d.batch->error());
    f.following.reset();
    items_follow_again = steady_now() + items_follow_again_ms;
    return;
  }
  const auto& batch = **d.batch;
  for (const auto& record : batch.records) take_item(record);
  f.next = batch.next;
  f.withheld += batch.records.size();
  ask_the_interested();
  look_soon();
}

void shard_state::take_item(const log_record& record) {
  const hashed_text item = record.key;
  if (record.tombstone || !interests->knows(item)) {
    absent.erase(record.key);
    return;
  }
  const auto told = parse_item(record.key, record.value);
  if (!told) return; // the item model says so
  item_changed news;
  news.product_id = record.key;
  news.price = told->price;
  news.in_stock = told->in_stock;
  news.number = record.offset;
  news.came_back = told->in_stock && absent.erase(record.key);
  if (!told->in_stock) {
    absent.insert(record.key);
    return;
  }
  const auto ceiling = interests->ceiling(item);
  const bool dropped = told->price > 0 && (ceiling == 0 || told->price < ceiling * least_drop);
  if (!dropped && !news.came_back) return;
  if (dropped) interests->set_ceiling(item, told->price);
  for (auto& user : interests->of(item)) item_questions.push_back({std::move(user), news});
}

void shard_state::ask_the_interested() {
  if (!interests) return;
  if (scan_complete && steady_now() >= items_follow_again &&
      std::ranges::any_of(item_followers, [](const auto& f) { return !f.following; }))
    follow_items();
  // Until the shard is ready, what users decided of it may still come back through the log.
  const auto asked = counts.ready ? questions_at_once : 0;
  for (std::size_t n = 0; n < asked && !item_questions.empty(); ++n) {
    auto q = std::move(item_questions.front());
    item_questions.pop_front();
    ++unheard;
    const auto act = [this, news = std::move(q.news)](resident& live) {
      if (*live.damage)
        --unheard;
      else
        self->send(live.actor, news);
    };
    auto& r = need(q.user);
    if (r.state == resident::phase::live || *r.damage)
      act(r);
    else
      r.pending.push_back(act);
  }
  load_missing();
  if (!items_settled()) return;
  for (auto& f : item_followers)
    if (f.following && f.withheld > 0) f.following->grant(std::exchange(f.withheld, 0));
}

void shard_state::add_items_write(storage::state_commit& batch) {
  if (!scan_complete || !items_settled()) return;
  absent.keep_if([this](const std::string& item) { return interests->knows(item); });
  items_kept now;
  for (const auto& f : item_followers) now.next.push_back(f.next);
  now.absent = absent.all();
  auto bytes = to_msgpack(now);
  if (bytes == items_stored) return;
  items_storing = bytes;
  batch.writes.push_back({items_key, std::move(bytes), 0, 0});
}

} // namespace riq
