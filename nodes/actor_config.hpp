#pragma once
// CAF's own configuration, out of ours.

#include <caf/actor_system_config.hpp>

#include "config/settings.hpp"

namespace riq {

class actor_config : public caf::actor_system_config {
 public:
  /// With `links` the system can reach other nodes.
  actor_config(const node_settings& node, bool links);
};

} // namespace riq
