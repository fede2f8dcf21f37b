#include "gateway/problem.hpp"

#include "messages/json.hpp"

namespace riq::gateway {

unsigned status_of(ec code) {
  switch (code) {
  case ec::none:
    return 200;
  case ec::invalid:
    return 400;
  case ec::unauthenticated:
    return 401;
  case ec::forbidden:
    return 403;
  case ec::not_found:
    return 404;
  case ec::conflict:
    return 409;
  case ec::too_large:
    return 413;
  case ec::queue_full:
    return 503;
  case ec::timed_out:
    return 504;
  case ec::not_ready:
    return 503;
  case ec::disk_full:
    return 507;
  case ec::storage:
    return 503;
  case ec::expired:
    return 410;
  case ec::corrupt:
  case ec::internal:
    return 500;
  }
  return 500;
}

reply problem(const error& e) {
  return problem(status_of(e.code), e);
}

reply problem(unsigned status, const error& e) {
  reply answer;
  answer.status = status;
  answer.type = media::problem;
  answer.body = render_json([&](json_writer& w) {
    const auto code = name_of(e.code);
    w.StartObject();
    json_member(w, "type", std::string{"/problems/"}.append(code));
    json_member(w, "title", reason_phrase(status));
    json_member(w, "status", status);
    json_member(w, "detail", std::string_view{e.detail});
    json_member(w, "code", code);
    if (!e.field.empty()) json_member(w, "field", std::string_view{e.field});
    w.EndObject();
  });
  if (status == 401) answer.headers += "WWW-Authenticate: Bearer realm=\"retargetiq\"\r\n";
  if (status == 429 || status == 503) answer.headers += "Retry-After: 1\r\n";
  return answer;
}

reply problem(unsigned status, const error& e, std::string_view more) {
  auto answer = problem(status, e);
  if (more.size() <= 2) return answer;
  answer.body.back() = ',';
  answer.body += more.substr(1);
  return answer;
}

reply too_many_requests(std::string_view detail) {
  return problem(429, error{ec::queue_full, "", std::string{detail}});
}

} // namespace riq::gateway
