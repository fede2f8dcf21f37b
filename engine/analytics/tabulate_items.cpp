#include "engine/analytics/table_builder.hpp"

#include <map>

#include "engine/analytics/tables.hpp"

namespace riq::engine::analytics {
namespace {

constexpr std::size_t most_categories = 50;
constexpr std::int64_t least_contacts = 3; // fewer are no trend

using product_row = counted_table<product_counts>::row;

std::int64_t rank_of(const product_counts& c, std::string_view rank) {
  if (rank == "carts") return c.carts;
  if (rank == "units") return c.units;
  return rank == "revenue" ? c.revenue : c.views;
}

void top(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  out.bound = 0;
  std::map<std::string_view, std::vector<const product_row*>> by_category;
  std::map<std::string_view, std::int64_t> weight;
  if (!s.points.empty()) {
    const auto& products = s.points[0].counts.products;
    out.bound = products.bound;
    for (const auto& row : products.rows) {
      const auto rank = rank_of(row.counts, r.rank);
      if (rank <= 0 || !is_below(row.counts.category, r.category)) continue;
      const auto category = row.counts.category.empty() ? no_name : row.counts.category;
      by_category[category].push_back(&row);
      weight[category] += rank;
    }
  }
  std::vector<std::string_view> order;
  for (const auto& [category, rows] : by_category) order.push_back(category);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return weight[a] > weight[b]; });
  if (order.size() > most_categories) order.resize(most_categories);
  std::int64_t listed = 0;
  for (const auto category : order) {
    auto& rows = by_category[category];
    const auto n = std::min<std::size_t>(rows.size(), r.limit);
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(n), rows.end(),
                      [&](const product_row* a, const product_row* b) {
                        const auto x = rank_of(a->counts, r.rank), y = rank_of(b->counts, r.rank);
                        return x != y ? x > y : a->name < b->name;
                      });
    for (std::size_t i = 0; i < n; ++i, ++listed) {
      const auto& c = rows[i]->counts;
      add_row(out, {{"category", text(category)},
                    {"position", static_cast<std::int64_t>(i + 1)},
                    {"productId", text(rows[i]->name)},
                    {"views", c.views},
                    {"carts", c.carts},
                    {"units", c.units},
                    {"revenue", money(c.revenue)}});
    }
  }
  set_totals(out, {{"categories", static_cast<std::int64_t>(order.size())}, {"products", listed}});
}

void trending(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  out.bound = 0;
  counted_table<product_counts> past, now;
  for (auto& p : s.points) {
    out.bound += p.counts.products.bound;
    (p.t < r.from ? past : now) = std::move(p.counts.products);
  }
  struct trend {
    const product_row* row;
    std::int64_t contacts;
    double expected;
    double score;
  };
  std::vector<trend> trends;
  const auto scale = static_cast<double>(r.to - r.from) / static_cast<double>(r.past_ms);
  for (const auto& row : now.rows) {
    const auto contacts = row.counts.views + row.counts.clicks;
    if (contacts < least_contacts || !is_below(row.counts.category, r.category)) continue;
    std::size_t slot = 0;
    const auto* before = find(past, row.name, stable_hash(row.name), slot);
    const auto expected =
      before ? static_cast<double>(before->counts.views + before->counts.clicks) * scale : 0.0;
    const auto score = (static_cast<double>(contacts) - expected) / std::sqrt(expected + 1);
    if (score > 0) trends.push_back({&row, contacts, expected, score});
  }
  std::sort(trends.begin(), trends.end(), [](const trend& a, const trend& b) {
    return a.score != b.score ? a.score > b.score : a.row->name < b.row->name;
  });
  if (trends.size() > r.limit) trends.resize(r.limit);
  for (const auto& t : trends)
    add_row(out, {{"productId", text(t.row->name)},
                  {"category", text(t.row->counts.category)},
                  {"contacts", t.contacts},
                  {"expected", number(t.expected)},
                  {"growth", number(static_cast<double>(t.contacts) / std::max(t.expected, 1.0))},
                  {"score", number(t.score)}});
  set_totals(out, {{"products", static_cast<std::int64_t>(trends.size())}});
}

void searches(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  out.bound = 0;
  std::int64_t all = 0;
  std::size_t queries = 0;
  if (!s.points.empty()) {
    auto& t = s.points[0].counts.searches;
    out.bound = t.bound;
    queries = t.rows.size();
    std::sort(t.rows.begin(), t.rows.end(), [](const auto& a, const auto& b) {
      return a.counts.searches != b.counts.searches ? a.counts.searches > b.counts.searches
                                                    : a.name < b.name;
    });
    for (const auto& row : t.rows) all += row.counts.searches;
    for (std::size_t i = 0; i < std::min<std::size_t>(queries, r.limit); ++i)
      add_row(out, {{"query", text(t.rows[i].name)},
                    {"searches", t.rows[i].counts.searches},
                    {"share", share(t.rows[i].counts.searches, all)}});
  }
  set_totals(out, {{"searches", all}, {"queries", static_cast<std::int64_t>(queries)}});
}

} // namespace

void tabulate_items(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  switch (r.name) {
  case analytic::top_products_by_category:
    return top(r, s, out);
  case analytic::trending:
    return trending(r, s, out);
  default:
    return searches(r, s, out);
  }
}

} // namespace riq::engine::analytics
