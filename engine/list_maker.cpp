// Making the list: diversity, rules, and filling up.

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/prefetch.hpp"
#include "engine/ranking.hpp"

namespace riq::engine {

namespace {

/// How many of the list share a category, a brand, or both. Arrays by index, cleaned by walking the
/// list, so that a list costs nothing but its own items.
class shelf {
 public:
  explicit shelf(const item_model& model) : model_(model) {
    categories_.resize(std::max(categories_.size(), model.categories().size()));
    groups_.resize(std::max<std::size_t>(groups_.size(), model.groups().span()));
  }
  ~shelf() {
    for (const auto item : items_) count(item, -1);
  }
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;

  void put(std::uint32_t item) {
    items_.push_back(item);
    count(item, 1);
  }
  /// 0 for an item like nothing in the list, towards 1 the more of its kind are there.
  float redundancy(std::uint32_t item) const {
    const auto& s = model_.stats(item);
    const auto saturated = [](int n) {
      return static_cast<float>(n) / (static_cast<float>(n) + 4.0F);
    };
    return (s.category == category_tree::root ? 0.0F : 0.5F * saturated(categories_[s.category])) +
           (s.brand == group_lists::none ? 0.0F : 0.2F * saturated(groups_[s.brand])) +
           (s.pair == group_lists::none ? 0.0F : 0.3F * saturated(groups_[s.pair]));
  }
  bool full(std::uint32_t item, const list_rules& rules) const {
    const auto& s = model_.stats(item);
    const auto reached = [](int n, std::uint32_t cap) {
      return cap != 0 && static_cast<std::uint32_t>(n) >= cap;
    };
    return (s.category != category_tree::root &&
            reached(categories_[s.category], rules.max_per_category)) ||
           (s.brand != group_lists::none && reached(groups_[s.brand], rules.max_per_brand));
  }

 private:
  void count(std::uint32_t item, int by) {
    const auto& s = model_.stats(item);
    categories_[s.category] += by;
    if (s.brand != group_lists::none) groups_[s.brand] += by;
    if (s.pair != group_lists::none) groups_[s.pair] += by;
  }

  static thread_local std::vector<int> categories_;
  static thread_local std::vector<int> groups_;
  const item_model& model_;
  std::vector<std::uint32_t> items_;
};
thread_local std::vector<int> shelf::categories_;
thread_local std::vector<int> shelf::groups_;

struct contender {
  float score;
  std::uint32_t index;
};

/// Candidates by falling score, of equal ones by id. A list needs a small part of a thousand: those
/// are found by counting how many there are of each height, and only they are sorted. The others
/// are when it comes to that.
class best_first {
 public:
  void begin(const std::vector<float>& scores, std::size_t wanted) {
    head_.clear();
    rest_.clear();
    taken_ = 0;
    sorted_ = false;
    if (scores.empty()) return;
    auto low = scores.front();
    auto high = low;
    for (const auto score : scores) {
      low = score < low ? score : low;
      high = score > high ? score : high;
    }
    const auto scale = (heights - 1) / std::max(high - low, 1e-6F);
    const auto height = [=](float score) {
      return static_cast<std::size_t>((score - low) * scale);
    };
    std::array<std::uint32_t, heights> count{};
    for (const auto score : scores) ++count[height(score)];
    auto least = heights - 1;
    for (std::size_t n = count[least]; n < wanted && least > 0;) n += count[--least];
    for (std::uint32_t i = 0; i < scores.size(); ++i)
      (height(scores[i]) >= least ? head_ : rest_).push_back({scores[i], i});
  }
  /// Those that are certainly looked at, in no order.
  const std::vector<contender>& head() const { return head_; }

  /// The best that is left; `id(index)` decides between equals.
  template <class Id>
  std::optional<contender> take(Id&& id) {
    if (taken_ == head_.size() && !rest_.empty()) {
      head_.swap(rest_);
      rest_.clear();
      taken_ = 0;
      sorted_ = false;
    }
    if (taken_ == head_.size()) return std::nullopt;
    if (!std::exchange(sorted_, true))
      std::sort(head_.begin(), head_.end(), [&](const contender& a, const contender& b) {
        return a.score != b.score ? a.score > b.score : id(a.index) < id(b.index);
      });
    return head_[taken_++];
  }

 private:
  static constexpr std::size_t heights = 256;
  std::vector<contender> head_; // all of it before all of rest_
  std::vector<contender> rest_;
  std::size_t taken_ = 0; // of head_
  bool sorted_ = false;   // head_ is
};

class maker {
 public:
  maker(const question& q, const list_rules& rules, const term_scale& scale,
        const ranking_settings& weights, std::vector<scored>& list)
    : question_(q), model_(q.model), rules_(rules), scale_(scale), weights_(weights), list_(list),
      shelf_(q.model), diversity_(static_cast<float>(weights.diversity)),
      unit_(scale.redundancy_unit()) {}

  void pick(const std::vector<candidate>& candidates, const std::vector<float>& scores);
  void fill();

 private:
  bool done() const { return list_.size() >= rules_.limit; }
  bool eligible(std::uint32_t item) const {
    const auto& s = model_.stats(item);
    return s.live && (s.in_stock || rules_.any_stock) &&
           (rules_.category == category_tree::root ||
            model_.categories().below(s.category, rules_.category)) &&
           !rules_.hidden->has(s.hash);
  }
  void append(const candidate& c);
  void add_more(std::uint32_t item, retrieval_source source);
  void add_members(std::uint32_t node);

  const question& question_;
  const item_model& model_;
  const list_rules& rules_;
  const term_scale& scale_;
  const ranking_settings& weights_;
  std::vector<scored>& list_;
  shelf shelf_;
  float diversity_;
  float unit_;
};

void maker::append(const candidate& c) {
  auto s = scale_.score(c, question_, weights_);
  s.diversity = 1 - unit_ * shelf_.redundancy(s.from.item);
  s.score += diversity_ * s.diversity;
  shelf_.put(s.from.item);
  list_.push_back(s);
}

void maker::pick(const std::vector<candidate>& candidates, const std::vector<float>& scores) {
  const auto id = [&](std::uint32_t i) -> const std::string& {
    return model_.facts(candidates[i].item).product_id;
  };
  thread_local best_first ahead;
  thread_local std::vector<contender> window; // best first, eligible, not yet listed
  ahead.begin(scores, 4 * std::size_t{rules_.limit});
  for (const auto& c : ahead.head()) prefetch(model_.stats(candidates[c.index].item));
  window.clear();
  const auto most_lost = diversity_ * unit_; // by redundancy
  while (!done()) {
    constexpr auto nobody = static_cast<std::size_t>(-1);
    auto best = nobody;
    float best_score = 0;
    for (std::size_t w = 0;; ++w) {
      while (w == window.size()) {
        const auto next = ahead.take(id);
        if (!next) break;
        if (eligible(candidates[next->index].item)) window.push_back(*next);
      }
      if (w == window.size()) break;
      // Whoever scores less than the best so far, even without any redundancy, cannot win the
      // place.
      if (best != nobody && window[w].score <= best_score) break;
      const auto item = candidates[window[w].index].item;
      if (shelf_.full(item, rules_)) continue;
      const auto score = window[w].score - most_lost * shelf_.redundancy(item);
      if (best == nobody || score > best_score) {
        best = w;
        best_score = score;
      }
    }
    if (best == nobody) return;
    append(candidates[window[best].index]);
    window.erase(window.begin() + static_cast<std::ptrdiff_t>(best));
  }
}

void maker::add_more(std::uint32_t item, retrieval_source source) {
  if (done() || !eligible(item) || shelf_.full(item, rules_)) return;
  if (std::any_of(list_.begin(), list_.end(), [&](const scored& s) { return s.from.item == item; }))
    return;
  candidate c;
  c.item = item;
  c.sources = bit_of(source);
  append(c);
}

void maker::add_members(std::uint32_t node) {
  const auto& n = model_.categories()[node];
  for (auto i = n.first_member; i != id_table::none && !done(); i = model_.stats(i).next_member)
    add_more(i, retrieval_source::content);
  for (auto c = n.first_child; c != id_table::none && !done();
       c = model_.categories()[c].next_sibling)
    add_members(c);
}

void maker::fill() {
  if (done()) return;
  const auto& node = model_.categories()[rules_.category];
  for (const auto& e : node.trending.entries())
    add_more(e.item.index(), retrieval_source::trending);
  for (const auto& e : node.popular.entries()) add_more(e.item.index(), retrieval_source::popular);
  if (!done()) add_members(rules_.category);
}

} // namespace

void make_list(const std::vector<candidate>& candidates, const std::vector<float>& scores,
               const question& q, const list_rules& rules, const term_scale& scale,
               const ranking_settings& weights, std::vector<scored>& list) {
  list.clear();
  maker m(q, rules, scale, weights, list);
  m.pick(candidates, scores);
  m.fill();
}

} // namespace riq::engine
