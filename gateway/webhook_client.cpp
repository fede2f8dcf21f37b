#include "gateway/webhook_client.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "config/thread_name.hpp"

namespace riq::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// What is read of an answer: only its status matters.
constexpr std::size_t max_answer = 64 * 1024;

struct exchange_base {
  virtual ~exchange_base() = default;
  virtual void give_up(const char* why) = 0;
};

/// One call. Keeps itself alive by the operations under way.
template <class Stream>
class exchange final : public exchange_base, public std::enable_shared_from_this<exchange<Stream>> {
 public:
  template <class... Args>
  exchange(asio::io_context& io, webhook_url url, webhook_call call,
           std::function<void(webhook_answer)> done, std::set<exchange_base*>& open, Args&&... args)
    : url_(std::move(url)), call_(std::move(call)), done_(std::move(done)), open_(open),
      resolver_(io), timer_(io), stream_(io, std::forward<Args>(args)...) {
    parser_.body_limit(max_answer);
    open_.insert(this);
  }
  ~exchange() override { open_.erase(this); }

  void start() {
    timer_.expires_after(std::chrono::milliseconds(call_.timeout_ms));
    timer_.async_wait([self = this->weak_from_this()](error_code failed) {
      if (failed) return;
      if (const auto me = self.lock()) me->give_up("timed out");
    });
    resolver_.async_resolve(url_.host, url_.port,
                            [me = this->shared_from_this()](error_code failed, auto found) {
                              if (failed) return me->fail("resolving the host", failed);
                              me->connect(found);
                            });
  }

  void give_up(const char* why) override {
    finish(0, why);
    error_code ignored;
    resolver_.cancel();
    lowest().close(ignored);
  }

 private:
  static constexpr bool secure = !std::is_same_v<Stream, tcp::socket>;

  tcp::socket& lowest() {
    if constexpr (secure)
      return stream_.next_layer();
    else
      return stream_;
  }

  void connect(const tcp::resolver::results_type& found) {
    if (!done_) return;
    asio::async_connect(lowest(), found,
                        [me = this->shared_from_this()](error_code failed, const tcp::endpoint&) {
                          if (failed) return me->fail("connecting", failed);
                          me->greet();
                        });
  }

  void greet() {
    if (!done_) return;
    if constexpr (secure) {
      // The name goes in the open for hosts with several certificates, and is checked against them.
      SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str());
      stream_.set_verify_callback(asio::ssl::host_name_verification(url_.host));
      stream_.async_handshake(asio::ssl::stream_base::client,
                              [me = this->shared_from_this()](error_code failed) {
                                if (failed) return me->fail("the TLS handshake", failed);
                                me->send();
                              });
    } else {
      send();
    }
  }

  void send() {
    if (!done_) return;
    request_.method(http::verb::post);
    request_.target(url_.target);
    request_.version(11);
    request_.set(http::field::host, url_.authority);
    request_.set(http::field::user_agent, "RetargetIQ");
    request_.set(http::field::connection, "close");
    for (const auto& [name, value] : call_.headers) request_.set(name, value);
    request_.body() = std::move(call_.body);
    request_.prepare_payload();
    http::async_write(stream_, request_,
                      [me = this->shared_from_this()](error_code failed, std::size_t) {
                        if (failed) return me->fail("sending", failed);
                        me->receive();
                      });
  }

  void receive() {
    if (!done_) return;
    http::async_read_header(stream_, buffer_, parser_,
                            [me = this->shared_from_this()](error_code failed, std::size_t) {
                              if (failed) return me->fail("reading the answer", failed);
                              me->finish(me->parser_.get().result_int(), {});
                              error_code ignored;
                              me->lowest().close(ignored);
                            });
  }

  void fail(const char* doing, error_code why) {
    finish(0, std::string{doing} + ": " + why.message());
    error_code ignored;
    lowest().close(ignored);
  }

  void finish(unsigned status, std::string detail) {
    timer_.cancel();
    if (auto done = std::exchange(done_, {})) done({call_.call, status, std::move(detail)});
  }

  webhook_url url_;
  webhook_call call_;
  std::function<void(webhook_answer)> done_;
  std::set<exchange_base*>& open_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  Stream stream_;
  http::request<http::string_body> request_;
  boost::beast::flat_buffer buffer_{max_answer};
  http::response_parser<http::string_body> parser_;
};

} // namespace

webhook_url parse_webhook_url(std::string_view url) {
  webhook_url out;
  out.secure = url.starts_with("https://");
  if (!out.secure && !url.starts_with("http://")) return out;
  url.remove_prefix(out.secure ? 8 : 7);
  const auto slash = std::min(url.find_first_of("/?"), url.size());
  const auto authority = url.substr(0, slash);
  out.authority = authority;
  out.target = url.substr(slash);
  if (out.target.empty() || out.target.front() != '/') out.target.insert(0, 1, '/');
  out.port = out.secure ? "443" : "80";
  auto host = authority;
  const auto bracket = authority.find(']');
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos &&
      (bracket == std::string_view::npos ? authority.front() != '[' : colon > bracket)) {
    out.port = authority.substr(colon + 1);
    host = authority.substr(0, colon);
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  out.host = host;
  return out;
}

struct beast_webhook_client::parts {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::map<std::string, std::unique_ptr<asio::ssl::context>> authorities; ///< by ca_file
  std::set<exchange_base*> open;                                          ///< of the io thread
  bool stopping = false;                                                  ///< of the io thread
  std::thread thread;

  /// Null with a reason when the file cannot be read.
  asio::ssl::context* trusted(const std::string& ca_file, std::string& why) {
    auto& kept = authorities[ca_file];
    if (kept) return kept.get();
    auto made = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    error_code failed;
    made->set_verify_mode(asio::ssl::verify_peer, failed);
    if (!failed && ca_file.empty()) made->set_default_verify_paths(failed);
    if (!failed && !ca_file.empty()) made->load_verify_file(ca_file, failed);
    SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
    if (failed) {
      why = "reading " + (ca_file.empty() ? "the system's authorities" : ca_file) + ": " +
            failed.message();
      return nullptr;
    }
    kept = std::move(made);
    return kept.get();
  }

  void begin(webhook_call call, std::function<void(webhook_answer)> done) {
    auto url = parse_webhook_url(call.url);
    if (stopping || url.host.empty())
      return done({call.call, 0, stopping ? "the node is stopping" : "no address"});
    if (!url.secure)
      return std::make_shared<exchange<tcp::socket>>(io, std::move(url), std::move(call),
                                                     std::move(done), open)
        ->start();
    std::string why;
    auto* trust = trusted(call.ca_file, why);
    if (!trust) return done({call.call, 0, std::move(why)});
    std::make_shared<exchange<asio::ssl::stream<tcp::socket>>>(io, std::move(url), std::move(call),
                                                               std::move(done), open, *trust)
      ->start();
  }
};

beast_webhook_client::beast_webhook_client() : parts_(std::make_unique<parts>()) {
  parts_->thread = std::thread([p = parts_.get()] {
    name_thread("webhooks");
    p->io.run();
  });
}

beast_webhook_client::~beast_webhook_client() {
  asio::post(parts_->io, [p = parts_.get()] {
    p->stopping = true;
    const auto all = p->open;
    for (auto* each : all) each->give_up("the node is stopping");
    p->work.reset();
  });
  parts_->thread.join();
}

void beast_webhook_client::post(webhook_call call, std::function<void(webhook_answer)> done) {
  asio::post(parts_->io,
             [p = parts_.get(), call = std::move(call), done = std::move(done)]() mutable {
               p->begin(std::move(call), std::move(done));
             });
}

} // namespace riq::gateway
