#pragma once
// The demo's calls of a node. A node that is away is waited for: the same call is sent again, which
// is harmless because every event carries its id.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/commands/demo/catalogue.hpp"
#include "nodes/commands/http_client.hpp"

namespace riq::commands {

/// What the demo has done so far.
struct demo_counts {
  std::uint64_t events = 0;
  std::uint64_t orders = 0;
  std::uint64_t recommendations = 0; ///< lists asked for
  std::uint64_t followed = 0;        ///< views of an item out of such a list
  std::uint64_t offers = 0;
  std::uint64_t offers_taken = 0;
  std::uint64_t refused = 0; ///< calls that the node answered with an error
};

struct shown_offer {
  std::string decision_id;
  double value = 0;
  bool free_shipping = false;
};

class shop_client {
 public:
  explicit shop_client(node_address node) : client_(std::move(node)) {}

  /// The calls that follow are made for a client with this address. Nodes believe it when this
  /// machine is among their http.trusted_proxies.
  void act_for(std::string_view address) { address_ = address; }

  /// Each returns once the node has answered, or when the process is told to stop.
  void put_items(const std::vector<product>& products);
  void activity(std::string_view json);
  void order(std::string_view json);
  void cancel(std::string_view order_id, std::string_view user_id);
  void outcome(std::string_view decision_id, std::string_view outcome, double reward);
  std::vector<std::string> recommendations(std::string_view user_id);
  /// Empty decision id: there was none.
  shown_offer offer(std::string_view user_id);

  const demo_counts& counts() const { return counts_; }
  demo_counts& counts() { return counts_; }

 private:
  std::string call(std::string_view method, const std::string& target, std::string_view body,
                   std::string_view type = "application/json");

  http_client client_;
  std::string address_;
  demo_counts counts_;
};

} // namespace riq::commands
