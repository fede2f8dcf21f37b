// What bodies look like. Structs with a field list are described from it; the shapes that actors
// render and that parsers read are written down here.

#include "config/trigger_settings.hpp"
#include "gateway/openapi.hpp"
#include "messages/item.hpp"
#include "messages/json.hpp"
#include "messages/local.hpp"
#include "messages/questions.hpp"
#include "messages/trigger.hpp"
#include "storage/ownership.hpp"

#include <concepts>

namespace riq::gateway {
namespace {

template <class T>
struct is_text_map : std::false_type {};
template <class V>
struct is_text_map<std::map<std::string, V>> : std::true_type {};

template <class T>
std::string schema_of() {
  if constexpr (std::same_as<T, bool>) {
    return R"({"type":"boolean"})";
  } else if constexpr (named_enum<T>) {
    std::string out = R"({"type":"string","enum":[)";
    for (const auto name : enum_names(T{})) out.append("\"").append(name).append("\",");
    out.back() = ']';
    return out + "}";
  } else if constexpr (std::is_integral_v<T>) {
    return R"({"type":"integer"})";
  } else if constexpr (std::is_floating_point_v<T>) {
    return R"({"type":"number"})";
  } else if constexpr (std::same_as<T, std::string>) {
    return R"({"type":"string"})";
  } else if constexpr (is_text_map<T>::value) {
    return R"({"type":"object","additionalProperties":)" + schema_of<typename T::mapped_type>() +
           "}";
  } else if constexpr (described<T>) {
    std::string out = R"({"type":"object","properties":{)";
    T x{};
    for_each_field(x, [&out]<class M>(std::string_view name, const M&) {
      out.append("\"").append(name).append("\":").append(schema_of<M>()).append(",");
    });
    out.back() = '}';
    return out + "}";
  } else {
    return R"({"type":"array","items":)" + schema_of<typename T::value_type>() + "}";
  }
}

} // namespace

const std::vector<std::pair<std::string, std::string>>& openapi_schemas() {
  static const std::vector<std::pair<std::string, std::string>> all = {
    {"AnalyticsList",
     R"({"type":"object","properties":{"analytics":{"type":"array","items":{"type":"object",)"
     R"("properties":{"name":{"type":"string"},"kind":{"type":"string","enum":["series","list",)"
     R"("now"]},"definition":{"type":"string"},"parameters":{"type":"array","items":)"
     R"({"type":"string"}},"by":{"type":"array","items":{"type":"string"}},"rank":)"
     R"({"type":"array","items":{"type":"string"}},"columns":{"type":"array","items":)"
     R"({"type":"string"}}}}}}})"},
    {"Analytics",
     R"({"type":"object","properties":{"name":{"type":"string"},"from":{"type":"integer"},)"
     R"("to":{"type":"integer"},"granularity":{"type":"string","enum":["minute","hour","day"]},)"
     R"("asOf":{"type":"integer","description":"Newest event time counted, epoch milliseconds."},)"
     R"("partial":{"type":"boolean"},"shards":{"type":"object","properties":{"asked":)"
     R"({"type":"integer"},"answered":{"type":"integer"},"missing":{"type":"array","items":)"
     R"({"type":"integer"}}}},"tooOld":{"type":"integer"},"error":{"type":"number",)"
     R"("description":"Relative standard error of unique counts, where there are any."},"bound":)"
     R"({"type":"integer","description":"By how much counts of a long list may fall short."},)"
     R"("totals":{"type":"object","additionalProperties":{"type":["number","string"]}},)"
     R"("columns":{"type":"array","items":{"type":"string"}},"rows":{"type":"array","items":)"
     R"({"type":"object","additionalProperties":{"type":["number","string"]}}}}})"},
    {"Activity",
     R"({"type":"object","required":["userId","eventType"],"properties":{)"
     R"("userId":{"type":"string","maxLength":256},)"
     R"("eventType":{"type":"string","description":"VIEW, CLICK, SCROLL, TIME_ON_PAGE, )"
     R"(ADD_TO_CART, REMOVE_FROM_CART or SEARCH, in any case."},)"
     R"("productId":{"type":"string","maxLength":256,"description":"Required but for SEARCH."},)"
     R"("sessionId":{"type":"string","maxLength":256},)"
     R"("timestamp":{"type":["integer","string"],"description":"Epoch milliseconds or RFC 3339; )"
     R"(now when absent."},)"
     R"("eventId":{"type":"string","maxLength":128,"description":"A retry with the same id counts )"
     R"(once."},)"
     R"("category":{"type":"string","maxLength":256,"examples":["electronics.laptop"]},)"
     R"("brand":{"type":"string","maxLength":128},"price":{"type":"number","minimum":0},)"
     R"("quantity":{"type":"integer","minimum":1},"durationSec":{"type":"number","minimum":0,)"
     R"("description":"Required for TIME_ON_PAGE."},"query":{"type":"string","maxLength":512,)"
     R"("description":"Required for SEARCH."},"properties":{"type":"object"}}})"},
    {"Order",
     R"({"type":"object","required":["orderId","userId"],"properties":{)"
     R"("orderId":{"type":"string","maxLength":128},"userId":{"type":"string","maxLength":256},)"
     R"("items":{"type":"array","maxItems":500,"description":"Required unless CANCELLED, when a )"
     R"(line needs no price.","items":{"type":"object","required":["productId"],)"
     R"("properties":{"productId":{"type":"string"},"quantity":{"type":"integer","minimum":1,)"
     R"("default":1},"price":{"type":"number","minimum":0,"description":"Of one piece; required )"
     R"(unless the order is CANCELLED."}}}},"totalAmount":{"type":"number","minimum":0,)"
     R"("description":"Required unless CANCELLED. It may differ from the sum of the items by what )"
     R"(rounding explains: one hundredth, and half a hundredth for each unit."},)"
     R"("status":{"type":"string","enum":["CHECKOUT","COMPLETED","CANCELLED"],)"
     R"("default":"COMPLETED"},"currency":{"type":"string"},)"
     R"("offerDecisionId":{"type":"string"},"timestamp":{"type":["integer","string"]},)"
     R"("eventId":{"type":"string","maxLength":128},"sessionId":{"type":"string","maxLength":256},)"
     R"("producerSequence":{"type":"integer","minimum":1,"description":"The line's number in the )"
     R"(batch of an X-Producer-Id."}},"if":{"not":{"required":["status"],"properties":{"status":)"
     R"({"const":"CANCELLED"}}}},"example":{"orderId":"order_789","userId":"user_42","items":)"
     R"([{"productId":"laptop_pro_2024","quantity":1,"price":1299.99}],"totalAmount":1299.99},)"
     R"("then":{"required":["items","totalAmount"],"properties":)"
     R"({"items":{"minItems":1,"items":{"required":["price"]}}}}})"},
    {"Cancel", R"({"type":"object","required":["userId"],"properties":{"userId":{"type":"string"},)"
               R"("timestamp":{"type":["integer","string"]},"eventId":{"type":"string"}}})"},
    {"RankingQuestion",
     R"({"type":"object","required":["candidates"],"properties":{"candidates":{"type":"array",)"
     R"("maxItems":1000,"description":"Product ids, or objects with a productId; named twice is )"
     R"(ranked once.","items":{"type":["string","object"]}}}})"},
    {"Outcome",
     R"({"type":"object","properties":{"reward":{"type":"number","description":"Required without )"
     R"(an outcome; 1 with one, 0 for `dismissed` and `ignored`."},)"
     R"("outcome":{"type":"string","maxLength":64},"eventId":{"type":"string"},)"
     R"("timestamp":{"type":["integer","string"]}}})"},
    {"Redemption",
     R"({"type":"object","required":["code"],"properties":{"code":{"type":"string",)"
     R"("maxLength":2048},"orderId":{"type":["string","integer"],"maxLength":128}}})"},
    {"Redeemed",
     R"({"type":"object","properties":{"message":{"const":"Redeemed!"},)"
     R"("redeemedAt":{"type":"integer"},"userId":{"type":"string"},"campaign":{"type":"string"},)"
     R"("offerId":{"type":"string"},"orderId":{"type":"string"}}})"},
    {"OfferQuestion",
     R"({"type":"object","required":["userId"],"properties":{"userId":{"type":"string",)"
     R"("maxLength":256},"campaign":{"type":"string","maxLength":128},"context":{"type":"object",)"
     R"("maxProperties":64,"additionalProperties":{"type":["string","number","boolean","null"]}},)"
     R"("after":{"type":"string"}}})"},
    {"Campaign", schema_of<campaign_settings>()},
    {"CampaignShown",
     R"({"allOf":[{"$ref":"#/components/schemas/Campaign"},{"type":"object","properties":{)"
     R"("learned":{"type":"object","properties":{"served":{"type":"number"},)"
     R"("reward":{"type":"number"},"changesNoticed":{"type":"integer"},"arms":{"type":"array",)"
     R"("items":{"type":"object","properties":{"id":{"type":"string"},"served":{"type":"number"},)"
     R"("reward":{"type":"number"},"mean":{"type":"number"},"low":{"type":"number"},)"
     R"("high":{"type":"number"}}}}}},)"
     R"("spending":{"$ref":"#/components/schemas/Spending"},"shards":{"type":"integer"},)"
     R"("shardsAnswered":{"type":"integer"}}}]})"},
    {"CampaignStored",
     R"({"allOf":[{"$ref":"#/components/schemas/Campaign"},{"type":"object","properties":{)"
     R"("message":{"const":"Stored!"}}}]})"},
    {"CampaignDeleted",
     R"({"type":"object","properties":{"message":{"const":"Deleted!"},"id":{"type":"string"}}})"},
    {"Spending",
     R"({"type":"array","description":"Of campaigns with a budget, in its unit.","items":{)"
     R"("type":"object","properties":{"campaign":{"type":"string"},"leased":{"type":"number"},)"
     R"("spent":{"type":"number"}}}})"},
    {"Evaluation",
     R"({"type":"object","properties":{"campaign":{"type":"string"},"policy":{"type":"object"},)"
     R"("decisions":{"type":"integer"},"logged":{"$ref":"#/components/schemas/Estimate"},)"
     R"("ips":{"$ref":"#/components/schemas/Estimate"},)"
     R"("snips":{"$ref":"#/components/schemas/Estimate"},)"
     R"("doublyRobust":{"$ref":"#/components/schemas/Estimate"},)"
     R"("effectiveSampleSize":{"type":"number"},"meanInversePropensity":{"type":"number"},)"
     R"("meanArms":{"type":"number"},"unsupported":{"type":"number"},)"
     R"("refused":{"type":"string"},"groups":{"type":"object"}}})"},
    {"Estimate", R"({"type":"object","properties":{"value":{"type":"number"},)"
                 R"("low":{"type":"number"},"high":{"type":"number"}}})"},
    {"Explanation",
     R"({"type":"object","properties":{"decisionId":{"type":"string"},"userId":{"type":"string"},)"
     R"("eventId":{"type":"string"},"time":{"type":"integer"},"campaign":{"type":"string"},)"
     R"("campaignVersion":{"type":"integer"},"policy":{"type":"string"},)"
     R"("group":{"type":"string","description":"Of the A/B test; empty outside of one."},)"
     R"("redeemedAt":{"type":"integer","description":"Of its unique code."},)"
     R"("expiredAt":{"type":"integer","description":"When its window closed without an outcome."},)"
     R"("known":{"type":"object"},"weighed":{"type":"array","items":{"type":"object"}},)"
     R"("draw":{"type":"number"},"chosen":{"type":"object"},"outcome":{"type":["object","null"]}}})"},
    {"Campaigns", R"({"type":"object","properties":{"campaigns":{"type":"array","items":)"
                  R"({"$ref":"#/components/schemas/Campaign"}},)"
                  R"("spending":{"$ref":"#/components/schemas/Spending"},)"
                  R"("shards":{"type":"integer"},"shardsAnswered":{"type":"integer"}}})"},
    {"Item", schema_of<item>()},
    {"Tracked",
     R"({"type":"object","required":["message","eventId","position"],"properties":{)"
     R"("message":{"const":"Tracked!"},"eventId":{"type":"string"},"position":{"type":"string"},)"
     R"("recommendations":{"$ref":"#/components/schemas/RecommendationList"}}})"},
    {"Ordered",
     R"({"type":"object","required":["message","orderId","position"],"properties":{)"
     R"("message":{"const":"Ordered!"},"orderId":{"type":"string"},"status":{"type":"string"},)"
     R"("eventId":{"type":"string"},"position":{"type":"string"}}})"},
    {"Noted",
     R"({"type":"object","required":["message","eventId"],"properties":{)"
     R"("message":{"const":"Noted!"},"eventId":{"type":"string"},)"
     R"("position":{"type":"string","description":"Absent of a duplicate."},)"
     R"("duplicate":{"type":"boolean","description":"The decision had its outcome before; )"
     R"(this one was not stored."},"reward":{"type":"number","description":"Of a )"
     R"(duplicate: what the decision keeps."}}})"},
    {"Stored", R"({"type":"object","properties":{"message":{"type":"string"},)"
               R"("productId":{"type":"string"},"position":{"type":"integer"}}})"},
    {"Erased", R"({"type":"object","properties":{"message":{"const":"Erased!"},)"
               R"("userId":{"type":"string"},"position":{"type":"string"}}})"},
    {"Resubmitted", R"({"type":"object","properties":{"resubmitted":{"type":"integer"}}})"},
    {"BatchOutcome",
     R"({"type":"object","required":["accepted","rejected","errors"],"properties":{)"
     R"("accepted":{"type":"integer"},"rejected":{"type":"integer"},"errors":{"type":"array",)"
     R"("maxItems":100,"items":{"type":"object","properties":{"line":{"type":"integer"},)"
     R"("field":{"type":"string"},"detail":{"type":"string"}}}},"position":{"type":"string"}}})"},
    {"Features", R"({"type":"object","required":["userId","features"],"properties":{)"
                 R"("userId":{"type":"string"},"features":{"type":"object","properties":{)"
                 R"("views_7d":{"type":"integer"},"purchases_30d":{"type":"integer"},)"
                 R"("avg_session_sec":{"type":"number"},"fav_categories":{"type":"array",)"
                 R"("items":{"type":"string"}},"price_sensitivity":{"type":"number"},)"
                 R"("last_active":{"type":["string","null"]}}},"segment":{"type":"string"},)"
                 R"("country":{"type":"string"},"firstSeen":{"type":["string","null"]},)"
                 R"("sessions":{"type":"integer"},"spend_30d":{"type":"number"},)"
                 R"("cartValue":{"type":"number"},"cartItems":{"type":"integer"},)"
                 R"("cartAbandonments":{"type":"integer"},"favBrands":{"type":"array",)"
                 R"("items":{"type":"string"}},"recentSearches":{"type":"array",)"
                 R"("items":{"type":"string"}},"totals":{"type":"object"},)"
                 R"("stale":{"type":"boolean"}}})"},
    {"RecommendationList",
     R"({"type":"array","items":{"type":"object","required":["productId","score","reason"],)"
     R"("properties":{"productId":{"type":"string"},"score":{"type":"number"},)"
     R"("reason":{"type":"string"},"sources":{"type":"array","items":{"type":"string"}},)"
     R"("because":{"type":"array","items":{"type":"string"},"description":"The user's items )"
     R"(behind it."},"userPref":{"type":"number"},"itemQuality":{"type":"number"},)"
     R"("recency":{"type":"number"},"diversity":{"type":"number"}}}})"},
    {"Recommendations", R"({"type":"object","required":["userId","recommendations"],"properties":{)"
                        R"("userId":{"type":"string"},)"
                        R"("recommendations":{"$ref":"#/components/schemas/RecommendationList"},)"
                        R"("stateAsOf":{"type":"string"},"engineTime":{"type":"string"},)"
                        R"("modelEpoch":{"type":"integer"},)"
                        R"("stale":{"type":"boolean"},"degraded":{"type":"boolean"}}})"},
    {"Candidates", R"({"type":"object","properties":{"userId":{"type":"string"},)"
                   R"("candidates":{"type":"array","items":{"type":"object","properties":{)"
                   R"("productId":{"type":"string"},"score":{"type":"number"},"sources":)"
                   R"({"type":"array","items":{"type":"string"}}}}},"modelEpoch":)"
                   R"({"type":"integer"},"stale":{"type":"boolean"}}})"},
    {"Ranking", R"({"type":"object","properties":{"userId":{"type":"string"},)"
                R"("ranking":{"type":"array","description":"Best first; those that are not known )"
                R"(behind.","items":{"type":"object","properties":{"productId":{"type":"string"},)"
                R"("score":{"type":"number"},"userPref":{"type":"number"},)"
                R"("itemQuality":{"type":"number"},"recency":{"type":"number"},)"
                R"("diversity":{"type":"number"},"known":{"type":"boolean"}}}},)"
                R"("weights":{"type":"object","properties":{"userPref":{"type":"number"},)"
                R"("itemQuality":{"type":"number"},"recency":{"type":"number"},)"
                R"("diversity":{"type":"number"}}},"modelEpoch":{"type":"integer"},)"
                R"("stale":{"type":"boolean"}}})"},
    {"Offer",
     R"({"type":"object","required":["userId","decisionId","campaign","propensity"],"properties":{)"
     R"("userId":{"type":"string"},"decisionId":{"type":"string"},"campaign":{"type":"string"},)"
     R"("campaignVersion":{"type":"integer"},"offerId":{"type":"string","description":"Absent, as )"
     R"(type, code, terms and value are, for the holdout, to which nothing is offered."},)"
     R"("type":{"type":"string"},"code":{"type":"string"},"terms":{"type":"string"},)"
     R"("value":{"type":"number"},"codeExpires":{"type":"integer"},)"
     R"("propensity":{"type":"number","exclusiveMinimum":0,"maximum":1},)"
     R"("policy":{"type":"string"},"group":{"type":"string"},"position":{"type":"string"},)"
     R"("stale":{"type":"boolean"}}})"},
    {"TriggerRule", schema_of<trigger_rule_settings>()},
    {"TriggerRuleShown",
     R"({"allOf":[{"$ref":"#/components/schemas/TriggerRule"},{"type":"object","properties":{)"
     R"("version":{"type":"integer"},"origin":{"type":"string","enum":["configuration",)"
     R"("api"]}}}]})"},
    {"TriggerRules", R"({"type":"object","properties":{"rules":{"type":"array","items":)"
                     R"({"$ref":"#/components/schemas/TriggerRuleShown"}}}})"},
    {"DeletedRule", R"({"type":"object","properties":{"deleted":{"type":"string"}}})"},
    {"Trigger",
     R"({"type":"object","required":["id","userId","rule","kind","step","reason"],"properties":{)"
     R"("id":{"type":"string"},"userId":{"type":"string"},"rule":{"type":"string"},)"
     R"("ruleVersion":{"type":"integer"},"kind":{"type":"string"},"step":{"type":"integer"},)"
     R"("time":{"type":"string"},"due":{"type":"string"},"reason":{"type":"string"},)"
     R"("items":{"type":"array","items":)" +
       schema_of<trigger_item>() +
       R"(},"offer":{"type":["object","null"]},"because":{"type":"array","items":)" +
       schema_of<trigger_cause>() +
       R"(},"targets":{"type":"array","items":{"type":"string"}},)"
       R"("deliveries":{"type":"array","items":)" +
       schema_of<delivery_state>() + R"(},"conversion":{"type":["object","null"]}}})"},
    {"Triggers", R"({"type":"object","required":["triggers","targets","counts"],"properties":{)"
                 R"("triggers":{"type":"array","items":{"$ref":"#/components/schemas/Trigger"}},)"
                 R"("targets":{"type":"array","items":)" +
                   schema_of<webhook_status>() + R"(},"counts":{"type":"object"}}})"},
    {"DryRun",
     R"({"type":"object","required":["userId","now","armed"],"properties":{)"
     R"("userId":{"type":"string"},"engineTime":{"type":"string"},"consent":{"type":"string"},)"
     R"("timeZone":{"type":"string"},"now":{"type":"array","items":{"type":"object"}},)"
     R"("armed":{"type":"array","items":{"type":"object","properties":{)"
     R"("rule":{"type":"string"},"kind":{"type":"string"},"step":{"type":"integer"},)"
     R"("due":{"type":"string"},"inSeconds":{"type":"number"},"fires":{"type":"boolean"},)"
     R"("hindrance":{"type":"string"},"detail":{"type":"string"}}}},)"
     R"("contacts":{"type":"array","items":{"type":"object"}}}})"},
    {"WhatIf", R"({"type":"object","required":["events"],"properties":{"events":{"type":"array",)"
               R"("maxItems":100,"description":"Activities and orders; userId may be left out.",)"
               R"("items":{"anyOf":[{"$ref":"#/components/schemas/Activity"},)"
               R"({"$ref":"#/components/schemas/Order"}]}}}})"},
    {"Imagined", R"({"type":"object","required":["userId","features","recommendations","timers"],)"
                 R"("properties":{"userId":{"type":"string"},"applied":{"type":"integer"},)"
                 R"("duplicates":{"type":"integer"},"engineTime":{"type":"string"},)"
                 R"("features":{"$ref":"#/components/schemas/Features"},)"
                 R"("recommendations":{"$ref":"#/components/schemas/RecommendationList"},)"
                 R"("offer":{"type":["object","null"]},"timers":{"type":"array",)"
                 R"("items":{"type":"object"}}}})"},
    {"ItemShown",
     R"({"allOf":[{"$ref":"#/components/schemas/Item"},{"type":"object","properties":{"counts":)"
     R"({"type":"object","properties":{"views":{"type":"number"},"carts":{"type":"number"},)"
     R"("purchases":{"type":"number"},"lastSeen":{"type":"integer"}}}}}]})"},
    {"Shards", R"({"type":"object","properties":{"shards":{"type":"array","items":{"allOf":[)" +
                 schema_of<shard_status>() + R"(,{"type":"object","properties":{"restore":)" +
                 schema_of<storage::shard_restore>() + R"(,"error":{"type":"string"}}}]}}}})"},
    {"Kafka",
     R"({"type":"object","properties":{"brokers":{"type":"array","items":{"type":"object"}},)"
     R"("producers":{"type":"array","items":{"type":"object"}},)"
     R"("lags":{"type":"array","items":{"type":"object"}},)"
     R"("groups":{"type":"array","items":{"type":"object"}},"transactions":)" +
       schema_of<durations>() + R"(,"aborted":{"type":"integer"},"replaced":{"type":"integer"}}})"},
    {"ProcessorStatus",
     R"({"allOf":[)" + schema_of<processor_status>() +
       R"(,{"type":"object","properties":{"partitions":{"type":"array","items":)" +
       schema_of<processor_status>() + R"(},"withoutAnswer":{"type":"integer"}}}]})"},
    {"DeadLetters",
     R"({"type":"object","properties":{"deadLetters":{"type":"array","items":{"type":"object",)"
     R"("properties":{"offset":{"type":"integer"},"time":{"type":"integer"},)"
     R"("userId":{"type":"string"},"reason":{"type":"string"},"detail":{"type":"string"},)"
     R"("topic":{"type":"string"},"partition":{"type":"string"},"sourceOffset":)"
     R"({"type":"string"},"original":{"type":"string"}}}},"kept":{"type":"integer"},)"
     R"("total":{"type":"integer","description":"Records that the topic ever had."}}})"},
    {"State", R"({"type":"object","required":["status"],"properties":{)"
              R"("status":{"type":"string"},"detail":{"type":"string"},)"
              R"("dataId":{"type":"string","description":"Of what the node keeps."}}})"},
    {"Anything", R"({"type":"object"})"},
    {"Problem",
     R"({"type":"object","required":["type","title","status","detail","code"],"properties":{)"
     R"("type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},)"
     R"("detail":{"type":"string"},"code":{"type":"string"},"field":{"type":"string"},)"
     R"("line":{"type":"integer","description":"Of the body, where `field` is."},)"
     R"("redeemedAt":{"type":"integer","description":"Of a code that was redeemed before."}}})"}};
  return all;
}

} // namespace riq::gateway
