#include "engine/standardise.hpp"

#include <algorithm>

#include "engine/day_window.hpp"

namespace riq::engine {
namespace {

std::string capitals(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::int64_t clamped(std::int64_t time, std::int64_t received, const processor_settings& settings) {
  const auto latest = received + std::int64_t{settings.max_future_sec} * 1'000;
  const auto past = std::int64_t{settings.max_past_days} * ms_per_day;
  const auto earliest = past == 0 ? 0 : received - past;
  return std::clamp(time, earliest, latest);
}

std::string position_id(const arrival& how) {
  return std::string{name_of(how.from)} + ':' + std::to_string(how.partition) + ':' +
         std::to_string(how.offset);
}

} // namespace

void standardise(event& e, const arrival& how, const processor_settings& settings) {
  e.time = clamped(e.time, how.received, settings);
  e.received = how.received;
  e.origin.from = how.from;
  e.origin.offset = how.offset;
  if (e.id.empty()) e.id = position_id(how);
  if (auto* a = std::get_if<activity>(&e.what)) {
    if (!how.country.empty()) a->country = capitals(how.country);
  } else if (auto* o = std::get_if<order>(&e.what)) {
    if (!how.country.empty()) o->country = capitals(how.country);
    if (o->currency.empty()) o->currency = settings.default_currency;
  }
}

} // namespace riq::engine
