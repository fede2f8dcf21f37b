#include "config/load.hpp"

#include "tests/config/support.hpp"

#include <gmock/gmock.h>

using namespace riq;
using namespace riq::test;
using testing::HasSubstr;

TEST(listeners, all_ports_of_the_seed_system_and_ours_by_default) {
  const auto all = listeners(settings{});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 11u);
  const auto& activity = all->at(1);
  EXPECT_EQ(activity.address, "127.0.0.1");
  EXPECT_EQ(activity.port, 8081);
  EXPECT_EQ(activity.setting_name, "listen.activity");
  EXPECT_EQ(activity.env_name, "USER_ACTIVITY_PORT");
  EXPECT_EQ(all->at(8).env_name, "RECOMMENDATION_API_PORT");
  EXPECT_EQ(all->at(0).env_name, "RETARGETIQ_LISTEN_HTTP");
}

TEST(listeners, a_node_that_serves_no_clients_has_the_main_port_only) {
  settings s;
  s.node.roles = {"shards"};
  const auto all = listeners(s);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->at(0).setting_name, "listen.http");
}

TEST(listeners, zero_turns_a_port_off) {
  settings s;
  s.listen.dashboard = 0;
  const auto all = listeners(s);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 10u);
}

TEST(listeners, listen_gives_these_and_no_others) {
  const auto s = load_settings({.sets = {"listen.address=127.0.0.9"},
                                .listen = {"127.0.0.1:9000", "[::1]:9000", "9001", "localhost:0"},
                                .environment = variables({})});
  ASSERT_TRUE(s) << why(s);
  const auto all = listeners(*s);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 4u);
  EXPECT_EQ(all->at(1).address, "::1");
  EXPECT_EQ(all->at(1).port, 9000);
  EXPECT_EQ(all->at(2).address, "127.0.0.9");
  EXPECT_EQ(all->at(3).port, 0);
}

TEST(listeners, a_malformed_address_is_refused) {
  for (const auto* text : {"127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", ":80", ""}) {
    const auto s = load_settings({.listen = {text}, .environment = variables({})});
    EXPECT_THAT(why(s), HasSubstr("must be HOST:PORT")) << text;
  }
}

TEST(listeners, one_port_given_twice_names_both_settings) {
  const auto s = load_sets({"listen.orders=8081"});
  EXPECT_THAT(why(s), HasSubstr("listen.orders: port 8081 is already given by listen.activity"));
}

TEST(listeners, no_port_at_all_is_an_error) {
  settings s;
  for_each_field(s.listen, [](std::string_view, auto& value) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::uint16_t>) value = 0;
  });
  EXPECT_FALSE(listeners(s));
}

TEST(listeners, loopback) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("127.8.0.1"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_TRUE(is_loopback("localhost"));
  EXPECT_FALSE(is_loopback("0.0.0.0"));
  EXPECT_FALSE(is_loopback("::"));
  EXPECT_FALSE(is_loopback("12.7.0.1"));
}
