#pragma once
// Which user agents are crawlers.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <re2/set.h>

#include "messages/error.hpp"

namespace riq::engine {

/// Compiled patterns; immutable, so any number of threads may match at once.
class bot_patterns {
 public:
  /// From the text of crawler-user-agents' JSON file: a list of objects with a `pattern`. Patterns
  /// that match an HTTP library (curl, python-requests, …) are left out: a shop's backend posts
  /// with one, which makes it no crawler. Patterns RE2 cannot compile are skipped and counted. An
  /// error when the text is no such list or none of it can be used.
  static result<std::shared_ptr<const bot_patterns>> from_json(std::string_view text);

  /// The few patterns that name themselves, for a node without the file.
  static std::shared_ptr<const bot_patterns> built_in();

  bool matches(std::string_view user_agent) const;
  std::size_t count() const { return count_; }
  std::size_t skipped() const { return skipped_; }

 private:
  bot_patterns();
  bool add(std::string_view pattern);
  bool compile();

  re2::RE2::Set set_;
  std::size_t count_ = 0;
  std::size_t skipped_ = 0;
};

/// The patterns with a memory of the agents met, so that a repeated agent costs a hash. The memory
/// has a fixed size and forgets the older of two agents that share a slot. One owner, no locks.
class bot_filter {
 public:
  explicit bot_filter(std::shared_ptr<const bot_patterns> patterns, std::size_t remembered = 4'096);

  /// An empty agent is no bot: servers and foreign producers send none.
  bool is_bot(std::string_view user_agent);

 private:
  struct verdict {
    std::uint64_t agent = 0;
    bool bot = false;
  };
  std::shared_ptr<const bot_patterns> patterns_;
  std::vector<verdict> verdicts_;
};

} // namespace riq::engine
