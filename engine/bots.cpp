#include "engine/bots.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <re2/re2.h>

#include "messages/hash.hpp"
#include "messages/parse_json.hpp"

namespace riq::engine {
namespace {

// Longer agents are cut: what a crawler calls itself stands at the front.
constexpr std::size_t longest_agent = 1'024;
// Of RE2's automaton; a thousand patterns need about a tenth of it.
constexpr std::int64_t automaton_bytes = 64 << 20;

constexpr std::array libraries{"curl/8.5.0",
                               "Wget/1.21.4",
                               "python-requests/2.31.0",
                               "Python-urllib/3.11",
                               "Python/3.11 aiohttp/3.9.1",
                               "python-httpx/0.27.0",
                               "Go-http-client/2.0",
                               "okhttp/4.12.0",
                               "axios/1.6.7",
                               "node-fetch/1.0",
                               "node",
                               "undici",
                               "got/11",
                               "Apache-HttpClient/4.5.14 (Java/17.0.9)",
                               "Java/17.0.9",
                               "Java-http-client/17.0.9",
                               "libwww-perl/6.72",
                               "GuzzleHttp/7",
                               "PHP-Curl-Class/9.19.0",
                               "Ruby",
                               "Faraday v2.9.0",
                               "Dart/3.2 (dart:io)",
                               "HTTPie/3.2.2",
                               "PostmanRuntime/7.36.1",
                               "k6/0.49.0",
                               "ApacheBench/2.3",
                               "Boost.Beast/322",
                               "cpp-httplib/0.14.3",
                               "reqwest/0.11.24"};

constexpr std::array own_patterns{
  "(?i)(^|[^a-z])(bot|crawler|spider|scraper)([^a-z]|$)", "(?i)[a-z](bot|crawler|spider)[/;) ]",
  "(?i)googlebot|bingbot|yandexbot|baiduspider|duckduckbot|applebot|slurp|facebookexternalhit",
  "(?i)headlesschrome|phantomjs|lighthouse|pingdom|uptimerobot"};

re2::RE2::Options options() {
  re2::RE2::Options o;
  o.set_log_errors(false);
  o.set_max_mem(automaton_bytes);
  return o;
}

bool matches_library(const std::string& pattern) {
  const re2::RE2 expression{pattern, options()};
  return expression.ok() && std::ranges::any_of(libraries, [&](const char* agent) {
           return re2::RE2::PartialMatch(agent, expression);
         });
}

} // namespace

bot_patterns::bot_patterns() : set_(options(), re2::RE2::UNANCHORED) {}

bool bot_patterns::add(std::string_view pattern) {
  if (set_.Add(re2::StringPiece{pattern.data(), pattern.size()}, nullptr) < 0) {
    ++skipped_;
    return false;
  }
  ++count_;
  return true;
}

bool bot_patterns::compile() {
  return count_ > 0 && set_.Compile();
}

result<std::shared_ptr<const bot_patterns>> bot_patterns::from_json(std::string_view text) {
  const error bad{ec::invalid, "processor.bot_patterns",
                  "expected the JSON of crawler-user-agents: a list of objects with a `pattern`"};
  const auto root = read_json(text);
  simdjson::dom::array list;
  if (!root || root->get(list) != simdjson::SUCCESS) return bad;
  std::shared_ptr<bot_patterns> out{new bot_patterns};
  for (const auto entry : list) {
    std::string_view pattern;
    if (entry["pattern"].get(pattern) != simdjson::SUCCESS) return bad;
    if (!matches_library(std::string{pattern})) out->add(pattern);
  }
  if (!out->compile()) return bad;
  return std::shared_ptr<const bot_patterns>{std::move(out)};
}

std::shared_ptr<const bot_patterns> bot_patterns::built_in() {
  std::shared_ptr<bot_patterns> out{new bot_patterns};
  for (const auto* pattern : own_patterns) out->add(pattern);
  out->compile();
  return out;
}

bool bot_patterns::matches(std::string_view user_agent) const {
  user_agent = user_agent.substr(0, longest_agent);
  return set_.Match(re2::StringPiece{user_agent.data(), user_agent.size()}, nullptr);
}

bot_filter::bot_filter(std::shared_ptr<const bot_patterns> patterns, std::size_t remembered)
  : patterns_(std::move(patterns)), verdicts_(std::bit_ceil(std::max<std::size_t>(remembered, 1))) {
}

bool bot_filter::is_bot(std::string_view user_agent) {
  if (user_agent.empty()) return false;
  const auto agent = stable_hash(user_agent) | 1; // 0 is a free slot
  auto& slot = verdicts_[agent >> 1 & (verdicts_.size() - 1)];
  if (slot.agent != agent) slot = {agent, patterns_->matches(user_agent)};
  return slot.bot;
}

} // namespace riq::engine
