#pragma once
// Beast's parser, writing straight into our request object: no container of header fields, no
// body object, nothing allocated for a message of the usual kind.

#include "gateway/http_limits.hpp"
#include "gateway/reply.hpp"
#include "gateway/request.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace riq::gateway {

namespace http = boost::beast::http;

/// What the parser tells while it reads a message. False stops the reading.
class message_events {
 public:
  virtual bool on_head() = 0;
  virtual bool on_body(std::string_view part) = 0;

 protected:
  ~message_events() = default;
};

class message_parser final : public http::basic_parser<true> {
 public:
  message_parser(request& into, const http_limits& bounds, message_events& events);

  /// After a failed `put`: what to answer. `failed` is what `put` said.
  reply fault(boost::beast::error_code failed) const;

  bool expects_continue() const { return expects_continue_; }
  bool version_11() const { return version_ == 11; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(http::verb verb, string_view name, string_view target, int version,
                       error_code& failed) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(http::field name, string_view text, string_view value,
                     error_code& failed) override;
  void on_header_impl(error_code& failed) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view part, error_code& failed) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view part,
                                 error_code& failed) override;
  void on_finish_impl(error_code&) override {}

  void refuse(unsigned status, std::string_view field, std::string_view detail, error_code& failed);
  void keep(header h, std::string_view value);

  request& into_;
  const http_limits& bounds_;
  message_events& events_;
  std::optional<reply> refusal_;
  std::size_t header_bytes_ = 0; ///< Beast bounds what one read brings, this bounds the sum
  int version_ = 11;
  bool got_target_ = false;
  bool got_head_ = false;
  bool got_host_ = false;
  bool expects_continue_ = false;
  bool other_coding_ = false;
};

} // namespace riq::gateway
