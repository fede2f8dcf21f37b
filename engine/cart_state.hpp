#pragma once
// What is in a user's cart, and what it takes to keep it right when its events come in disorder.
// The transitions are in cart.cpp.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"
#include "messages/rare.hpp"

namespace riq {

struct cart_line {
  std::string product_id;
  std::uint32_t quantity = 1;
  double price = 0;
  std::int64_t time = 0; ///< of the last change
  static constexpr auto fields() {
    return std::tuple{field("productId", &cart_line::product_id),
                      field("quantity", &cart_line::quantity), field("price", &cart_line::price),
                      field("time", &cart_line::time)};
  }
};

/// That a product was taken out: additions from before may still come.
struct cart_removal {
  std::uint64_t product = 0; ///< hash
  std::int64_t time = 0;     ///< of the newest one
  std::uint32_t missing = 0; ///< pieces that were taken out and have not been put in
  static constexpr auto fields() {
    return std::tuple{field("product", &cart_removal::product), field("time", &cart_removal::time),
                      field("missing", &cart_removal::missing)};
  }
};

struct cart {
  std::vector<cart_line> lines;
  std::int64_t updated = 0;   ///< time of the last cart event, 0: never
  std::int64_t cleared = 0;   ///< time of the last completed order: older cart events are void
  std::int64_t abandoned = 0; ///< the `updated` that was found abandoned, 0: none
  std::uint32_t abandonments = 0;
  std::int64_t left = 0; ///< the user's last activity before it was found abandoned, 0: not told
  rare<std::vector<cart_removal>> removals;
  static constexpr auto fields() {
    return std::tuple{field("lines", &cart::lines),
                      field("updated", &cart::updated),
                      field("cleared", &cart::cleared),
                      field("abandoned", &cart::abandoned),
                      field("abandonments", &cart::abandonments),
                      field("left", &cart::left),
                      field("removals", &cart::removals)};
  }
};

} // namespace riq
