#include "gateway/routes/recommendations.hpp"

#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/parse_json.hpp"

namespace riq::gateway {
namespace {

constexpr integer_parameter list_length{"limit", 20, 1, 200, "How many items at most."};
constexpr text_parameter category{"category", riq::limits::category,
                                  "Only items below this category, such as `electronics.laptop`."};
constexpr list_parameter exclude{"exclude", 500,
                                 "Items to leave out: repeated, or separated by commas."};
constexpr flag_parameter include_seen{"includeSeen", false,
                                      "Whether items that the user has met may appear."};

std::string degraded(const backend& with, const recommend& question) {
  std::string list;
  if (with.with().popular) list = with.with().popular(question);
  if (list.empty()) list = "[]";
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", std::string_view{question.of.user_id});
    json_key(w, "recommendations");
    w.RawValue(list.data(), list.size(), rapidjson::kArrayType);
    json_member(w, "degraded", true);
    w.EndObject();
  });
}

} // namespace

void ask_recommendations(backend& with, recommend question,
                         unique_function<void(result<std::string>)> done) {
  auto kept = std::make_unique<recommend>(question);
  with.ask_user<answer>(std::move(question), [&with, kept = std::move(kept),
                                              done = std::move(done)](result<answer> a) mutable {
    if (a) return done(std::move(a->body));
    switch (a.error().code) {
    case ec::timed_out:
    case ec::not_ready:
    case ec::internal:
      return done(degraded(with, *kept));
    default:
      return done(a.error());
    }
  });
}

void add_recommendation_routes(std::vector<route>& to, backend& with) {
  route r;
  r.verb = method::get;
  r.pattern = "/api/recommendations/{userId}";
  r.tag = "recommendations";
  r.summary = "What to show this user next, best first, each with its reason. A user that is not "
              "known gets what is trending.";
  r.parameters = {list_length, category, exclude, include_seen, after_parameter};
  r.response_schema = "Recommendations";
  r.handle = [&with](request& r, responder to) {
    recommend q;
    RIQ_TAKE(of, read_asked(r), to);
    q.of = std::move(*of);
    if (!r.parameters.empty()) {
      RIQ_TAKE(most, list_length.read(r), to);
      RIQ_TAKE(below, category.read(r), to);
      RIQ_TAKE(without, exclude.read(r), to);
      RIQ_TAKE(seen, include_seen.read(r), to);
      q.limit = static_cast<std::uint32_t>(*most);
      q.category = standard_category(*below);
      q.exclude = std::move(*without);
      q.include_seen = *seen;
    }
    ask_recommendations(with, std::move(q), [to = std::move(to)](result<std::string> body) mutable {
      if (body)
        to.json(std::move(*body));
      else
        to.fail(body.error());
    });
  };
  to.push_back(std::move(r));
}

} // namespace riq::gateway
