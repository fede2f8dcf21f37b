#include "gateway/auth.hpp"

#include "gateway/client_address.hpp"

#include <gtest/gtest.h>

namespace riq::gateway {
namespace {

auth_settings with_keys() {
  auth_settings s;
  s.keys = {{"shop", hash_key("w-key"), {"write"}},
            {"site", hash_key("r-key"), {"read"}},
            {"ops", hash_key("a-key"), {"admin"}}};
  return s;
}

request bearing(std::string value) {
  request r;
  r.headers[static_cast<std::size_t>(header::authorization)] = std::move(value);
  r.headers[static_cast<std::size_t>(header::host)] = "localhost";
  return r;
}

TEST(auth, hashes_as_sha256sum_does) {
  EXPECT_EQ(hash_key("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(auth, a_key_opens_its_scope_and_admin_opens_all) {
  const auto auth = authenticator::build(with_keys());
  ASSERT_TRUE(auth);
  EXPECT_TRUE(auth->required());
  EXPECT_FALSE(auth->check(bearing("Bearer w-key"), scope::write));
  EXPECT_EQ(auth->check(bearing("Bearer w-key"), scope::read).code, ec::forbidden);
  EXPECT_EQ(auth->check(bearing("Bearer r-key"), scope::admin).code, ec::forbidden);
  EXPECT_FALSE(auth->check(bearing("bearer   r-key"), scope::read));
  for (const auto s : {scope::read, scope::write, scope::admin})
    EXPECT_FALSE(auth->check(bearing("Bearer a-key"), s));
}

TEST(auth, takes_the_key_header_too) {
  const auto auth = authenticator::build(with_keys());
  ASSERT_TRUE(auth);
  request r;
  r.headers[static_cast<std::size_t>(header::api_key)] = "r-key";
  EXPECT_FALSE(auth->check(r, scope::read));
}

TEST(auth, refuses_unknown_missing_and_mangled_keys) {
  const auto auth = authenticator::build(with_keys());
  ASSERT_TRUE(auth);
  for (const auto* bad : {"", "Bearer", "Bearer ", "Bearer r-keyx", "Bearer r-ke", "Basic r-key",
                          "r-key", "Bearer R-KEY"})
    EXPECT_EQ(auth->check(bearing(bad), scope::read).code, ec::unauthenticated) << bad;
  EXPECT_FALSE(auth->check(bearing(""), scope::open));
}

TEST(auth, is_off_without_keys_or_when_written_out) {
  auto s = with_keys();
  s.mode = "off";
  EXPECT_FALSE(authenticator::build(s)->check(bearing(""), scope::admin));
  EXPECT_FALSE(authenticator::build({})->check(bearing(""), scope::admin));
}

TEST(auth, without_keys_other_sites_pages_are_refused) {
  const auto auth = authenticator::build({});
  ASSERT_TRUE(auth);
  auto r = bearing("");
  auto& host = r.headers[static_cast<std::size_t>(header::host)];
  auto& origin = r.headers[static_cast<std::size_t>(header::origin)];
  for (const auto* good : {"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"}) {
    host = good;
    EXPECT_FALSE(auth->check(r, scope::write)) << good;
  }
  host = "rebound.example:8080";
  EXPECT_EQ(auth->check(r, scope::read).code, ec::forbidden);
  host = "localhost:8080";
  origin = "http://localhost:3000";
  EXPECT_FALSE(auth->check(r, scope::write));
  for (const auto* bad : {"https://shop.example", "null", "http://127.0.0.1.evil.example"}) {
    origin = bad;
    EXPECT_EQ(auth->check(r, scope::write).code, ec::forbidden) << bad;
  }
}

TEST(auth, names_the_setting_that_is_wrong) {
  auth_settings s;
  s.mode = "maybe";
  EXPECT_EQ(authenticator::build(s).error().field, "auth.mode");
  s.mode = "keys";
  EXPECT_EQ(authenticator::build(s).error().field, "auth.mode");
  s.keys = {{"shop", "1234", {"write"}}};
  EXPECT_EQ(authenticator::build(s).error().field, "auth.keys (shop)");
  s.keys = {{"shop", hash_key("k"), {"root"}}};
  EXPECT_EQ(authenticator::build(s).error().field, "auth.keys (shop)");
}

TEST(client_addresses, believes_only_trusted_proxies) {
  const auto none = client_addresses::build({});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->of("203.0.113.9", "1.2.3.4"), "203.0.113.9");
  const auto some = client_addresses::build({"127.0.0.1", "10.0.0.0/8", "fd00::/8"});
  ASSERT_TRUE(some);
  EXPECT_EQ(some->of("127.0.0.1", "1.2.3.4"), "1.2.3.4");
  EXPECT_EQ(some->of("127.0.0.1", "6.6.6.6, 1.2.3.4, 10.1.2.3"), "1.2.3.4");
  EXPECT_EQ(some->of("fd00::7", "2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(some->of("203.0.113.9", "1.2.3.4"), "203.0.113.9");
  EXPECT_EQ(some->of("127.0.0.1", ""), "127.0.0.1");
  EXPECT_EQ(some->of("127.0.0.1", "rubbish, 1.2.3"), "127.0.0.1");
}

TEST(client_addresses, refuses_what_is_no_address) {
  for (const auto* bad : {"proxy.example", "10.0.0.0/33", "1.2.3", ""})
    EXPECT_EQ(client_addresses::build({bad}).error().field, "http.trusted_proxies") << bad;
}

} // namespace
} // namespace riq::gateway
