#pragma once
// From the log's threads into an actor's mailbox.

#include <cstdint>
#include <memory>
#include <utility>

#include <caf/send.hpp>

#include "messages/local.hpp"
#include "storage/event_log.hpp"

namespace riq {

/// What a subscription calls: `to` gets each batch or failure as a `log_delivery`.
template <class Actor>
storage::batch_sink deliver_to(Actor to, int slot = 0, std::uint64_t subscription = 0) {
  return [to = std::move(to), slot, subscription](result<record_batch> batch) {
    caf::anon_send(to, log_delivery{slot, std::make_shared<result<record_batch>>(std::move(batch)),
                                    subscription});
  };
}

} // namespace riq
