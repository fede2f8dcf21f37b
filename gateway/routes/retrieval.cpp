#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"

namespace riq::gateway {
namespace {

constexpr integer_parameter candidates{"limit", 1000, 1, 1000, "How many candidates at most."};

} // namespace

void add_retrieval_routes(std::vector<route>& to, backend& with) {
  route r;
  r.verb = method::get;
  r.pattern = "/api/retrieval/{userId}";
  r.tag = "recommendations";
  r.summary = "The candidates for this user before ranking, with the sources that brought each.";
  r.parameters = {candidates, after_parameter};
  r.response_schema = "Candidates";
  r.problems = {late_answer};
  r.handle = [&with](request& r, responder to) {
    RIQ_TAKE(of, read_asked(r), to);
    RIQ_TAKE(most, candidates.read(r), to);
    with.ask_user<answer>(retrieve{std::move(*of), static_cast<std::uint32_t>(*most)},
                          pass_on(std::move(to)));
  };
  to.push_back(std::move(r));
}

} // namespace riq::gateway
