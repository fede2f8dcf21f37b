#include "gateway/openapi.hpp"

#include "gateway/router.hpp"
#include "messages/json.hpp"

#include <map>

namespace riq::gateway {
namespace {

void write_raw(json_writer& w, std::string_view key, std::string_view json) {
  json_key(w, key);
  write_json(w, raw_json{json});
}

std::string_view without_charset(std::string_view type) {
  return type.substr(0, type.find(';'));
}

std::string_view about_path_parameter(std::string_view name) {
  if (name == "userId") return "The user's id, at most 256 bytes.";
  if (name == "productId") return "The item's id, at most 256 bytes.";
  if (name == "orderId") return "The order's id, at most 128 bytes.";
  if (name == "decisionId") return "A `decisionId` as GET /api/offers/{userId} gave it.";
  if (name == "campaignId") return "The campaign's id, at most 128 bytes.";
  if (name == "name") return "The name of one of those that GET /api/analytics lists.";
  if (name == "id") return "The rule's id: letters, digits, dots, dashes and underscores.";
  return "The offset of a dead letter.";
}

void write_parameter(json_writer& w, std::string_view name, std::string_view in, bool required,
                     std::string_view about, std::string_view schema) {
  w.StartObject();
  json_member(w, "name", name);
  json_member(w, "in", in);
  json_member(w, "required", required);
  json_member(w, "description", about);
  write_raw(w, "schema", schema);
  w.EndObject();
}

void write_content(json_writer& w, std::string_view type, std::string_view schema,
                   std::string_view other_type = {}) {
  json_key(w, "content");
  w.StartObject();
  json_key(w, type);
  w.StartObject();
  if (!schema.empty())
    write_raw(w, "schema", "{\"$ref\":\"#/components/schemas/" + std::string{schema} + "\"}");
  w.EndObject();
  if (!other_type.empty())
    write_raw(w, without_charset(other_type), R"({"schema":{"type":"string"}})");
  w.EndObject();
}

/// What puts something into the log meets a full disk.
bool stores(const route& r) {
  return r.needs == scope::write || (r.needs == scope::admin && r.verb != method::get);
}

/// The problems that a request of this route can meet, by status. A method that a path does not
/// have is no operation, so 405 is told of the whole.
std::map<unsigned, std::string_view> problems_of(const route& r) {
  std::map<unsigned, std::string_view> out{r.problems.begin(), r.problems.end()};
  out.emplace(400, "Something sent is wrong; `field` says what.");
  if (r.needs != scope::open) {
    out.emplace(401, "No key, or an unknown one.");
    out.emplace(403, "The key lacks the scope, or a page of another site asks.");
  }
  if (r.body != body_kind::none) {
    out.emplace(408, "The body did not arrive in time.");
    out.emplace(413, "The body is too large.");
    out.emplace(415, "The body is not JSON.");
  }
  if (r.needs != scope::open) out.emplace(429, "This user has too many requests running.");
  out.emplace(503, "The node is full or still restoring; see Retry-After.");
  if (stores(r)) out.emplace(507, "The disk is full: nothing was stored.");
  return out;
}

void write_operation(json_writer& w, const route& r) {
  w.StartObject();
  json_member(w, "summary", r.summary);
  json_key(w, "tags");
  w.StartArray();
  write_json(w, r.tag);
  w.EndArray();
  json_key(w, "parameters");
  w.StartArray();
  for (const auto name : router::parameter_names(r.pattern))
    write_parameter(w, name, "path", true, about_path_parameter(name), R"({"type":"string"})");
  for (const auto& p : r.parameters)
    write_parameter(w, p.name, "query", p.required, p.about, p.schema);
  w.EndArray();
  if (r.body != body_kind::none) {
    json_key(w, "requestBody");
    w.StartObject();
    json_member(w, "required", true);
    write_content(w, r.body == body_kind::stream ? "application/x-ndjson" : media::json,
                  r.request_schema);
    w.EndObject();
  }
  json_key(w, "responses");
  w.StartObject();
  json_key(w, "200");
  w.StartObject();
  json_member(w, "description", std::string_view{"Done."});
  write_content(w, without_charset(r.response_type), r.response_schema, r.other_type);
  w.EndObject();
  for (const auto& [status, about] : problems_of(r)) {
    json_key(w, std::to_string(status));
    w.StartObject();
    json_member(w, "description", about);
    write_content(w, media::problem, "Problem");
    w.EndObject();
  }
  w.EndObject();
  json_key(w, "security");
  w.StartArray();
  if (r.needs != scope::open) {
    for (const std::string_view scheme : {"bearer", "apiKey"}) {
      w.StartObject();
      json_key(w, scheme);
      w.StartArray();
      write_json(w, name_of(r.needs));
      w.EndArray();
      w.EndObject();
    }
  }
  w.EndArray();
  w.EndObject();
}

} // namespace

std::string openapi_document(const std::vector<route>& routes) {
  std::map<std::string_view, std::vector<const route*>> paths;
  for (const auto& r : routes)
    if (r.pattern != router::rest) paths[r.pattern].push_back(&r);
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "openapi", std::string_view{"3.1.0"});
    write_raw(
      w, "info",
      R"({"title":"RetargetIQ","version":"0.1.0","license":{"name":"Apache-2.0",)"
      R"("identifier":"Apache-2.0"},"description":"What to show a shopper next, which )"
      R"(offer to make. Every route is served on every port. Errors are RFC 9457 problem )"
      R"(documents. A path that is not here is 404, a method that a path does not have 405 )"
      R"(with Allow, a header that does not arrive in time 408."})");
    json_key(w, "paths");
    w.StartObject();
    for (const auto& [pattern, of_path] : paths) {
      json_key(w, pattern);
      w.StartObject();
      for (const auto* r : of_path) {
        std::string verb{verb_name(r->verb)};
        for (auto& c : verb) c = static_cast<char>(c | 0x20);
        json_key(w, verb);
        write_operation(w, *r);
      }
      w.EndObject();
    }
    w.EndObject();
    json_key(w, "components");
    w.StartObject();
    json_key(w, "schemas");
    w.StartObject();
    for (const auto& [name, schema] : openapi_schemas()) write_raw(w, name, schema);
    w.EndObject();
    write_raw(w, "securitySchemes",
              R"({"bearer":{"type":"http","scheme":"bearer"},)"
              R"("apiKey":{"type":"apiKey","in":"header","name":"X-API-Key"}})");
    w.EndObject();
    w.EndObject();
  });
}

} // namespace riq::gateway
