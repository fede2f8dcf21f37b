#include "gateway/budgets.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace riq::gateway {
namespace {

void add(budget_sums& sum, const budget_slice& slice) {
  for (const auto& l : slice.lines) {
    const auto at = std::find_if(sum.lines.begin(), sum.lines.end(),
                                 [&](const auto& x) { return x.campaign == l.campaign; });
    auto& to = at != sum.lines.end() ? *at : sum.lines.emplace_back();
    to.campaign = l.campaign;
    to.leased += l.leased;
    to.spent += l.spent;
  }
}

} // namespace

void sum_budgets(backend& with, unique_function<void(budget_sums)> done) {
  struct gathering {
    budget_sums sum;
    std::size_t open = 0;
    unique_function<void(budget_sums)> done;
  };
  const auto partitions = with.log().partitions(topics::processed_events);
  auto all = std::make_shared<gathering>();
  all->sum.shards = all->open = static_cast<std::size_t>(partitions);
  all->done = std::move(done);
  if (all->open == 0) return all->done({});
  for (std::int32_t p = 0; p < partitions; ++p)
    with.ask_shard<budget_slice>(p, get_budgets{p}, [all](result<budget_slice> s) {
      if (s) {
        ++all->sum.answered;
        add(all->sum, *s);
      }
      if (--all->open == 0) all->done(std::move(all->sum));
    });
}

} // namespace riq::gateway
