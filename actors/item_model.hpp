#pragma once
// Keeps the node's item model: follows `item-updates` and `session-updates` from their oldest kept
// record, and publishes an epoch whenever something changed. The only writer of the model.
//
// Lifecycle: ready once it reached the ends that it found at its start; it publishes while it
// restores too, so that answers grow better as it goes.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/context.hpp"
#include "actors/left_right.hpp"
#include "engine/model_source.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct model_config {
  std::shared_ptr<const settings> config;
  std::shared_ptr<storage::event_log> log;
  std::shared_ptr<engine::model_source> source;
};

/// What one record of the log does to the model. The first copy that it is applied to takes the
/// lessons, the second has their outcome: they cost more than the rest.
struct model_change {
  std::vector<session_update> updates;
  std::optional<engine::calibration> learned; ///< by the first copy, with these updates
  item put;
  std::string removed; ///< product id
  std::int64_t removed_at = 0;
  enum class what : std::uint8_t { updates, put, removed } kind = what::updates;
  void apply_to(engine::shared_model& model);
};

struct model_state {
  static inline const char* name = "item_model";

  explicit model_state(model_actor::pointer self) : self(self) {}

  void start(model_config c);
  void delivered(const log_delivery& d);
  void tick();
  void look_again(); ///< with a tick, if anything waits for one
  void publish();    ///< an epoch, if anything changed and the last one is old enough
  caf::result<answer> item_of(const get_item& question);
  model_status status() const;

  /// One followed partition.
  struct follower {
    topic_partition where;
    bool items = false;
    std::int64_t next = 0;
    std::int64_t end_at_start = 0;
    std::int64_t end = 0;
    std::int64_t seen_offset = -1; ///< newest processed event behind the updates taken
    std::int64_t follow_again = 0; ///< steady ms, after reading failed
    std::unique_ptr<storage::subscription> following;
  };
  struct waiting_question {
    get_item question;
    std::int64_t deadline = 0;
    caf::typed_response_promise<answer> promise;
  };

  void follow(std::string_view topic, bool items);
  void listen(std::size_t slot);
  void take_updates(follower& f, const log_record& record);
  void take_item(const log_record& record);
  bool holds(const get_item& question);
  void answer_item(const get_item& question, caf::typed_response_promise<answer>& promise);
  std::int64_t steady_now() const;

  model_actor::pointer self;
  model_config config;
  std::unique_ptr<left_right<engine::shared_model, model_change>> models;
  std::vector<std::shared_ptr<follower>> followers;
  std::vector<waiting_question> waiting;
  std::int64_t newest_time = 0;
  std::int64_t last_publication = 0;
  bool looking = false; ///< a tick is under way
  model_status counts;
};

model_actor::behavior_type item_model(model_actor::stateful_pointer<model_state> self,
                                      model_config config);

} // namespace riq
