#include "config/load.hpp"

#include "config/names.hpp"
#include "tests/config/support.hpp"

#include <gmock/gmock.h>

using namespace riq;
using namespace riq::test;
using testing::HasSubstr;

TEST(load, nothing_given_means_the_defaults) {
  const auto s = load_settings({.environment = variables({})});
  ASSERT_TRUE(s) << why(s);
  EXPECT_EQ(dump_settings(*s, false), dump_settings(settings{}, false));
}

TEST(load, each_source_is_stronger_than_the_one_before) {
  const toml_file file{"[http]\nio_threads = 3\nmax_connections = 30\nmax_in_flight = 300\n"};
  const auto s =
    load_settings({.file = file.path(),
                   .sets = {"http.io_threads=5"},
                   .environment = variables({{"RETARGETIQ_HTTP_IO_THREADS", "4"},
                                             {"RETARGETIQ_HTTP_MAX_CONNECTIONS", "40"}})});
  ASSERT_TRUE(s) << why(s);
  EXPECT_EQ(s->http.io_threads, 5u);
  EXPECT_EQ(s->http.max_connections, 40u);
  EXPECT_EQ(s->http.max_in_flight, 300u);
}

TEST(load, every_type_is_read_from_a_file) {
  const auto s = load_text(R"(
[listen]
only = ["127.0.0.1:1", "127.0.0.1:2"]
[log]
fsync = false
cache_bytes = 5_000_000_000
[ranking]
user_pref = 1
recency = 0.25
[[auth.keys]]
name = "shop"
sha256 = "9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
scopes = ["write", "read"]
[[campaigns]]
id = "spring"
[[campaigns.arms]]
id = "ship"
type = "FREE_SHIPPING"
)");
  ASSERT_TRUE(s) << why(s);
  EXPECT_THAT(s->listen.only, testing::ElementsAre("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_FALSE(s->log.fsync);
  EXPECT_EQ(s->log.cache_bytes, 5'000'000'000u);
  EXPECT_EQ(s->ranking.user_pref, 1.0);
  EXPECT_EQ(s->ranking.recency, 0.25);
  ASSERT_EQ(s->auth.keys.size(), 1u);
  EXPECT_THAT(s->auth.keys[0].scopes, testing::ElementsAre("write", "read"));
  ASSERT_EQ(s->campaigns.size(), 1u) << "campaigns of a file replace the default ones";
  EXPECT_EQ(s->campaigns[0].arms.at(0).type, offer_type::free_shipping);
  EXPECT_EQ(s->campaigns[0].reward_window_hours, defaults::reward_window_hours);
}

TEST(load, an_unknown_key_is_an_error_with_place_and_nearest_name) {
  const auto s = load_text("[http]\n  io_thread = 3\n");
  ASSERT_FALSE(s);
  EXPECT_THAT(why(s), HasSubstr(".toml:2:"));
  EXPECT_THAT(why(s), HasSubstr("there is no setting \"http.io_thread\""));
  EXPECT_THAT(why(s), HasSubstr("did you mean \"io_threads\"?"));
  EXPECT_THAT(why(load_text("htpp.io_threads = 3\n")), HasSubstr("did you mean \"http\"?"));
  EXPECT_THAT(why(load_sets({"log.sync=true"})), HasSubstr("did you mean \"fsync\"?"));
  EXPECT_THAT(why(load_text("zzzzzzzz = 3\n")), testing::Not(HasSubstr("did you mean")));
}

TEST(load, a_wrong_type_is_an_error_with_place_and_what_was_expected) {
  EXPECT_THAT(why(load_text("[http]\nio_threads = \"two\"\n")),
              HasSubstr("http.io_threads must be an integer from 0 to 4294967295, not 'two'"));
  EXPECT_THAT(why(load_text("[listen]\nhttp = 70000\n")),
              HasSubstr("listen.http must be an integer from 0 to 65535, not 70000"));
  EXPECT_THAT(why(load_text("[listen]\nhttp = -1\n")), HasSubstr("not -1"));
  EXPECT_THAT(why(load_text("[log]\nfsync = 1\n")), HasSubstr("log.fsync must be true or false"));
  EXPECT_THAT(why(load_text("[listen]\nonly = \"a:1\"\n")), HasSubstr("must be a list of strings"));
  EXPECT_THAT(why(load_text("http = 3\n")), HasSubstr("http must be a table"));
  EXPECT_THAT(why(load_text("[[campaigns]]\n[[campaigns.arms]]\nid = \"a\"\ntype = \"gift\"\n")),
              HasSubstr("campaigns.0.arms.0.type must be one of discount_code, free_shipping"));
}

TEST(load, broken_toml_and_a_missing_file_are_errors_that_name_the_file) {
  EXPECT_THAT(why(load_text("[http\n")), HasSubstr(".toml:1:"));
  const auto s = load_settings({.file = "/nowhere/x.toml", .environment = variables({})});
  EXPECT_THAT(why(s), HasSubstr("/nowhere/x.toml"));
}

TEST(load, the_seed_systems_variables_move_its_ports) {
  const auto s = load_settings({.environment = variables({{"USER_ACTIVITY_PORT", "9081"},
                                                          {"ORDER_SERVICE_PORT", "9082"},
                                                          {"EVENT_PROCESSOR_PORT", "9083"},
                                                          {"ANALYTICS_SERVICE_PORT", "9084"},
                                                          {"FEATURE_STORE_PORT", "9085"},
                                                          {"RETRIEVAL_SERVICE_PORT", "9086"},
                                                          {"RANKING_SERVICE_PORT", "9087"},
                                                          {"RECOMMENDATION_SERVICE_PORT", "9088"},
                                                          {"RL_OFFERS_PORT", "9089"},
                                                          {"DASHBOARD_PORT", "9030"}})});
  ASSERT_TRUE(s) << why(s);
  const auto& l = s->listen;
  EXPECT_THAT((std::array{l.activity, l.orders, l.event_processor, l.analytics, l.features,
                          l.retrieval, l.ranking, l.recommendations, l.offers, l.dashboard}),
              testing::ElementsAre(9081, 9082, 9083, 9084, 9085, 9086, 9087, 9088, 9089, 9030));
}

TEST(load, our_own_variable_wins_over_the_seed_systems) {
  const auto s = load_settings(
    {.environment = variables({{"USER_ACTIVITY_PORT", "1"}, {"RETARGETIQ_LISTEN_ACTIVITY", "2"}})});
  ASSERT_TRUE(s) << why(s);
  EXPECT_EQ(s->listen.activity, 2);
}

TEST(load, a_wrong_variable_is_named) {
  auto s = load_settings({.environment = variables({{"FRONTEND_PORT", "http"}})});
  EXPECT_THAT(why(s), HasSubstr("environment variable FRONTEND_PORT: must be an integer"));
  s = load_settings({.environment = variables({{"FRONTEND_PORT", "tcp://10.0.0.1:80"}})});
  EXPECT_THAT(why(s), HasSubstr("enableServiceLinks"));
}

TEST(load, every_setting_can_be_set_by_environment_and_by_set) {
  // A value that no number, truth value or enum takes: whoever refuses it has found its setting.
  for (const auto& name : setting_names()) {
    const auto variable = environment_names(name).back();
    const auto by_environment = load_settings({.environment = variables({{variable, "?"}})});
    const auto by_set = load_sets({name + "=?"});
    ASSERT_EQ(bool(by_environment), bool(by_set)) << variable;
    if (by_set) {
      EXPECT_THAT(dump_settings(*by_set, false), HasSubstr("\"?\"")) << name;
      EXPECT_THAT(dump_settings(*by_environment, false), HasSubstr("\"?\"")) << variable;
    } else if (by_set.error().where != name) { // else validate() saw the value in its place
      EXPECT_EQ(by_set.error().where, "--set " + name);
      EXPECT_EQ(by_environment.error().where, "environment variable " + variable);
    }
  }
}

TEST(load, set_reads_lists_tables_and_members_of_lists) {
  const auto s = load_sets({"listen.only=127.0.0.1:1, 127.0.0.1:2",
                            "campaigns.0.policy.epsilon=0.25", "campaigns.0.arms.1.type=flash_sale",
                            "log.fsync=off", "http.trusted_proxies=[\"10.0.0.7\"]"});
  ASSERT_TRUE(s) << why(s);
  EXPECT_THAT(s->listen.only, testing::ElementsAre("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_EQ(s->campaigns[0].policy.epsilon, 0.25);
  EXPECT_EQ(s->campaigns[0].arms[1].type, offer_type::flash_sale);
  EXPECT_FALSE(s->log.fsync);
  EXPECT_THAT(s->http.trusted_proxies, testing::ElementsAre("10.0.0.7"));
  const auto c = load_sets({"campaigns=[{id='x', arms=[{id='a', code='A'}]}]"});
  ASSERT_TRUE(c) << why(c);
  EXPECT_EQ(c->campaigns.at(0).arms.at(0).code, "A");
}

TEST(load, a_wrong_set_says_what_is_wrong) {
  EXPECT_THAT(why(load_sets({"http.io_threads"})), HasSubstr("must look like section.key=value"));
  EXPECT_THAT(why(load_sets({"http=3"})), HasSubstr("is a section"));
  EXPECT_THAT(why(load_sets({"http.io_threads.x=3"})), HasSubstr("no settings below it"));
  EXPECT_THAT(why(load_sets({"http.io_threads=3x"})), HasSubstr("not \"3x\""));
  EXPECT_THAT(why(load_sets({"campaigns.7.policy.epsilon=0"})),
              HasSubstr("no index of a list of 1"));
  EXPECT_THAT(why(load_sets({"campaigns=[{"})), HasSubstr("TOML value"));
}

TEST(dump, reads_back_to_the_same_settings) {
  auto s =
    load_sets({"auth.keys=[{name='a', sha256='" + std::string(64, 'a') + "', scopes=['read']}]",
               "auth.token_secret=a \"quoted\\\" secret\x02 here", "listen.only=127.0.0.1:1"});
  ASSERT_TRUE(s) << why(s);
  const auto text = dump_settings(*s, false);
  const auto again = load_text(text);
  ASSERT_TRUE(again) << why(again) << "\n" << text;
  EXPECT_EQ(dump_settings(*again, false), text);
  EXPECT_EQ(again->auth.token_secret, s->auth.token_secret);
}

TEST(dump, redacts_secrets) {
  auto s =
    load_sets({"auth.keys=[{name='a', sha256='" + std::string(64, 'a') + "', scopes=['read']}]",
               "auth.token_secret=0123456789abcdefghij"});
  ASSERT_TRUE(s) << why(s);
  const auto text = dump_settings(*s, true);
  EXPECT_THAT(text, testing::Not(HasSubstr("0123456789abcdefghij")));
  EXPECT_THAT(text, testing::Not(HasSubstr("aaaaaaaa")));
  EXPECT_THAT(text, HasSubstr("token_secret = \"***\""));
}
