#pragma once
// The records of `session-updates` that tell what a batch of events changed.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/item.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "storage/event_log.hpp"

namespace riq {

/// Brokers take records of up to about a million bytes, unless they are told otherwise. The updates
/// of one offset, which may be more than this, stay far below: an order has at most 500 lines.
inline constexpr std::size_t update_record_bytes = std::size_t{256} << 10;

/// Those of `updates`, in the order of their offsets, that are told. Those of one offset are in one
/// record, as a reader takes an offset it has met for one that it has.
inline void add_update_records(std::vector<storage::outgoing_record>& to,
                               const std::vector<numbered_update>& updates,
                               const std::vector<bool>& told, std::int32_t partition,
                               std::int64_t now) {
  const auto add = [&](std::uint32_t count, std::string_view packed) {
    msgpack::sbuffer head{8};
    msgpack_writer{head}.pack_array(count);
    auto& r = to.emplace_back();
    r.topic = topics::session_updates;
    r.partition = partition;
    r.timestamp = now;
    r.value.reserve(head.size() + packed.size());
    r.value.append(head.data(), head.size()).append(packed);
  };
  msgpack::sbuffer packed;
  msgpack_writer p{packed};
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < updates.size();) {
    const auto before = packed.size();
    const auto had = count;
    for (const auto offset = updates[i].offset; i < updates.size() && updates[i].offset == offset;
         ++i) {
      if (!told[i]) continue;
      pack(p, updates[i]);
      ++count;
    }
    if (had == 0 || packed.size() <= update_record_bytes) continue;
    add(had, {packed.data(), before});
    const std::string rest{packed.data() + before, packed.size() - before};
    packed.clear();
    packed.write(rest.data(), rest.size());
    count -= had;
  }
  if (count > 0) add(count, {packed.data(), packed.size()});
}

} // namespace riq
