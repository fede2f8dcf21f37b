#include "actors/campaigns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

class campaigns_test : public ::testing::Test {
 protected:
  campaigns_test() {
    log->ensure_topic({.name = std::string{topics::campaign_updates}, .partitions = 1});
    model->publish(std::make_shared<const engine::shared_model>(config->model));
    start();
  }

  void start() {
    source = std::make_shared<engine::campaign_source>();
    keeper = sys.spawn(riq::campaigns, campaigns_config{config, log, source, model, false});
    sys.drain();
  }

  void restart() {
    keeper = campaigns_actor{};
    sys.kill_all();
    start();
  }

  result<answer> put(std::string id, std::string body) {
    return sys.ask<answer>(keeper, put_campaign{std::move(id), std::move(body)});
  }

  std::shared_ptr<settings> config = std::make_shared<settings>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  std::shared_ptr<engine::model_source> model = std::make_shared<engine::model_source>();
  std::shared_ptr<engine::campaign_source> source;
  deterministic_system sys;
  campaigns_actor keeper;
};

constexpr auto spring = R"({"policy":{"kind":"thompson"},"categorical":["segment"],
  "arms":[{"id":"a","type":"flash_sale"},{"id":"b"}]})";

TEST_F(campaigns_test, starts_with_the_configured_ones) {
  ASSERT_NE(source->get()->find("default"), nullptr);
  EXPECT_EQ(source->get()->find("default")->settings.arms.size(), 4U);
}

TEST_F(campaigns_test, a_campaign_that_was_put_is_in_force_with_the_answer) {
  const auto stored = put("spring", spring);
  ASSERT_TRUE(stored) << stored.error().detail;
  EXPECT_THAT(stored->body, HasSubstr(R"("version":2)"));
  const auto set = source->get();
  ASSERT_NE(set->find("spring"), nullptr);
  EXPECT_EQ(set->find("spring")->settings.policy.kind, policy_kind::thompson);
  EXPECT_TRUE(put("spring", R"({"id":"spring","arms":[{"id":"a"}]})"));
  EXPECT_EQ(source->get()->find("spring")->settings.version, 3U);
  EXPECT_EQ(set->find("spring")->settings.version, 2U) << "who reads an edition keeps it";
}

TEST_F(campaigns_test, editions_outlive_the_node) {
  ASSERT_TRUE(put("spring", spring));
  ASSERT_TRUE(sys.ask<answer>(keeper, remove_campaign{"default"}));
  EXPECT_EQ(source->get()->find("default"), nullptr);
  restart();
  EXPECT_NE(source->get()->find("spring"), nullptr);
  EXPECT_EQ(source->get()->find("spring")->settings.version, 2U);
  EXPECT_EQ(source->get()->find("default"), nullptr) << "a configured one stays deleted";
}

TEST_F(campaigns_test, says_what_is_wrong_by_json_pointer) {
  const auto field = [&](const std::string& body) {
    const auto r = put("x", body);
    return r ? std::string{"accepted"} : r.error().field;
  };
  EXPECT_EQ(field(R"({"arms":[]})"), "/arms");
  EXPECT_EQ(field(R"({"id":"other","arms":[{"id":"a"}]})"), "/id");
  EXPECT_EQ(field(R"({"arms":[{"id":"a"},{"id":"a"}]})"), "/arms/1/id");
  EXPECT_EQ(field(R"({"arms":[{"id":"a","type":"gift"}]})"), "/arms/0/type");
  EXPECT_EQ(field(R"({"arms":[{"id":"a"}],"policy":{"kind":"best"}})"), "/policy/kind");
  EXPECT_EQ(field(R"({"arms":[{"id":"a"}],"policy":{"epsilon":1.5}})"), "/policy/epsilon");
  EXPECT_EQ(field(R"({"arms":[{"id":"a"}],"policy":{"epsilom":0.1}})"), "/policy/epsilom");
  EXPECT_EQ(field(R"({"arms":[{"id":"a","eligible":"cart >"}]})"), "/arms/0/eligible");
  EXPECT_EQ(field(R"({"arms":[{"id":"a","cooldown_min":-1}]})"), "/arms/0/cooldown_min");
  EXPECT_EQ(field(R"({"arms":[{"id":"a"}],"numeric":["f0","f0"]})"), "/numeric/1");
  EXPECT_EQ(source->get()->find("x"), nullptr);
}

TEST_F(campaigns_test, shows_what_was_learned) {
  ASSERT_TRUE(put("spring", spring));
  const auto shown = sys.ask<answer>(keeper, get_campaign{"spring"});
  ASSERT_TRUE(shown);
  EXPECT_THAT(shown->body, HasSubstr(R"("learned":{"served":0.0)"));
  EXPECT_THAT(sys.ask<answer>(keeper, list_campaigns{})->body, HasSubstr(R"("id":"spring")"));
  EXPECT_EQ(sys.ask<answer>(keeper, get_campaign{"none"}).error().code, ec::not_found);
  EXPECT_EQ(sys.ask<answer>(keeper, remove_campaign{"none"}).error().code, ec::not_found);
}

} // namespace
} // namespace riq::testing
