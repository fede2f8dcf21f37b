#include "config/load.hpp"

#include "tests/config/support.hpp"

#include <gmock/gmock.h>

using namespace riq;
using namespace riq::test;
using testing::HasSubstr;

namespace {
const std::string hash(64, 'a');
}

TEST(validate, the_defaults_are_valid) {
  EXPECT_FALSE(validate(settings{}));
}

TEST(validate, beyond_loopback_needs_keys_or_an_open_door_written_out) {
  EXPECT_THAT(why(load_sets({"listen.address=0.0.0.0"})), HasSubstr("no API key is configured"));
  const auto by_listen =
    load_settings({.listen = {"127.0.0.1:1", "0.0.0.0:2"}, .environment = variables({})});
  EXPECT_THAT(why(by_listen), HasSubstr("0.0.0.0"));
  EXPECT_TRUE(load_sets({"listen.address=0.0.0.0", "auth.mode=off"}));
  EXPECT_TRUE(load_sets(
    {"listen.address=0.0.0.0", "auth.keys=[{name='a', sha256='" + hash + "', scopes=['read']}]"}));
}

TEST(validate, keys_are_whole) {
  const auto with = [](const std::string& key) {
    return why(load_sets({"auth.keys=[" + key + "]"}));
  };
  EXPECT_THAT(with("{name='a', sha256='abc', scopes=['read']}"), HasSubstr("64 hexadecimal"));
  EXPECT_THAT(with("{name='a', sha256='" + std::string(64, 'g') + "', scopes=['read']}"),
              HasSubstr("64 hexadecimal"));
  EXPECT_THAT(with("{name='a', sha256='" + hash + "'}"), HasSubstr("at least one of"));
  EXPECT_THAT(with("{name='a', sha256='" + hash + "', scopes=['root']}"),
              HasSubstr("must be one of write, read, admin"));
  const auto twice = "{name='a', sha256='" + hash + "', scopes=['read']}";
  EXPECT_THAT(with(twice + "," + twice), HasSubstr("auth.keys.1.name"));
  EXPECT_THAT(why(load_sets({"auth.mode=keys"})), HasSubstr("keys new"));
  EXPECT_THAT(why(load_sets({"auth.mode=maybe"})), HasSubstr("auto, keys, off"));
  EXPECT_THAT(why(load_sets({"auth.token_secret=short"})), HasSubstr("16 characters"));
}

TEST(validate, values_out_of_range_are_named_with_the_range) {
  const std::pair<const char*, const char*> wrong[] = {
    {"http.io_threads=0", "http.io_threads: 0 must be from 1 to 256"},
    {"http.max_in_flight_per_user=20000", "http.max_in_flight_per_user"},
    {"http.after_wait_ms=5000", "must not be longer than http.deadline_ms, 1000"},
    {"log.partitions=0", "log.partitions"},
    {"log.partitions=-3", "log.partitions"},
    {"log.kind=papyrus", "must be one of embedded, kafka"},
    {"cluster.endpoint=127.0.0.1:4000", "needs log.kind"},
    {"log.retention_hours=0", "log.retention_hours"},
    {"shards.resident_users=0", "shards.resident_users"},
    {"ranking.user_pref=1.5", "ranking.user_pref: 1.5 must be from 0 to 1"},
    {"ranking.user_pref=nan", "ranking"},
    {"ranking.candidates=1", "ranking.candidates"},
    {"engine.time=sidereal", "must be one of wall, stream"},
    {"node.log_level=loud", "trace, debug, info, warn, error"},
    {"node.data_dir=", "node.data_dir"},
    {"processor.default_currency=US1", "three letters"},
    {"campaigns.0.policy.epsilon=1.1", "campaigns.0.policy.epsilon"},
    {"campaigns.0.id=", "campaigns.0.id"},
    {"campaigns.0.arms.1.id=save10", "id of another arm"},
    {"campaigns.0.arms.0.valid_until=-5", "valid_until"},
    {"campaigns.0.arms.0.cost=-1", "campaigns.0.arms.0.cost"},
    {"campaigns=[{id='a', arms=[]}]", "at least one arm"},
  };
  for (const auto& [assignment, message] : wrong)
    EXPECT_THAT(why(load_sets({assignment})), HasSubstr(message)) << assignment;
}

TEST(validate, roles_are_known_and_leave_nobody_without_a_way_in) {
  const std::vector<std::string> kafka{"log.kind=kafka", "auth.token_secret=sixteen characters"};
  const auto with = [&](std::vector<std::string> sets) {
    sets.insert(sets.begin(), kafka.begin(), kafka.end());
    return why(load_sets(sets));
  };
  const auto loads = HasSubstr("loaded without");
  EXPECT_THAT(with({"node.roles=gateway"}), loads);
  EXPECT_THAT(with({"node.roles=processor"}), loads);
  EXPECT_THAT(with({"node.roles=gateway,shards"}), loads);
  EXPECT_THAT(with({"node.roles=shards", "cluster.endpoint=127.0.0.1:4000"}), loads);
  EXPECT_THAT(with({"node.roles=shards"}), HasSubstr("cluster.endpoint: must be set"));
  EXPECT_THAT(with({"node.roles=gatekeeper"}),
              HasSubstr("must be one of gateway, processor, shards"));
  EXPECT_THAT(with({"node.roles=[]"}), HasSubstr("must name at least one"));
  EXPECT_THAT(why(load_sets({"node.roles=gateway"})), HasSubstr("nobody else would do the rest"));
  EXPECT_THAT(why(load_sets({"log.kind=kafka", "node.roles=gateway"})),
              HasSubstr("auth.token_secret"));
}

TEST(validate, links_between_nodes_are_secured_wholly_or_not_at_all) {
  const std::vector<std::string> files{"cluster.tls.certificate=/c", "cluster.tls.key=/k",
                                       "cluster.tls.ca=/a"};
  for (std::size_t without = 0; without <= files.size(); ++without) {
    std::vector<std::string> sets{"log.kind=kafka", "auth.token_secret=sixteen characters",
                                  "cluster.endpoint=127.0.0.1:4000"};
    for (std::size_t i = 0; i < files.size(); ++i)
      if (i != without) sets.push_back(files[i]);
    EXPECT_THAT(why(load_sets(sets)),
                HasSubstr(without < files.size() ? "must be set too" : "loaded without"))
      << without;
  }
  EXPECT_THAT(why(load_sets(files)), HasSubstr("needs log.kind"));
  EXPECT_THAT(why(load_sets({"log.kind=kafka", files[0], files[1], files[2]})),
              HasSubstr("without cluster.endpoint there are none"));
}

TEST(validate, cross_field_rules) {
  EXPECT_THAT(why(load_sets({"ranking.user_pref=0", "ranking.item_quality=0", "ranking.recency=0",
                             "ranking.diversity=0"})),
              HasSubstr("must not all be 0"));
  EXPECT_THAT(why(load_sets({"campaigns=[{id='a', arms=[{id='x'}]}, {id='a', arms=[{id='x'}]}]"})),
              HasSubstr("id of another campaign"));
}
