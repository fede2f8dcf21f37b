#include "gateway/reply.hpp"

#include <boost/beast/http/status.hpp>

#include <charconv>

namespace riq::gateway {

std::string_view reason_phrase(unsigned status) {
  const auto text = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return {text.data(), text.size()};
}

void render(const reply& answer, std::string_view date_line, bool keep_alive, bool head_only,
            std::string& out) {
  const auto number = [&out](std::size_t n) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
    out.append(digits, end);
  };
  out.reserve(out.size() + 256 + answer.headers.size() + answer.body.size());
  if (answer.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    number(answer.status);
    out += ' ';
    out += reason_phrase(answer.status);
    out += "\r\n";
  }
  out += date_line;
  // These have no body, so they must not have a length either.
  const bool bodiless = answer.status == 204 || answer.status == 304;
  if (!bodiless) {
    out += "Content-Type: ";
    out += answer.type;
    if (!answer.stream) {
      out += "\r\nContent-Length: ";
      number(answer.body.size());
    }
    out += "\r\n";
  }
  out += answer.headers;
  out += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  if (!head_only && !bodiless) out += answer.body;
}

} // namespace riq::gateway
