#pragma once
// /openapi.json, made from the table of routes that runs, so that it cannot tell anything else.

#include "gateway/route.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riq::gateway {

/// An OpenAPI 3.1 document.
std::string openapi_document(const std::vector<route>& routes);

/// The schemas that routes name: name and JSON schema. In openapi_schemas.cpp.
const std::vector<std::pair<std::string, std::string>>& openapi_schemas();

} // namespace riq::gateway
