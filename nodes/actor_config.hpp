#pragma once
// CAF's own configuration, out of ours.

#include <caf/actor_system_config.hpp>

#include "config/settings.hpp"

namespace riq {

class actor_config : public caf::actor_system_config {
 public:
  explicit actor_config(const node_settings& node);
};

} // namespace riq
