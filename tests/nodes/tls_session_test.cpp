// TLS between nodes, over a pair of sockets: who is let in, and that connections leave each other
// alone.

#include "nodes/tls_session.hpp"

#include <array>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nodes/link_tls.hpp"
#include "tests/nodes/certificates.hpp"

namespace riq::testing {
namespace {

using rw_state = tls_session::rw_state;

/// Two connected sockets that do not block.
struct socket_pair {
  socket_pair() {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) throw std::runtime_error("socket");
    for (const int end : ends) ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  ~socket_pair() {
    close(0);
    close(1);
  }
  void close(std::size_t n) {
    if (ends.at(n) >= 0) ::close(std::exchange(ends.at(n), -1));
  }
  std::array<int, 2> ends{};
};

std::string read_all(tls_session& from, rw_state* last = nullptr) {
  std::string out;
  while (true) {
    std::array<char, 256> part{};
    std::size_t count = 0;
    const auto state = from.read_some(count, 0, part.data(), part.size());
    if (last) *last = state;
    if (state != rw_state::success || count == 0) return out;
    out.append(part.data(), count);
  }
}

rw_state write(tls_session& to, std::string_view what, std::size_t* written = nullptr) {
  std::size_t count = 0;
  const auto state = to.write_some(count, 0, what.data(), what.size());
  if (written) *written = count;
  return state;
}

/// A node that opened a link to another, which accepted it.
struct link {
  link(const std::shared_ptr<SSL_CTX>& one, const std::shared_ptr<SSL_CTX>& other)
    : opens(one, sockets.ends[0], tls_session::side::opens),
      accepts(other, sockets.ends[1], tls_session::side::accepts) {}

  /// Lets both sides do what they can. Whether both go on.
  bool go_on() {
    auto one = rw_state::success;
    auto other = rw_state::success;
    for (int turn = 0; turn < 4; ++turn) {
      if (write(opens, "") == rw_state::failure) return false;
      heard_by_acceptor += read_all(accepts, &other);
      heard_by_opener += read_all(opens, &one);
    }
    return one == rw_state::success && other == rw_state::success;
  }

  socket_pair sockets;
  tls_session opens;
  tls_session accepts;
  std::string heard_by_opener;
  std::string heard_by_acceptor;
};

class tls_session_test : public ::testing::Test {
 protected:
  tls_session_test() {
    std::signal(SIGPIPE, SIG_IGN);
    files.authority("ours");
    files.authority("theirs");
    a = context("a", "ours");
    b = context("b", "ours");
  }

  std::shared_ptr<SSL_CTX> context(const std::string& name, const std::string& by) {
    auto made = link_context(files.node(name, by));
    EXPECT_TRUE(made) << made.error().detail;
    return made ? *made : nullptr;
  }

  certificates files;
  std::shared_ptr<SSL_CTX> a;
  std::shared_ptr<SSL_CTX> b;
};

TEST_F(tls_session_test, members_hear_each_other) {
  link l{a, b};
  ASSERT_TRUE(l.go_on());
  EXPECT_EQ(write(l.opens, "question"), rw_state::success);
  EXPECT_EQ(write(l.accepts, "answer"), rw_state::success);
  ASSERT_TRUE(l.go_on());
  EXPECT_EQ(l.heard_by_acceptor, "question");
  EXPECT_EQ(l.heard_by_opener, "answer");
}

TEST_F(tls_session_test, what_is_longer_than_a_socket_holds_arrives_whole) {
  link l{a, b};
  ASSERT_TRUE(l.go_on());
  std::string sent(3'000'000, ' ');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>('a' + i % 23);
  std::size_t from = 0;
  bool was_full = false;
  while (from < sent.size()) {
    std::size_t written = 0;
    ASSERT_EQ(write(l.opens, std::string_view{sent}.substr(from), &written), rw_state::success);
    from += written;
    was_full = was_full || written == 0;
    if (written == 0) l.heard_by_acceptor += read_all(l.accepts);
  }
  l.heard_by_acceptor += read_all(l.accepts);
  EXPECT_TRUE(was_full);
  EXPECT_TRUE(l.heard_by_acceptor == sent);
}

TEST_F(tls_session_test, what_is_written_before_the_handshake_is_said_after_it) {
  link l{a, b};
  std::size_t written = 0;
  EXPECT_EQ(write(l.accepts, "welcome", &written), rw_state::success);
  EXPECT_EQ(written, 7U) << "CAF must not ask again and again while the other side is silent";
  std::array<char, 64> raw{};
  EXPECT_LT(::recv(l.sockets.ends[0], raw.data(), raw.size(), 0), 0) << "nothing is said before";
  ASSERT_TRUE(l.go_on());
  EXPECT_EQ(l.heard_by_opener, "welcome");
}

TEST_F(tls_session_test, what_is_kept_for_a_silent_stranger_is_bounded) {
  link l{a, b};
  EXPECT_EQ(write(l.accepts, std::string(60'000, 'x')), rw_state::success);
  EXPECT_EQ(write(l.accepts, std::string(60'000, 'x')), rw_state::failure);
}

TEST_F(tls_session_test, strangers_are_refused) {
  EXPECT_FALSE(link(context("stranger", "theirs"), b).go_on());
  EXPECT_FALSE(link(a, context("impostor", "theirs")).go_on());
  // One that trusts everybody and shows nothing.
  const std::shared_ptr<SSL_CTX> nameless{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  link l{nameless, b};
  EXPECT_FALSE(l.go_on());
  EXPECT_EQ(l.heard_by_acceptor, "");
}

TEST_F(tls_session_test, other_connections_that_fail_leave_one_alone) {
  link good{a, b};
  ASSERT_TRUE(good.go_on());

  link garbage{a, b};
  ASSERT_GT(::send(garbage.sockets.ends[0], "GET / HTTP/1.0\r\n\r\n", 18, 0), 0);
  rw_state state{};
  read_all(garbage.accepts, &state);
  ASSERT_EQ(state, rw_state::failure);
  read_all(good.accepts, &state);
  EXPECT_EQ(state, rw_state::success) << "after one that spoke no TLS";

  link gone{a, b};
  ASSERT_TRUE(gone.go_on());
  gone.sockets.close(0);
  read_all(gone.accepts, &state);
  ASSERT_EQ(state, rw_state::failure);
  read_all(good.opens, &state);
  EXPECT_EQ(state, rw_state::success) << "after one whose node was killed";

  EXPECT_FALSE(link(context("stranger", "theirs"), b).go_on());
  EXPECT_TRUE(good.go_on()) << "after one of another authority";
}

TEST_F(tls_session_test, files_that_cannot_be_used_are_named) {
  const auto good = files.node("c", "ours");
  const auto other = files.node("d", "ours");
  const auto field = [](const link_tls_settings& s) {
    const auto made = link_context(s);
    return made ? std::string{} : made.error().field;
  };
  EXPECT_EQ(field(good), "");
  EXPECT_EQ(field({"/nowhere", good.key, good.ca}), "cluster.tls.certificate");
  EXPECT_EQ(field({good.certificate, other.key, good.ca}), "cluster.tls.key");
  EXPECT_EQ(field({good.certificate, good.key, good.key}), "cluster.tls.ca");
}

} // namespace
} // namespace riq::testing
