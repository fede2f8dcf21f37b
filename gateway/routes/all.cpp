#include "gateway/routes/routes.hpp"

namespace riq::gateway {

std::vector<route> all_routes(backend& with) {
  std::vector<route> out;
  add_activity_routes(out, with);
  add_order_routes(out, with);
  add_feature_routes(out, with);
  add_retrieval_routes(out, with);
  add_ranking_routes(out, with);
  add_recommendation_routes(out, with);
  add_offer_routes(out, with);
  add_redeem_routes(out, with);
  add_campaign_routes(out, with);
  add_trigger_routes(out, with);
  add_what_if_routes(out, with);
  add_item_routes(out, with);
  add_inspect_routes(out, with);
  add_user_routes(out, with);
  add_event_processor_routes(out, with);
  add_analytics_routes(out, with);
  add_stream_routes(out, with);
  add_health_routes(out, with);
  add_page_routes(out, with);
  return out;
}

} // namespace riq::gateway
