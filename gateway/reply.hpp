#pragma once
// What a request is answered with, before it has the form of HTTP.

#include "gateway/push_stream.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace riq::gateway {

namespace media {
inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view problem = "application/problem+json";
inline constexpr std::string_view csv = "text/csv; charset=utf-8";
inline constexpr std::string_view events = "text/event-stream";
inline constexpr std::string_view html = "text/html; charset=utf-8";
inline constexpr std::string_view metrics = "text/plain; version=0.0.4; charset=utf-8";
} // namespace media

struct reply {
  unsigned status = 200;
  std::string_view type = media::json; ///< of static storage
  std::string body;
  std::string headers;                 ///< more header lines, each with its CRLF
  std::shared_ptr<push_stream> stream; ///< the body has no end and comes from here
};

/// The reason phrase of a status.
std::string_view reason_phrase(unsigned status);

/// Appends the answer's bytes to `out`. `head_only` answers a HEAD: the length without the body.
void render(const reply& answer, std::string_view date_line, bool keep_alive, bool head_only,
            std::string& out);

} // namespace riq::gateway
