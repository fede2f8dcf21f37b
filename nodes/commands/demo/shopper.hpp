#pragma once
// One person of the demo shop: stable tastes, and sessions in which they search, look, compare,
// fill a cart, and buy or leave.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nodes/commands/demo/catalogue.hpp"
#include "nodes/commands/demo/shop_client.hpp"

namespace riq::commands {

class shopper {
 public:
  /// The same number and seed make the same person.
  shopper(const catalogue& shop, std::uint64_t seed, std::size_t number);

  /// Comes back to the shop at this hour of the day, [0, 24).
  void begin_session(double hour);
  bool in_session() const { return session_.has_value(); }
  /// Does the next thing, one to three calls. May end the session.
  void step(shop_client& shop);

  const std::string& id() const { return id_; }

 private:
  struct visit {
    std::string id;
    std::size_t shelf = 0;
    int looks_left = 0;      ///< products still to look at
    bool opening = true;     ///< nothing looked at yet
    std::size_t looking = 0; ///< the product, and what is still to do on its page
    enum class stage : std::uint8_t { choose, page, decide, checkout, pay } next = stage::choose;
    shown_offer offer;
    std::string order_id;
    std::vector<std::size_t> recommended;
  };

  void choose(shop_client& shop);
  void stay_on_page(shop_client& shop);
  void decide(shop_client& shop);
  void check_out(shop_client& shop);
  void pay(shop_client& shop);

  double liking(const product& p) const;
  std::size_t choose_shelf(double hour);
  std::size_t browse_shelf();
  std::string activity(std::string_view type, const product* p, double seconds = 0,
                       std::string_view query = {});
  std::string order(std::string_view status);

  const catalogue& shop_;
  random_source random_;
  std::string id_;
  std::string address_;                  ///< IPv4, somewhere in the world
  std::vector<double> taste_;            ///< of each shelf
  std::map<std::string, double> brands_; ///< loyalty, -1 to 1
  double thrift_ = 0;                    ///< 0 pays anything, 1 looks for the cheapest
  double likes_discounts_ = 0;           ///< how much each kind of offer helps, which bandits learn
  double likes_free_shipping_ = 0;
  std::uint64_t sessions_ = 0;
  std::uint64_t events_ = 0;
  std::map<std::size_t, std::uint32_t> cart_; ///< kept between sessions
  std::optional<visit> session_;
};

} // namespace riq::commands
