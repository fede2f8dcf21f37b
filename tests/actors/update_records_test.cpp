// Records of `session-updates` fit a broker, and never divide what one event told.
#include "actors/update_records.hpp"

#include <set>

#include <gtest/gtest.h>

namespace riq::testing {
namespace {

numbered_update touched(std::int64_t offset, std::size_t name_bytes) {
  numbered_update out;
  out.offset = offset;
  out.update.product_id = std::string(name_bytes, 'p');
  out.update.time = offset;
  return out;
}

std::vector<storage::outgoing_record> records_of(const std::vector<numbered_update>& updates,
                                                 const std::vector<bool>& told) {
  std::vector<storage::outgoing_record> out;
  add_update_records(out, updates, told, 3, 77);
  return out;
}

std::vector<storage::outgoing_record> records_of(const std::vector<numbered_update>& updates) {
  return records_of(updates, std::vector<bool>(updates.size(), true));
}

std::vector<std::vector<numbered_update>>
lists_in(const std::vector<storage::outgoing_record>& records) {
  std::vector<std::vector<numbered_update>> out;
  for (const auto& r : records) out.push_back(*from_msgpack<std::vector<numbered_update>>(r.value));
  return out;
}

TEST(update_records, few_updates_are_one_record) {
  const std::vector updates{touched(1, 5), touched(1, 6), touched(4, 7)};
  const auto records = records_of(updates);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].topic, topics::session_updates);
  EXPECT_EQ(records[0].partition, 3);
  EXPECT_EQ(records[0].timestamp, 77);
  EXPECT_EQ(records[0].value, to_msgpack(updates));
  EXPECT_TRUE(records_of({}).empty());
}

TEST(update_records, leaves_out_what_is_not_told) {
  const std::vector updates{touched(1, 5), touched(1, 6), touched(4, 7)};
  const auto lists = lists_in(records_of(updates, {true, false, true}));
  ASSERT_EQ(lists.size(), 1U);
  EXPECT_EQ(to_msgpack(lists[0]), to_msgpack(std::vector{updates[0], updates[2]}));
  EXPECT_TRUE(records_of(updates, {false, false, false}).empty());
}

TEST(update_records, many_updates_are_records_that_fit_in_the_order_of_offsets) {
  std::vector<numbered_update> updates;
  for (std::int64_t offset = 0; offset < 8'192; ++offset) updates.push_back(touched(offset, 200));
  const auto records = records_of(updates);
  EXPECT_GE(records.size(), 8U);
  for (const auto& r : records) EXPECT_LE(r.value.size(), update_record_bytes + 8);
  std::vector<numbered_update> all;
  for (const auto& list : lists_in(records)) all.insert(all.end(), list.begin(), list.end());
  EXPECT_EQ(to_msgpack(all), to_msgpack(updates));
}

TEST(update_records, what_one_event_told_is_in_one_record) {
  std::vector<numbered_update> updates;
  for (std::int64_t offset = 0; offset < 60; ++offset)
    for (int line = 0; line < (offset % 7 == 3 ? 500 : 100); ++line)
      updates.push_back(touched(offset, 600));
  const auto lists = lists_in(records_of(updates));
  std::set<std::int64_t> met;
  std::size_t count = 0;
  for (const auto& list : lists) {
    std::set<std::int64_t> here;
    for (const auto& u : list) here.insert(u.offset);
    for (const auto offset : here) EXPECT_TRUE(met.insert(offset).second) << offset;
    count += list.size();
  }
  EXPECT_EQ(count, updates.size());
  EXPECT_EQ(met.size(), 60U);
}

} // namespace
} // namespace riq::testing
