#pragma once
// The files with which nodes prove to each other who they are. CAF finds what is wrong with them at
// the first connection only, and throws then; so they are looked at before.

#include "config/settings.hpp"
#include "messages/error.hpp"

namespace riq {

/// Names the setting whose file cannot be used, and why. Reads the files.
error check_link_tls(const link_tls_settings& files);

} // namespace riq
