#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/status_page.hpp"

namespace riq::gateway {

void add_page_routes(std::vector<route>& to, backend& with) {
  route page;
  page.verb = method::get;
  page.pattern = "/";
  page.needs = scope::open;
  page.tag = "node";
  page.summary = "The status page.";
  page.response_type = media::html;
  page.handle = [](request&, responder to) {
    reply r;
    r.type = media::html;
    r.body = status_page();
    // The page asks nobody but this node, and nobody may frame it.
    r.headers = "Content-Security-Policy: default-src 'none'; connect-src 'self'; "
                "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
                "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                "Cache-Control: no-cache\r\n";
    to.send(std::move(r));
  };
  to.push_back(std::move(page));

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
