#include "gateway/router.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/ui_files.hpp"

#include <algorithm>
#include <memory>

namespace riq::gateway {
namespace {

// The dashboard asks nobody but this node, runs no code and no style but its own files, and nobody
// may frame it.
constexpr std::string_view page_headers =
  "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
  "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
  "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
  "Cross-Origin-Opener-Policy: same-origin\r\n";

/// What stands there while the program has no dashboard beside it.
constexpr std::string_view bare_page =
  "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
  "<meta name=\"color-scheme\" content=\"light dark\">\n<title>RetargetIQ</title>\n"
  "<h1>RetargetIQ</h1>\n"
  "<p>This node works. Its dashboard was not built: run <code>script/ui</code>, which needs npm "
  "and "
  "the network once, and start the node again.</p>\n"
  "<p>The API: <a href=\"/openapi.json\">openapi.json</a>. "
  "Its state: <a href=\"/readyz\">readyz</a>, <a href=\"/metrics\">metrics</a>.</p>\n</html>\n";

/// Whether a list such as `gzip, br;q=0.5` names the token and does not refuse it with `q=0`.
bool names_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    if (!item.starts_with(token)) continue;
    item.remove_prefix(token.size());
    if (item.empty()) return true;
    if (item[0] != ';' && item[0] != ' ') continue;
    const auto q = item.find("q=");
    return q == item.npos || item.substr(q + 2).find_first_not_of("0. ") != item.npos;
  }
  return false;
}

reply file_reply(const ui_files::file& f, const request& r) {
  reply out;
  out.type = f.type;
  out.headers = page_headers;
  out.headers += f.immutable ? "Cache-Control: public, max-age=31536000, immutable\r\n"
                             : "Cache-Control: no-cache\r\n";
  const bool small = !f.gzip.empty() && names_token(r[header::accept_encoding], "gzip");
  // The compressed form is another representation, so its tag differs.
  auto etag = f.etag;
  if (small) etag.insert(etag.size() - 1, "-gz");
  out.headers += "ETag: " + etag + "\r\n";
  if (!f.gzip.empty()) out.headers += "Vary: Accept-Encoding\r\n";
  if (r[header::if_none_match].find(etag) != std::string::npos) {
    out.status = 304;
    return out;
  }
  if (small) out.headers += "Content-Encoding: gzip\r\n";
  out.body = small ? f.gzip : f.plain;
  return out;
}

reply bare_reply() {
  reply out;
  out.type = media::html;
  out.headers = page_headers;
  out.headers += "Cache-Control: no-cache\r\n";
  out.body = bare_page;
  return out;
}

/// A page of the dashboard by its address. The file when there is one, and the dashboard itself for
/// whatever else a browser opens: its own code knows its pages.
void serve_page(const ui_files& files, request& r, responder to) {
  if (const auto* f = files.find(r.path)) return to.send(file_reply(*f, r));
  const bool opened = r.path == "/" || names_token(r[header::accept], "text/html");
  const auto last = r.path.substr(r.path.rfind('/') + 1);
  if (!opened || last.find('.') != last.npos)
    return to.fail({ec::not_found, "", "there is no such route; GET /openapi.json lists them"});
  if (files.empty()) return to.send(bare_reply());
  to.send(file_reply(*files.page(), r));
}

route page_route(std::string_view pattern, std::shared_ptr<const ui_files> files) {
  route page;
  page.verb = method::get;
  page.pattern = pattern;
  page.needs = scope::open;
  page.tag = "node";
  page.summary = "The dashboard.";
  page.response_type = media::html;
  page.handle = [files = std::move(files)](request& r, responder to) {
    serve_page(*files, r, std::move(to));
  };
  return page;
}

} // namespace

void add_page_routes(std::vector<route>& to, backend& with) {
  auto files = with.with().ui;
  if (!files) files = std::make_shared<const ui_files>();
  to.push_back(page_route("/", files));
  to.push_back(page_route(router::rest, files));
}

void add_document_route(std::vector<route>& to, backend& with) {
  route document;
  document.verb = method::get;
  document.pattern = "/openapi.json";
  document.needs = scope::open;
  document.tag = "node";
  document.summary = "This document.";
  document.response_schema = "Anything";
  document.handle = [&with](request&, responder to) { to.json(with.document); };
  to.push_back(std::move(document));
}

} // namespace riq::gateway
