#include "gateway/node_status.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"

#include <charconv>

namespace riq::gateway {
namespace {

constexpr integer_parameter limit{"limit", 100, 1, 1000, "How many at most."};
constexpr integer_parameter before{"before", 0, 0, std::numeric_limits<std::int64_t>::max(),
                                   "Only letters with a smaller offset: the next page. 0: from the "
                                   "newest."};

route processor_route(method verb, std::string_view pattern, scope needs, std::string_view summary,
                      std::string_view schema) {
  route r;
  r.verb = verb;
  r.pattern = pattern;
  r.needs = needs;
  r.tag = "event processor";
  r.summary = summary;
  r.response_schema = schema;
  return r;
}

std::string render_stats(const node_status& status) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    write_json_members(w, status.all_processors());
    json_key(w, "partitions");
    w.StartArray();
    for (const auto& p : status.processors)
      if (p) write_json(w, *p);
    w.EndArray();
    std::size_t silent = 0;
    for (const auto& p : status.processors) silent += !p;
    json_member(w, "withoutAnswer", silent);
    w.EndObject();
  });
}

} // namespace

void add_event_processor_routes(std::vector<route>& to, backend& with) {
  auto stats =
    processor_route(method::get, "/api/event-processor/stats", scope::read,
                    "What the event processor received, published and refused.", "ProcessorStatus");
  stats.handle = [&with](request&, responder to) {
    ask_status(with, [to = std::move(to)](const node_status& status) mutable {
      to.json(render_stats(status));
    });
  };
  to.push_back(std::move(stats));

  auto list = processor_route(method::get, "/api/event-processor/dead-letters", scope::admin,
                              "The refused records, the newest first, with the reason of each.",
                              "DeadLetters");
  list.parameters = {limit, before};
  list.problems = {late_answer};
  list.handle = [&with](request& r, responder to) {
    RIQ_TAKE(most, limit.read(r), to);
    RIQ_TAKE(below, before.read(r), to);
    with.here().ask<answer>(with.with().dead_letters, with.deadline(), pass_on(std::move(to)),
                            list_dead_letters{static_cast<std::uint32_t>(*most), *below});
  };
  to.push_back(std::move(list));

  auto resubmit = processor_route(
    method::post, "/api/event-processor/dead-letters/{offset}/resubmit", scope::admin,
    "Puts a refused record into its topic again; the bot filter then lets it pass.", "Resubmitted");
  resubmit.problems = {{404, "No dead letter with this offset is kept."},
                       {413, "Only the beginning of the original was kept."},
                       late_answer};
  resubmit.handle = [&with](request& r, responder to) {
    const auto& text = r.path_parameters[0];
    std::int64_t offset = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (failed != std::errc{} || end != text.data() + text.size() || offset < 0)
      return to.fail({ec::invalid, "offset", "must be the offset of a dead letter"});
    with.here().ask<answer>(with.with().dead_letters, with.deadline(), pass_on(std::move(to)),
                            resubmit_dead_letter{offset});
  };
  to.push_back(std::move(resubmit));
}

} // namespace riq::gateway
