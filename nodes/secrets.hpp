#pragma once
// The secret that signs offer decisions. It outlives the process, as the tokens do.

#include <string>

#include "config/settings.hpp"
#include "messages/error.hpp"

namespace riq {

/// `auth.token_secret` when it is set; else the content of `token.secret` in the data directory,
/// which is made of 32 random bytes, readable by its owner only, when it is missing.
result<std::string> token_secret(const settings& s);

} // namespace riq
