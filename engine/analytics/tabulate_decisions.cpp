#include "engine/analytics/table_builder.hpp"

#include "engine/analytics/bounds.hpp"
#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/merge.hpp"
#include "engine/recommend.hpp"

namespace riq::engine::analytics {
namespace {

named_cells shown_cells(const shown_counts& c) {
  return {{"served", c.served},
          {"clicked", c.clicked},
          {"converted", c.converted},
          {"ctr", share(c.clicked, c.served)},
          {"conversion", share(c.converted, c.served)}};
}

void recommendations(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  const analytics_bucket none;
  const auto& b = s.points.empty() ? none : s.points[0].counts;
  const auto row = [&](std::string_view column, std::string_view name, const shown_counts& c) {
    auto cells = shown_cells(c);
    cells.insert(cells.begin(), {column, text(name)});
    add_row(out, std::move(cells));
  };
  if (r.by == "reason")
    for (std::size_t i = 0; i < reason_kinds; ++i)
      row("reason", name_of(static_cast<reason_kind>(i)), b.by_reason[i]);
  else
    for (std::size_t i = 0; i < source_kinds; ++i)
      row("source", name_of(static_cast<retrieval_source>(i)), b.by_source[i]);
  out.error = hll_error;
  auto totals = shown_cells(b.shown);
  totals.insert(totals.begin(), {"lists", b.lists});
  const auto distinct = estimate(b.items_shown);
  const auto catalogue = static_cast<double>(r.catalogue);
  totals.emplace_back("distinctItems", static_cast<std::int64_t>(std::llround(distinct)));
  totals.emplace_back("catalogue", static_cast<std::int64_t>(r.catalogue));
  totals.emplace_back("coverage", share(std::min(distinct, catalogue), catalogue));
  set_totals(out, std::move(totals));
}

named_cells arm_cells(const arm_counts& c) {
  return {{"served", c.served},
          {"accepted", c.accepted},
          {"reward", money(c.reward)},
          {"value", money(c.value)},
          {"explored", c.explored},
          {"exploredShare", share(c.explored, c.served)},
          {"acceptance", share(c.accepted, c.served)}};
}

void offers(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  arm_counts sum;
  const auto by_time = r.by == "time";
  if (by_time)
    out.columns = {"t",      "campaign", "arm",      "served",        "accepted",
                   "reward", "value",    "explored", "exploredShare", "acceptance"};
  for (auto& p : s.points) {
    auto& rows = p.counts.arms.rows;
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const auto& row : rows) {
      add_counts(sum, row.counts);
      const auto at = row.name.find(arm_separator);
      auto cells = arm_cells(row.counts);
      const auto campaign = std::string_view{row.name}.substr(0, at);
      const auto arm =
        at == std::string::npos ? std::string_view{} : std::string_view{row.name}.substr(at + 1);
      cells.insert(cells.begin(), {{"campaign", text(campaign)}, {"arm", text(arm)}});
      if (by_time) cells.insert(cells.begin(), {"t", p.t});
      add_row(out, std::move(cells));
    }
  }
  set_totals(out, arm_cells(sum));
}

} // namespace

void tabulate_decisions(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  return r.name == analytic::offers ? offers(r, s, out) : recommendations(r, s, out);
}

} // namespace riq::engine::analytics
