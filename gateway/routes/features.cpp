#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"

namespace riq::gateway {

void add_feature_routes(std::vector<route>& to, backend& with) {
  route r;
  r.verb = method::get;
  r.pattern = "/api/features/{userId}";
  r.tag = "features";
  r.summary = "The user's live features.";
  r.parameters = {after_parameter};
  r.response_schema = "Features";
  r.problems = {late_answer};
  r.handle = [&with](request& r, responder to) {
    RIQ_TAKE(of, read_asked(r), to);
    with.ask_user<answer>(get_features{std::move(*of)}, pass_on(std::move(to)));
  };
  to.push_back(std::move(r));
}

} // namespace riq::gateway
