#pragma once
// Keeps the campaigns in force on this node. The configured ones are the first; what is put or
// deleted at run time comes through `campaign-updates`, which every node follows, so that all hold
// the same. A campaign's version is the place of its edition in that topic, so all call it the same
// without asking each other.
//
// Lifecycle: publishes the configured campaigns at its start and reads the topic from its
// beginning.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <caf/typed_response_promise.hpp>

#include "config/settings.hpp"
#include "engine/bandit/campaign.hpp"
#include "engine/model_source.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct campaigns_config {
  std::shared_ptr<const settings> config;
  std::shared_ptr<storage::event_log> log;
  std::shared_ptr<engine::campaign_source> source;
  std::shared_ptr<const engine::model_source> model; ///< for what was learned
  bool ticking = true;
};

/// Names the configured campaign that is wrong, and where.
error validate(const campaigns_config& config);

struct campaigns_state {
  static inline const char* name = "campaigns";

  explicit campaigns_state(campaigns_actor::pointer self) : self(self) {}

  void start(campaigns_config c);
  void follow();
  void delivered(const log_delivery& d);
  void take(const log_record& record);
  caf::result<answer> put(const put_campaign& command);
  caf::result<answer> remove(const remove_campaign& command);
  void appended(const append_outcome& outcome);
  caf::result<answer> shown(const get_campaign& question) const;
  answer list() const;
  void tick();

  /// What a caller waits for: the edition at `offset` in force, then this answer.
  struct waiting {
    std::string id;
    caf::typed_response_promise<answer> promise;
  };
  caf::result<answer> store(const std::string& id, std::string value);
  void answer_one(waiting& w) const;

  campaigns_actor::pointer self;
  campaigns_config config;
  engine::campaign_set set;
  std::unique_ptr<storage::subscription> following;
  std::map<std::uint64_t, waiting> appending;  ///< by tag
  std::multimap<std::int64_t, waiting> stored; ///< by offset, until it is read
  std::uint64_t next_tag = 0;
  std::int64_t next = 0; ///< offset to read
};

campaigns_actor::behavior_type campaigns(campaigns_actor::stateful_pointer<campaigns_state> self,
                                         campaigns_config config);

} // namespace riq
