#include "gateway/dispatcher.hpp"

#include "gateway/problem.hpp"

#include <algorithm>

namespace riq::gateway {
namespace {

constexpr std::size_t no_user = static_cast<std::size_t>(-1);

/// Takes the rest of a body whose request was answered already.
class no_sink final : public body_sink {
  bool write(std::string_view) override { return true; }
  void drained() override {}
  void finish() override {}
};

std::vector<std::pair<std::string, std::string>> names_of(const router& routes) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& r : routes.routes()) {
    out.emplace_back(std::string{verb_name(r.verb)}, std::string{r.pattern});
  }
  out.emplace_back("*", "unmatched");
  out.emplace_back("*", "malformed");
  return out;
}

/// JSON in any of its names, or nothing: a form's or a page's type is a mistake, and refusing it
/// also keeps other sites' forms out.
bool is_json(std::string_view type) {
  if (type.empty()) return true;
  std::string essence{type.substr(0, type.find(';'))};
  while (!essence.empty() && essence.back() == ' ') essence.pop_back();
  std::ranges::transform(essence, essence.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return essence == "application/json" || essence == "application/x-ndjson" ||
         essence == "application/jsonl" || essence.ends_with("+json");
}

} // namespace

dispatcher::dispatcher(router routes, authenticator keys, client_addresses addresses,
                       const http_limits& bounds, std::size_t loops)
  : router_(std::move(routes)), keys_(std::move(keys)), addresses_(std::move(addresses)),
    bounds_(bounds), places_(bounds.in_flight, bounds.in_flight_per_user),
    metrics_(loops, names_of(router_)) {
  bodies_.bound = bounds.buffered_bytes;
  for (const auto& r : router_.routes()) {
    const auto names = router::parameter_names(r.pattern);
    const auto at = std::ranges::find(names, "userId");
    user_parameter_.push_back(at == names.end() ? no_user
                                                : static_cast<std::size_t>(at - names.begin()));
  }
}

plan dispatcher::open(request& r) const {
  plan p;
  auto found = router_.find(r.verb, r.path);
  if (found.index == router::match::npos) {
    p.route = unmatched();
    if (found.failure) {
      p.refusal = problem(*found.failure);
    } else if (found.allow.empty()) {
      p.refusal =
        problem({ec::not_found, "", "there is no such route; GET /openapi.json lists them"});
    } else if (r.verb == method::options) {
      p.refusal = reply{204, media::json, {}, "Allow: " + found.allow + "\r\n"};
    } else {
      p.refusal = problem(405, {ec::invalid, "", "this path has the methods " + found.allow});
      p.refusal->headers += "Allow: " + found.allow + "\r\n";
    }
    return p;
  }
  const auto& route = router_.routes()[found.index];
  p.route = found.index;
  p.body = route.body;
  r.path_parameters = std::move(found.parameters);
  if (const auto denied = keys_.check(r, route.needs)) {
    p.refusal = problem(denied);
    return p;
  }
  if (route.body != body_kind::none && !is_json(r[header::content_type])) {
    p.refusal = problem(415, {ec::invalid, "Content-Type",
                              route.body == body_kind::stream ? "must be application/x-ndjson"
                                                              : "must be application/json"});
    return p;
  }
  if (r.target.size() > r.path.size()) {
    auto parsed = query::parse(std::string_view{r.target}.substr(r.path.size() + 1));
    if (!parsed)
      p.refusal = problem(parsed.error());
    else
      r.parameters = std::move(*parsed);
  }
  if (addresses_.trusts_anyone()) r.client = addresses_.of(r.client, r[header::forwarded_for]);
  return p;
}

bool dispatcher::admit(request& r, const plan& p, responder& to) {
  r.received_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::system_clock::now().time_since_epoch())
                    .count();
  r.places = &places_;
  // The pages that say how the node is must answer when it is full.
  if (router_.routes()[p.route].needs == scope::open) return true;
  auto place = places_.enter();
  if (!place) {
    to.fail({ec::queue_full, "", "too many requests are running; try again in a second"});
    return false;
  }
  to.hold(std::move(place));
  const auto user = user_parameter_[p.route];
  return user == no_user || to.claim_user(places_, r.path_parameters[user]);
}

void dispatcher::run(request& r, const plan& p, responder to) {
  if (admit(r, p, to)) router_.routes()[p.route].handle(r, std::move(to));
}

std::shared_ptr<body_sink> dispatcher::stream(request& r, const plan& p, responder to,
                                              std::weak_ptr<body_source> source) {
  if (!admit(r, p, to)) return std::make_shared<no_sink>();
  return router_.routes()[p.route].open_stream(r, std::move(to), std::move(source));
}

} // namespace riq::gateway
