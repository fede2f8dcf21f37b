#include "gateway/analytics_query.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"

namespace riq::gateway {
namespace {

parameter text(std::string_view name, std::string_view about) {
  return {name, about, R"({"type":"string"})"};
}

parameter choice(std::string_view name, std::string_view about, std::string values) {
  return {name, about, R"({"type":"string","enum":[)" + std::move(values) + "]}"};
}

std::vector<parameter> all_parameters() {
  return {
    text("from", "Beginning of the range: epoch milliseconds or RFC 3339. Else a day before `to` "
                 "(trending: an hour; cohorts: 12 weeks)."),
    text("to", "End of the range, exclusive. Else now."),
    choice("granularity", "Length of a bucket. Else by the length of the range.",
           R"("minute","hour","day")"),
    text("category", "Only this category and those below it."),
    text("by", "Of revenue: time, category, brand. Of recommendations: source, reason. Of offers: "
               "arm, time."),
    text("rank", "Of top_products_by_category: views, carts, units, revenue."),
    {"limit", "How many rows at most, of lists.",
     R"({"type":"integer","minimum":1,"maximum":1000})"},
    {"past", "Of trending: with how many hours before to compare.",
     R"({"type":"integer","minimum":1,"maximum":72,"default":24})"},
    {"steps", "Of funnel: 2 to 8 event types, repeated or separated by commas.",
     R"({"type":"array","items":{"type":"string"},"maxItems":8})"},
    choice("format", "Wins over Accept.", R"("json","csv")"),
  };
}

std::vector<std::string_view> parameters_of(const analytic_description& d) {
  std::vector<std::string_view> out;
  if (d.shape != analytic_shape::now) out = {"from", "to", "granularity"};
  if (!d.category.empty()) out.push_back("category");
  if (!d.by.empty()) out.push_back("by");
  if (!d.rank.empty()) out.push_back("rank");
  if (d.limit > 0) out.push_back("limit");
  if (d.name == analytic::trending) out.push_back("past");
  if (d.name == analytic::funnel) out.push_back("steps");
  out.push_back("format");
  return out;
}

std::string render_catalogue(const std::vector<analytic_description>& all) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_key(w, "analytics");
    w.StartArray();
    for (const auto& d : all) {
      w.StartObject();
      json_member(w, "name", d.name);
      json_member(w, "kind", d.shape);
      json_member(w, "definition", d.definition);
      json_member(w, "parameters", parameters_of(d));
      if (!d.by.empty()) json_member(w, "by", d.by);
      if (!d.rank.empty()) json_member(w, "rank", d.rank);
      json_member(w, "columns", d.columns);
      w.EndObject();
    }
    w.EndArray();
    w.EndObject();
  });
}

result<bool> wants_csv(const request& r) {
  if (const auto format = r.parameters.text("format"); format && !format->empty()) {
    if (*format != "json" && *format != "csv")
      return error{ec::invalid, "format", "must be one of json, csv"};
    return *format == "csv";
  }
  const auto accept = r[header::accept];
  const auto csv = accept.find("text/csv");
  return csv != accept.npos && csv <= accept.find("application/json");
}

void answer_analytics(backend& with, const request& r, responder to) {
  const auto name = from_name<analytic>(r.path_parameters[0]);
  if (!name)
    return to.fail({ec::not_found, "name",
                    "there are no such analytics; GET /api/analytics lists those there are"});
  const auto& all = with.with().analytics.descriptions();
  const auto what = std::find_if(all.begin(), all.end(), [&](auto& d) { return d.name == *name; });
  RIQ_TAKE(csv, wants_csv(r), to);
  RIQ_TAKE(asked, read_analytics(with, r, *what), to);
  const auto question = with.with().analytics.question(*asked);
  ask_shards(with, question,
             [&with, asked = std::move(*asked), csv = *csv,
              to = std::move(to)](result<analytics_slice> sum, analytics_frame frame) mutable {
               if (!sum) return to.fail(sum.error());
               const auto table = with.with().analytics.tabulate(asked, *sum);
               if (!csv) return to.json(analytics_json(asked, table, frame));
               reply answer;
               answer.type = media::csv;
               answer.body = analytics_csv(table);
               to.send(std::move(answer));
             });
}

} // namespace

void add_analytics_routes(std::vector<route>& to, backend& with) {
  route list;
  list.verb = method::get;
  list.pattern = "/api/analytics";
  list.tag = "analytics";
  list.summary = "The analytics there are, with their definitions.";
  list.response_schema = "AnalyticsList";
  list.handle = [&with](request&, responder to) {
    to.json(render_catalogue(with.with().analytics.descriptions()));
  };
  to.push_back(std::move(list));

  route one;
  one.verb = method::get;
  one.pattern = "/api/analytics/{name}";
  one.tag = "analytics";
  one.summary = "One of them, merged over all shards; `partial` says whether all answered. Also as "
                "CSV.";
  one.parameters = all_parameters();
  one.response_schema = "Analytics";
  one.other_type = media::csv;
  one.problems = {{404, "There are no such analytics."}};
  one.handle = [&with](request& r, responder to) { answer_analytics(with, r, std::move(to)); };
  to.push_back(std::move(one));
}

} // namespace riq::gateway
