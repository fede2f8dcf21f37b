#include "gateway/message_parser.hpp"

#include "gateway/problem.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <limits>

namespace riq::gateway {
namespace {

std::string_view view(boost::beast::string_view s) {
  return {s.data(), s.size()};
}

} // namespace

message_parser::message_parser(request& into, const http_limits& bounds, message_events& events)
  : into_(into), bounds_(bounds), events_(events) {
  into_.clear();
  eager(true);
  skip(false);
  header_limit(static_cast<std::uint32_t>(bounds.header_bytes));
  // The connection counts, because the bound depends on the route. (Boost 1.74 takes `none` for 0.)
  body_limit(std::numeric_limits<std::uint64_t>::max());
}

void message_parser::refuse(unsigned status, std::string_view field, std::string_view detail,
                            error_code& failed) {
  refusal_ = problem(status, error{status == 413 ? ec::too_large : ec::invalid, std::string{field},
                                   std::string{detail}});
  failed = http::error::bad_value;
}

void message_parser::on_request_impl(http::verb verb, string_view, string_view target, int version,
                                     error_code& failed) {
  version_ = version;
  got_target_ = true;
  into_.verb = verb;
  auto text = view(target);
  if (text.size() > bounds_.target_bytes)
    return refuse(414, "", "the request target is too long", failed);
  if (text.starts_with("http://")) { // the absolute form that proxies use
    const auto slash = text.find('/', 7);
    text = slash == text.npos ? std::string_view{"/"} : text.substr(slash);
  }
  into_.target = text;
  const auto question = text.find('?');
  into_.path = text.substr(0, question);
}

void message_parser::keep(header h, std::string_view value) {
  auto& to = into_.headers[static_cast<std::size_t>(h)];
  if (!to.empty()) to += ", ";
  to += value;
}

void message_parser::on_field_impl(http::field name, string_view text, string_view value,
                                   error_code& failed) {
  if (got_head_) return; // trailers say nothing to us
  header_bytes_ += text.size() + value.size() + 4;
  if (header_bytes_ > bounds_.header_bytes) {
    failed = http::error::header_limit;
    return;
  }
  const auto v = view(value);
  switch (name) {
  case http::field::authorization:
    return keep(header::authorization, v);
  case http::field::content_type:
    return keep(header::content_type, v);
  case http::field::origin:
    return keep(header::origin, v);
  case http::field::user_agent:
    return keep(header::user_agent, v);
  case http::field::accept:
    return keep(header::accept, v);
  case http::field::accept_encoding:
    return keep(header::accept_encoding, v);
  case http::field::if_none_match:
    return keep(header::if_none_match, v);
  case http::field::host:
    if (got_host_) return refuse(400, "Host", "must be sent once", failed);
    got_host_ = true;
    return keep(header::host, v);
  case http::field::transfer_encoding:
    if (!boost::beast::iequals(value, "chunked")) other_coding_ = true;
    return;
  case http::field::expect:
    if (!boost::beast::iequals(value, "100-continue"))
      return refuse(417, "Expect", "only 100-continue is understood", failed);
    expects_continue_ = version_ == 11;
    return;
  default:
    break;
  }
  if (boost::beast::iequals(text, "X-API-Key")) return keep(header::api_key, v);
  if (boost::beast::iequals(text, "X-Producer-Id")) return keep(header::producer, v);
  if (boost::beast::iequals(text, "Last-Event-ID")) return keep(header::last_event_id, v);
  if (boost::beast::iequals(text, "X-Forwarded-For")) return keep(header::forwarded_for, v);
}

void message_parser::on_header_impl(error_code& failed) {
  got_head_ = true;
  if (version_ == 11 && !got_host_)
    return refuse(400, "Host", "HTTP/1.1 needs this header", failed);
  if (other_coding_) return refuse(501, "Transfer-Encoding", "only chunked is understood", failed);
  if (!events_.on_head()) failed = http::error::end_of_stream;
}

std::size_t message_parser::on_body_impl(string_view part, error_code& failed) {
  if (!events_.on_body(view(part))) failed = http::error::end_of_stream;
  return part.size();
}

std::size_t message_parser::on_chunk_body_impl(std::uint64_t, string_view part,
                                               error_code& failed) {
  return on_body_impl(part, failed);
}

reply message_parser::fault(error_code failed) const {
  if (refusal_) return *refusal_;
  if (failed == http::error::header_limit) {
    if (!got_target_) return problem(414, {ec::invalid, "", "the request target is too long"});
    return problem(
      431, {ec::invalid, "",
            "the header is longer than " + std::to_string(bounds_.header_bytes) + " bytes"});
  }
  return problem(400, {ec::invalid, "", "this is no well-formed HTTP/1.1: " + failed.message()});
}

} // namespace riq::gateway
