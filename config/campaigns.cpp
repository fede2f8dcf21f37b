#include "config/settings.hpp"

namespace riq {

std::vector<campaign_settings> settings::defaults_campaigns() {
  campaign_settings c;
  c.arms = {
    {.id = "save10",
     .type = offer_type::discount_code,
     .code = "SAVE10",
     .terms = "10 % off your order",
     .value = 10,
     .cost = 8},
    {.id = "freeship",
     .type = offer_type::free_shipping,
     .code = "FREESHIP",
     .terms = "Free shipping on this order",
     .value = 0,
     .cost = 5},
    {.id = "bundle15",
     .type = offer_type::bundle_deal,
     .code = "BUNDLE15",
     .terms = "15 % off when you buy two or more",
     .value = 15,
     .cost = 10},
    {.id = "flash20",
     .type = offer_type::flash_sale,
     .code = "FLASH20",
     .terms = "20 % off for the next two hours",
     .value = 20,
     .cost = 15},
  };
  return {c};
}

} // namespace riq
