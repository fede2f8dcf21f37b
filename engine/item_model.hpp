#pragma once
// What all shoppers together know of the items: catalogue, counters, lists of the best, recent
// sessions, co-visitation, and how much each kind of evidence has been worth lately.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "engine/calibration.hpp"
#include "engine/category_tree.hpp"
#include "engine/chunked.hpp"
#include "engine/covisitation.hpp"
#include "engine/decay.hpp"
#include "engine/deletions.hpp"
#include "engine/group_lists.hpp"
#include "engine/heard_facts.hpp"
#include "engine/id_table.hpp"
#include "engine/item_ref.hpp"
#include "engine/prefetch.hpp"
#include "engine/session_index.hpp"
#include "messages/item.hpp"

namespace riq::engine {

/// The facts about an item that ranking reads, by dense index. What every candidate is asked for
/// stands in the first cache line.
struct alignas(64) item_stats {
  std::int64_t last = 0;       ///< newest contact, 0: never met
  std::int64_t first = 0;      ///< oldest contact, or what the stream's time was when it was put
  double slow_key = never_met; ///< decay_key of contacts, carts and purchases, slow half-life
  double fast_key = never_met; ///< decay_key of contacts, fast half-life
  std::uint32_t category = category_tree::root;
  std::uint32_t brand = group_lists::none; ///< group of all items of the brand
  std::uint32_t pair = group_lists::none;  ///< group of the brand within the category
  float log_price = 0;                     ///< natural logarithm of price + 1, 0: unknown
  float conversion = 0; ///< (carts + 2·purchases) per view, shrunk, square root, in [0,1]
  bool tagged = false;
  bool live = false;
  bool in_stock = true;
  bool queued = false; ///< the eviction queue holds this index
  std::uint8_t generation = 0;

  std::uint64_t hash = 0;       ///< stable_hash(product_id)
  std::int64_t at = 0;          ///< time the counts hold for
  double fresh_key = never_met; ///< `first` as it stands in the lists
  float views = 0;              ///< slowly decayed counts
  float carts = 0;
  float purchases = 0;
  float bustle = 0;                           ///< contacts of every kind, fast decay
  std::uint32_t band = group_lists::none;     ///< group of the price band within the category
  std::uint32_t next_member = id_table::none; ///< of the category, see category_node
  std::uint32_t previous_member = id_table::none;
};

/// Where an item stood in each of its lists of the best when it was last touched, see
/// `for_each_list`.
using list_places = std::array<std::uint16_t, 32>;

struct item_counts {
  double views = 0;
  double carts = 0;
  double purchases = 0;
  std::int64_t last_seen = 0; ///< 0: never
};

struct catalogue_word {
  std::string_view category;
  std::string_view brand;
  double price = 0;
};

struct heard_question {
  std::string_view product_id;
  std::int64_t since = 0;
  bool heard = false; ///< the answer
};

/// One writer applies updates; while an instance is published nobody writes to it, and any number
/// of threads may read. Every operation is deterministic, and none does work proportional to the
/// catalogue or the number of sessions. Memory is bounded by `max_items` and `max_sessions`.
class item_model {
 public:
  /// Without learning the signals keep their first weights.
  explicit item_model(const model_settings& settings, bool learning = true);

  /// The shop's word on an item, in place of what it said before. An empty field or a price of 0
  /// leaves it to the events.
  void put(const item& told);
  /// Takes it out, with all that was learned of it until `at`. It comes back with a put or with a
  /// later touch.
  void remove(std::string_view product_id, std::int64_t at);

  /// Kinds touch and forget; offers are none of this model's business.
  void apply(const session_update& update);
  /// One after the other; faster than one by one, as memory is asked for early.
  void apply(std::span<const session_update> updates);
  /// The same on a copy of a model that applied them already, and had learned this afterwards.
  void repeat(std::span<const session_update> updates, const calibration& learned);

  const item* find(std::string_view product_id) const;
  /// Whether a touch of the item later than `since` was learned.
  bool heard_of(std::string_view product_id, std::int64_t since) const;
  /// The same of many; faster than one by one, as memory is asked for early.
  void heard_of(std::span<heard_question> questions) const;
  /// What the catalogue was told of an item's category, brand and price, empty where it was not;
  /// nothing when none of them was. Unlike the facts it does not depend on events.
  std::optional<catalogue_word> word_on(std::string_view product_id) const;
  /// Counts as of `now`; nothing when the item is not known.
  std::optional<item_counts> counts(std::string_view product_id, std::int64_t now) const;

  std::size_t items() const { return by_id_.size(); }
  std::size_t sessions() const { return sessions_.size(); }
  /// Newest event time seen, 0: none.
  std::int64_t stream_time() const { return stream_time_; }
  /// Estimate, bytes.
  std::size_t memory() const;

  // What retrieval and ranking read. Indices run from 0 to `span()`; not each of them is live.

  std::uint32_t index_of(std::string_view product_id) const;
  std::uint32_t index_of(std::string_view product_id, std::uint64_t hash) const;
  /// By the id's hash alone: good enough for evidence, and spares reading the id.
  std::uint32_t index_of_hash(std::uint64_t hash) const { return by_id_.find(hash); }
  /// Hints that the id with this hash is looked up soon.
  void foresee(std::uint64_t hash) const { by_id_.foresee(hash); }
  /// The same of several, and that their items' stats are read.
  void foresee(std::span<const std::uint64_t> hashes) const;
  std::uint32_t span() const { return static_cast<std::uint32_t>(stats_.size()); }
  const item_stats& stats(std::uint32_t index) const { return stats_[index]; }
  /// Hints that what every candidate is asked for is read soon.
  void foresee_stats(std::uint32_t index) const { prefetch(&stats_[index], 1); }
  const item& facts(std::uint32_t index) const { return facts_[index]; }
  item_ref ref(std::uint32_t index) const { return item_ref::of(index, stats_[index].generation); }
  bool live(item_ref item) const {
    const auto& s = stats_[item.index()];
    return s.live && s.generation == item.generation();
  }
  /// Groups of the item's tags.
  std::span<const std::uint32_t> tags(std::uint32_t index) const { return tags_[index]; }
  const category_tree& categories() const { return categories_; }
  const group_lists& groups() const { return groups_; }
  std::uint32_t brand_group(std::string_view brand) const;
  const session_index& session_list() const { return sessions_; }
  const covisitation& pairs() const { return pairs_; }
  const calibration& learned() const { return learned_; }

 private:
  struct idle {
    std::int64_t since; // a lower bound: checked against the item when it comes up
    std::uint32_t item;
  };

  std::size_t text_size(std::uint32_t index) const;
  std::uint32_t create(std::string_view product_id, std::uint64_t hash, std::int64_t time);
  void evict();
  void erase(std::uint32_t index);
  void apply(const session_update& update, std::uint64_t product);
  void touch(const session_update& update, std::uint64_t product);
  struct soon;
  void foresee(const session_update& update, soon& what) const;
  void foresee_lists(std::uint32_t index);
  void foresee_places(std::uint32_t index);
  void learn_from(const session_update& update, std::uint32_t index, std::uint32_t session);
  void tell(std::uint32_t index, const session_update& update);
  void forget_until(std::uint32_t index, std::int64_t deleted);
  void count(std::uint32_t index, const session_update& update);
  void reprice(std::uint32_t index, double price);
  std::uint32_t join_band(const item_stats& s);
  template <class Change>
  void revise(std::uint32_t index, Change&& change);
  void list(std::uint32_t index);
  void unlist(std::uint32_t index);
  struct keys {
    double slow = never_met;
    double fast = never_met;
  };
  template <class Visit>
  void for_each_list(std::uint32_t index, Visit&& visit);
  void raise(std::uint32_t index, const std::optional<keys>& before);

  std::size_t max_items_;
  std::int64_t stream_time_ = 0;
  chunked<item_stats> stats_;
  chunked<item> facts_;
  chunked<heard_facts> heard_;
  chunked<std::vector<std::uint32_t>> tags_;
  chunked<list_places> places_; // of the writer
  std::vector<std::uint32_t> free_;
  std::vector<idle> queue_; // a heap, the longest idle first
  id_table by_id_;
  deletions deleted_;
  category_tree categories_;
  group_lists groups_;
  session_index sessions_;
  covisitation pairs_;
  calibration learned_;
  bool learning_;
  std::size_t text_bytes_ = 0;
};

} // namespace riq::engine
