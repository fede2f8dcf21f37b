#include "actors/trigger_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class trigger_rules_test : public ::testing::Test {
 protected:
  trigger_rules_test() {
    log->ensure_topic({.name = std::string{topics::trigger_updates}, .partitions = 1});
    config->triggers.targets = {{.name = "shop", .url = "http://x/", .secret = "0123456789abcdef"}};
    start();
  }

  void start() {
    source = std::make_shared<engine::trigger_source>();
    rules = sys.spawn(riq::trigger_rules, trigger_rules_config{config, log, source, false});
  }
  void restart() {
    rules = trigger_rules_actor{};
    sys.kill_all();
    start();
  }
  result<answer> put(const std::string& id, const std::string& json) {
    return sys.ask<answer>(rules, put_trigger_rule{id, json});
  }

  std::shared_ptr<settings> config = std::make_shared<settings>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  std::shared_ptr<engine::trigger_source> source;
  deterministic_system sys;
  trigger_rules_actor rules;
};

TEST_F(trigger_rules_test, begins_with_those_of_the_configuration) {
  EXPECT_EQ(source->get()->rules().size(), config->triggers.rules.size());
  const auto shown = sys.ask<answer>(rules, get_trigger_rules{"cart-reminder"});
  ASSERT_TRUE(shown);
  EXPECT_THAT(shown->body, HasSubstr(R"("after":["30m","24h","72h"])"));
  EXPECT_THAT(shown->body, HasSubstr(R"("origin":"configuration")"));
}

TEST_F(trigger_rules_test, a_rule_is_in_force_when_it_is_answered_and_after_a_restart) {
  const auto kept = put("mine", R"({"kind":"win_back","after":["10d"],"targets":["shop"]})");
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_THAT(kept->body, HasSubstr(R"("version":1)"));
  ASSERT_NE(source->get()->find("mine"), nullptr);
  EXPECT_TRUE(source->get()->any(trigger_kind::win_back));
  restart();
  ASSERT_NE(source->get()->find("mine"), nullptr);
  EXPECT_EQ(source->get()->find("mine")->version, 1U);
  ASSERT_TRUE(put("mine", R"({"kind":"win_back","after":["20d"]})"));
  EXPECT_EQ(source->get()->find("mine")->version, 2U);
}

TEST_F(trigger_rules_test, a_wrong_one_names_the_field_and_changes_nothing) {
  const auto refused = [&](const std::string& json) {
    const auto r = put("mine", json);
    return r ? std::string{"taken"} : r.error().field;
  };
  EXPECT_EQ(refused("{"), "body");
  EXPECT_EQ(refused("[]"), "");
  EXPECT_EQ(refused(R"({"id":"other","after":["1h"]})"), "/id");
  EXPECT_EQ(refused(R"({"after":["1h"],"aftr":1})"), "/aftr");
  EXPECT_EQ(refused(R"({"after":[5]})"), "/after/0");
  EXPECT_EQ(refused(R"({"after":["1h"],"late_min":-1})"), "/late_min");
  EXPECT_EQ(refused(R"({"after":["1h"],"targets":["http://evil/"]})"), "/targets/0");
  EXPECT_EQ(refused(R"({"after":["1h"],"conditions":["shoes > 3"]})"), "/conditions/0");
  EXPECT_EQ(source->get()->find("mine"), nullptr);
  EXPECT_TRUE(log->records(topics::trigger_updates).empty());
}

TEST_F(trigger_rules_test, deleting_one_of_the_configuration_lasts) {
  ASSERT_TRUE(sys.ask<answer>(rules, delete_trigger_rule{"win-back"}));
  EXPECT_EQ(source->get()->find("win-back"), nullptr);
  restart();
  EXPECT_EQ(source->get()->find("win-back"), nullptr);
  const auto again = sys.ask<answer>(rules, delete_trigger_rule{"win-back"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ec::not_found);
}

TEST_F(trigger_rules_test, a_log_that_refuses_is_the_callers_error) {
  log->failing = {ec::disk_full, "", "full"};
  const auto r = put("mine", R"({"after":["1h"]})");
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ec::disk_full);
  EXPECT_EQ(source->get()->find("mine"), nullptr);
}

} // namespace
} // namespace riq::testing
