#include "nodes/commands/demo/shop_client.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include <simdjson.h>

#include "messages/json.hpp"
#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

/// Waits in small steps, so that an interrupt ends it soon.
void pause(std::chrono::milliseconds length) {
  const auto end = std::chrono::steady_clock::now() + length;
  while (!interrupted() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::min(length, std::chrono::milliseconds{50}));
}

} // namespace

/// The body of a good answer, empty for a refusal or an interrupt.
std::string shop_client::call(std::string_view method, const std::string& target,
                              std::string_view body, std::string_view type) {
  auto wait = std::chrono::milliseconds{250};
  bool told = false;
  while (!interrupted()) {
    const auto answer = client_.send(
      {.method = method, .target = target, .body = body, .type = type, .client = address_});
    if (answer && answer->ok()) {
      if (told) std::cout << "the node answers again" << std::endl;
      return answer->body;
    }
    const bool busy = answer && (answer->status == 429 || answer->status == 503);
    if (answer && !busy) {
      if (++counts_.refused <= 5)
        std::cerr << method << ' ' << target << ": " << reason_of(*answer) << std::endl;
      return {};
    }
    if (!told && wait > std::chrono::seconds{1})
      std::cout << "waiting for the node: " << (answer ? reason_of(*answer) : answer.error().detail)
                << std::endl,
        told = true;
    pause(wait);
    wait = std::min(wait * 2, std::chrono::milliseconds{5'000});
  }
  return {};
}

void shop_client::put_items(const std::vector<product>& products) {
  constexpr std::size_t in_request = 200;
  for (std::size_t from = 0; from < products.size(); from += in_request) {
    std::string lines;
    for (std::size_t i = from; i < std::min(from + in_request, products.size()); ++i)
      (lines += to_json(products[i].entry)) += '\n';
    call("POST", "/api/items/batch", lines, "application/x-ndjson");
  }
}

void shop_client::activity(std::string_view json) {
  ++counts_.events;
  call("POST", "/api/users/activity", json);
}

void shop_client::order(std::string_view json) {
  ++counts_.events;
  call("POST", "/api/orders/place", json);
}

void shop_client::cancel(std::string_view order_id, std::string_view user_id) {
  ++counts_.events;
  call("POST", "/api/orders/" + escape_segment(order_id) + "/cancel",
       render_json([&](json_writer& w) {
         w.StartObject();
         json_member(w, "userId", user_id);
         w.EndObject();
       }));
}

void shop_client::outcome(std::string_view decision_id, std::string_view outcome, double reward) {
  call("POST", "/api/offers/" + escape_segment(decision_id) + "/outcome",
       render_json([&](json_writer& w) {
         w.StartObject();
         json_member(w, "outcome", outcome);
         json_member(w, "reward", reward);
         w.EndObject();
       }));
}

std::vector<std::string> shop_client::recommendations(std::string_view user_id) {
  ++counts_.recommendations;
  const auto body =
    call("GET", "/api/recommendations/" + escape_segment(user_id) + "?limit=10", {});
  std::vector<std::string> ids;
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (parser.parse(body)["recommendations"].get(list) != simdjson::SUCCESS) return ids;
  for (const simdjson::dom::element each : list) {
    std::string_view id;
    if (each["productId"].get(id) == simdjson::SUCCESS) ids.emplace_back(id);
  }
  return ids;
}

shown_offer shop_client::offer(std::string_view user_id) {
  ++counts_.offers;
  const auto body = call("GET", "/api/offers/" + escape_segment(user_id), {});
  shown_offer offer;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view text;
  if (parser.parse(body).get(root) != simdjson::SUCCESS) return offer;
  if (root["decisionId"].get(text) == simdjson::SUCCESS) offer.decision_id = text;
  if (root["type"].get(text) == simdjson::SUCCESS) offer.free_shipping = text == "free_shipping";
  double value = 0;
  if (root["value"].get(value) == simdjson::SUCCESS) offer.value = value;
  return offer;
}

} // namespace riq::commands
