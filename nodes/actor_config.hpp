#pragma once
// CAF's own configuration, out of ours.

#include <caf/actor_system_config.hpp>

#include "config/settings.hpp"

namespace riq {

/// Whether the node asks others, or is asked by them.
bool has_links(const settings& config);

class actor_config : public caf::actor_system_config {
 public:
  explicit actor_config(const settings& config);
};

} // namespace riq
