#pragma once
// What nodes send each other: questions to another node's shards and their users, many in one
// message, and who owns which shard. Questions and answers travel as msgpack, so that they evolve
// as everything that is stored does.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"
#include "messages/analytics.hpp"
#include "messages/questions.hpp"

namespace riq {

/// What can be asked of another node; the place in the list is wire format, so it only grows.
using remote_kinds =
  std::tuple<recommend, retrieve, rank, get_features, choose_offer, export_user, inspect_user,
             dry_run, what_if, ask_analytics, look_up_decision, get_budgets>;

struct remote_question {
  std::uint64_t number = 0; ///< the asker's
  std::int32_t partition = 0;
  std::uint32_t kind = 0; ///< place in `remote_kinds`
  std::string body;
  static constexpr auto fields() {
    using s = remote_question;
    return std::tuple{field("number", &s::number), field("partition", &s::partition),
                      field("kind", &s::kind), field("body", &s::body)};
  }
};

struct remote_answer {
  std::uint64_t number = 0;
  std::uint32_t code = 0; ///< an `ec`; 0: `body` is the answer
  std::string field_name;
  std::string detail;
  std::string body; ///< JSON of an `answer`, msgpack of anything else
  static constexpr auto fields() {
    using s = remote_answer;
    return std::tuple{field("number", &s::number), field("code", &s::code),
                      field("field", &s::field_name), field("detail", &s::detail),
                      field("body", &s::body)};
  }
};

struct question_batch {
  std::vector<remote_question> questions;
  static constexpr auto fields() {
    return std::tuple{field("questions", &question_batch::questions)};
  }
};

struct answer_batch {
  std::vector<remote_answer> answers;
  static constexpr auto fields() { return std::tuple{field("answers", &answer_batch::answers)}; }
};

/// A record of `shard-owners` under the partition's number: who answers for its users. The newest
/// record holds; a node that gives a shard up says so under its own endpoint only.
struct shard_owner {
  std::int32_t partition = 0;
  std::string endpoint; ///< HOST:PORT of the node's desk
  bool ready = false;   ///< false: it was given up
  static constexpr auto fields() {
    using s = shard_owner;
    return std::tuple{field("partition", &s::partition), field("endpoint", &s::endpoint),
                      field("ready", &s::ready)};
  }
};

} // namespace riq
