// The layout of record batches, keys and checksums (docs/formats-embedded.md).

#include "storage/embedded/record_batch.hpp"

#include <gtest/gtest.h>

#include "storage/embedded/checksum.hpp"
#include "storage/embedded/keys.hpp"

namespace riq::storage::embedded {

namespace {

TEST(checksum, is_the_castagnoli_one) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);           // the check value of CRC-32C
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU); // RFC 3720, B.4
  EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
}

TEST(numbers, survive_and_keep_their_order) {
  for (const std::uint64_t x : {0ULL, 1ULL, 127ULL, 128ULL, 300ULL, ~0ULL}) {
    std::string bytes;
    put_varint(bytes, x);
    std::string_view in = bytes;
    EXPECT_EQ(get_varint(in), x);
    EXPECT_TRUE(in.empty());
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      std::string_view torn(bytes.data(), cut);
      EXPECT_FALSE(get_varint(torn));
    }
  }
  EXPECT_LT(record_key(1, 0, 255), record_key(1, 0, 256));
  EXPECT_LT(record_key(1, 255, 9), record_key(1, 256, 0));
  EXPECT_LT(due_key(1, -1, "z"), due_key(1, 0, "a"));
  EXPECT_LT(due_key(1, 5, "z"), due_key(1, 300, "a"));
  EXPECT_EQ(base_of(record_key(7, 3, 123456789012)), 123456789012);
}

std::string one_batch(const std::string& key) {
  outgoing_record a;
  a.key = "key";
  a.value = "value";
  a.headers = {{"n", "v"}};
  std::string records;
  encode_record(records, a);
  encode_record(records, a);
  const batch_header header{2, 2, 42};
  const auto crc = crc32c(records, crc32c(checked_header(header), crc32c(key)));
  return encode_header(header, crc) + records;
}

TEST(batch, any_flipped_bit_is_found) {
  const auto key = record_key(1, 2, 3);
  const auto good = one_batch(key);
  for (std::size_t i = 0; i < good.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      if (i < 2) continue; // version and reserved byte are not data
      auto bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      std::string_view value = bad;
      const auto header = open_batch(key, value, {"topic", 2});
      ASSERT_FALSE(header);
      EXPECT_EQ(header.error().code, ec::corrupt);
      EXPECT_NE(header.error().detail.find("topic"), std::string::npos);
      EXPECT_NE(header.error().detail.find("partition 2"), std::string::npos);
      EXPECT_NE(header.error().detail.find("offset 3"), std::string::npos);
    }
}

TEST(batch, in_another_place_is_found) {
  const auto good = one_batch(record_key(1, 2, 3));
  std::string_view value = good;
  EXPECT_FALSE(open_batch(record_key(1, 2, 4), value, {"t", 2}));
}

TEST(batch, of_a_newer_version_is_refused) {
  const auto key = record_key(1, 2, 3);
  auto newer = one_batch(key);
  newer[0] = 2;
  std::string_view value = newer;
  EXPECT_EQ(open_batch(key, value, {"t", 2}).error().code, ec::conflict);
}

TEST(batch, malformed_records_are_refused_wherever_they_are_cut) {
  const auto good = one_batch(record_key(0, 0, 0)).substr(batch_header_size);
  std::int64_t end = 0;
  std::string_view whole = good;
  ASSERT_TRUE(decode_record(whole, end));
  const auto first = good.size() - whole.size();
  for (std::size_t cut = 0; cut < first; ++cut) {
    std::string_view in(good.data(), cut);
    std::int64_t next = 0;
    EXPECT_FALSE(decode_record(in, next));
  }
}

TEST(batch, gaps_move_offsets) {
  record_view r;
  r.key = "k";
  std::string records;
  encode_record(records, r, 0);
  encode_record(records, r, 4);
  std::string_view in = records;
  std::int64_t next = 100;
  EXPECT_EQ(decode_record(in, next)->offset, 100);
  EXPECT_EQ(decode_record(in, next)->offset, 105);
  EXPECT_EQ(next, 106);
}

} // namespace

} // namespace riq::storage::embedded
