#include "gateway/routes/routes.hpp"

namespace riq::gateway {
namespace {

void add_client_routes(std::vector<route>& to, backend& with) {
  add_activity_routes(to, with);
  add_order_routes(to, with);
  add_feature_routes(to, with);
  add_retrieval_routes(to, with);
  add_ranking_routes(to, with);
  add_recommendation_routes(to, with);
  add_offer_routes(to, with);
  add_redeem_routes(to, with);
  add_campaign_routes(to, with);
  add_trigger_routes(to, with);
  add_what_if_routes(to, with);
  add_item_routes(to, with);
  add_user_routes(to, with);
  add_analytics_routes(to, with);
  add_stream_routes(to, with);
}

} // namespace

std::vector<route> all_routes(backend& with) {
  const bool for_clients = with.with().config.node.has_role("gateway");
  std::vector<route> out;
  if (for_clients) add_client_routes(out, with);
  add_inspect_routes(out, with);
  add_event_processor_routes(out, with);
  add_health_routes(out, with);
  add_document_route(out, with);
  if (for_clients) add_page_routes(out, with);
  return out;
}

} // namespace riq::gateway
