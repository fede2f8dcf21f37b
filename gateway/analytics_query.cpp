#include "gateway/analytics_query.hpp"

#include "messages/parse_json.hpp"

#include <algorithm>
#include <charconv>

namespace riq::gateway {
namespace {

constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t cohort_range = 12 * 7 * day;
constexpr std::int64_t latest = 4'102'444'800'000; // 2100-01-01

std::string words(const std::vector<std::string_view>& allowed) {
  std::string out;
  for (const auto word : allowed) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

result<std::string> one_of(const request& r, std::string_view name,
                           const std::vector<std::string_view>& allowed) {
  const auto given = r.parameters.text(name);
  if (!given || given->empty()) return std::string{allowed.empty() ? "" : allowed.front()};
  if (std::find(allowed.begin(), allowed.end(), *given) == allowed.end())
    return error{ec::invalid, std::string{name},
                 allowed.empty() ? "is not understood by this one"
                                 : "must be one of " + words(allowed)};
  return std::string{*given};
}

result<std::int64_t> read_time(const request& r, std::string_view name, std::int64_t otherwise) {
  const auto given = r.parameters.text(name);
  if (!given || given->empty()) return otherwise;
  std::int64_t t = 0;
  const auto [end, failed] = std::from_chars(given->data(), given->data() + given->size(), t);
  const bool number = failed == std::errc{} && end == given->data() + given->size();
  if ((!number && !read_rfc3339(*given, t)) || t < 0 || t > latest)
    return error{ec::invalid, std::string{name},
                 "must be epoch milliseconds or an RFC 3339 time between 1970 and 2100"};
  return t;
}

result<std::int64_t> read_step(const request& r) {
  auto word = one_of(r, "granularity", {"", "minute", "hour", "day"});
  if (!word) return error{ec::invalid, "granularity", "must be one of minute, hour, day"};
  if (*word == "minute") return minute;
  if (*word == "hour") return hour;
  return *word == "day" ? day : std::int64_t{0};
}

result<std::vector<event_kind>> read_steps(const request& r) {
  auto names = r.parameters.all("steps");
  if (names.empty()) names = {"VIEW", "ADD_TO_CART", "CHECKOUT", "ORDER"};
  std::vector<event_kind> out;
  for (const auto& name : names) {
    const auto kind = from_name<event_kind>(name);
    const bool known = kind && static_cast<std::size_t>(*kind) < funnel_kinds;
    if (!known || std::find(out.begin(), out.end(), *kind) != out.end() || names.size() < 2 ||
        names.size() > 8)
      return error{ec::invalid, "steps",
                   "must be 2 to 8 different ones of VIEW, CLICK, SCROLL, TIME_ON_PAGE, "
                   "ADD_TO_CART, REMOVE_FROM_CART, SEARCH, CHECKOUT, ORDER"};
    out.push_back(*kind);
  }
  return out;
}

std::int64_t default_range(analytic name) {
  if (name == analytic::trending) return hour;
  return name == analytic::cohorts ? cohort_range : day;
}

/// Waits for the shards; the last answer completes.
struct gathering {
  const parts& with;
  analytics_slice sum;
  analytics_frame frame;
  std::size_t open = 0;
  std::size_t answered = 0;
  unique_function<void(result<analytics_slice>, analytics_frame)> done;

  void take(std::int32_t partition, result<analytics_slice> s) {
    if (s) {
      ++answered;
      if (answered == 1)
        sum = std::move(*s);
      else
        with.analytics.merge(sum, *s);
    } else {
      frame.missing.push_back(partition);
    }
    if (--open > 0) return;
    std::sort(frame.missing.begin(), frame.missing.end());
    frame.as_of = sum.as_of;
    frame.too_old = sum.too_old;
    if (answered == 0)
      done(error{ec::not_ready, "", "no shard answered in time"}, std::move(frame));
    else
      done(std::move(sum), std::move(frame));
  }
};

} // namespace

result<analytics_request> read_analytics(const backend& with, const request& r,
                                         const analytic_description& what) {
  analytics_request out;
  out.name = what.name;
  out.now = with.with().analytics.now();
  auto step = read_step(r);
  if (!step) return step.error();
  out.step = *step;
  auto to = read_time(r, "to", out.now + 1);
  if (!to) return to.error();
  auto from = read_time(r, "from", std::max<std::int64_t>(0, *to - default_range(what.name)));
  if (!from) return from.error();
  if (*from >= *to) return error{ec::invalid, "from", "must be before `to`"};
  out.from = *from;
  out.to = *to;
  auto by = one_of(r, "by", what.by);
  if (!by) return by.error();
  out.by = std::move(*by);
  auto rank = one_of(r, "rank", what.rank);
  if (!rank) return rank.error();
  out.rank = std::move(*rank);
  auto limit = r.parameters.integer("limit", what.limit, 1, 1'000);
  if (!limit && what.limit > 0) return limit.error();
  out.limit = limit ? static_cast<std::uint32_t>(*limit) : 0;
  if (!what.category.empty())
    out.category = standard_category(r.parameters.text("category").value_or(std::string_view{}));
  auto past = r.parameters.integer("past", 24, 1, 72);
  if (!past) return past.error();
  if (what.name == analytic::trending) out.past_ms = *past * hour;
  if (what.name == analytic::funnel) {
    auto steps = read_steps(r);
    if (!steps) return steps.error();
    out.steps = std::move(*steps);
  }
  if (with.with().analytics.items) out.catalogue = with.with().analytics.items();
  with.with().analytics.settle(out);
  return out;
}

void ask_shards(backend& with, const ask_analytics& question,
                unique_function<void(result<analytics_slice>, analytics_frame)> done) {
  const auto partitions = with.log().partitions(topics::processed_events);
  auto all = std::make_shared<gathering>(gathering{with.with(), {}, {}, 0, 0, std::move(done)});
  all->frame.asked = all->open = static_cast<std::size_t>(partitions);
  for (std::int32_t p = 0; p < partitions; ++p) {
    auto of_this = question;
    of_this.partition = p;
    with.ask_shard<analytics_slice>(
      p, std::move(of_this), [all, p](result<analytics_slice> s) { all->take(p, std::move(s)); });
  }
}

} // namespace riq::gateway
