#pragma once
// The table of routes, one function for each area.

#include "gateway/backend.hpp"
#include "gateway/route.hpp"

#include <vector>

namespace riq::gateway {

void add_activity_routes(std::vector<route>& to, backend& with);
void add_order_routes(std::vector<route>& to, backend& with);
void add_feature_routes(std::vector<route>& to, backend& with);
void add_retrieval_routes(std::vector<route>& to, backend& with);
void add_ranking_routes(std::vector<route>& to, backend& with);
void add_recommendation_routes(std::vector<route>& to, backend& with);
void add_offer_routes(std::vector<route>& to, backend& with);
void add_redeem_routes(std::vector<route>& to, backend& with);
void add_campaign_routes(std::vector<route>& to, backend& with);
void add_trigger_routes(std::vector<route>& to, backend& with);
void add_what_if_routes(std::vector<route>& to, backend& with);
void add_item_routes(std::vector<route>& to, backend& with);
void add_inspect_routes(std::vector<route>& to, backend& with);
void add_stream_routes(std::vector<route>& to, backend& with);
void add_user_routes(std::vector<route>& to, backend& with);
void add_event_processor_routes(std::vector<route>& to, backend& with);
void add_analytics_routes(std::vector<route>& to, backend& with);
void add_health_routes(std::vector<route>& to, backend& with);
void add_document_route(std::vector<route>& to, backend& with);
void add_page_routes(std::vector<route>& to, backend& with);

/// All of them; of a node without the role `gateway` those for operators. The handlers keep a
/// reference to `with`.
std::vector<route> all_routes(backend& with);

} // namespace riq::gateway
