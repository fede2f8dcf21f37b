#include "messages/msgpack.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "engine/user_state.hpp"
#include "filled.hpp"
#include "messages/event.hpp"
#include "messages/item.hpp"
#include "messages/json.hpp"
#include "messages/questions.hpp"

namespace riq {
namespace {

template <class T>
class record : public ::testing::Test {};

using records = ::testing::Types<event, item, session_update, user_state, answer, offer_choice,
                                 shard_status, processor_status, model_status>;
TYPED_TEST_SUITE(record, records);

TYPED_TEST(record, reads_back_as_written) {
  testing::generator g{7};
  for (int i = 0; i < 200; ++i) {
    const auto x = testing::filled<TypeParam>(g);
    const auto bytes = to_msgpack(x);
    const auto y = from_msgpack<TypeParam>(bytes);
    ASSERT_TRUE(y) << to_json(x);
    ASSERT_EQ(to_msgpack(*y), bytes);
    ASSERT_EQ(to_json(*y), to_json(x));
  }
}

TYPED_TEST(record, damaged_bytes_are_an_error_or_another_record_and_never_a_crash) {
  testing::generator g{11};
  int refused = 0;
  for (int i = 0; i < 2'000; ++i) {
    auto bytes = to_msgpack(testing::filled<TypeParam>(g));
    if (i % 2 == 0)
      bytes.resize(testing::below(g, bytes.size()));
    else
      bytes[testing::below(g, bytes.size())] = static_cast<char>(g());
    const auto y = from_msgpack<TypeParam>(bytes);
    if (y) continue;
    ++refused;
    ASSERT_EQ(y.error().code, ec::corrupt);
  }
  EXPECT_GT(refused, 900); // every torn one
}

TEST(msgpack, an_older_record_without_the_newest_fields_takes_defaults) {
  msgpack::sbuffer buffer;
  msgpack_writer p{buffer};
  p.pack_array(1);
  p.pack(std::string{"p1"});
  const auto line = from_msgpack<order_line>({buffer.data(), buffer.size()});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->product_id, "p1");
  EXPECT_EQ(line->quantity, 1U);
}

TEST(msgpack, a_newer_record_with_more_fields_is_read_without_them) {
  msgpack::sbuffer buffer;
  msgpack_writer p{buffer};
  p.pack_array(5);
  p.pack(std::string{"p1"});
  p.pack(2);
  p.pack(3.5);
  p.pack(std::string{"of a later version"});
  p.pack_array(0);
  const auto line = from_msgpack<order_line>({buffer.data(), buffer.size()});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->quantity, 2U);
  EXPECT_EQ(line->price, 3.5);
}

TEST(msgpack, numbers_that_do_not_fit_are_refused) {
  const auto with_quantity = [](auto quantity) {
    msgpack::sbuffer buffer;
    msgpack_writer p{buffer};
    p.pack_array(2);
    p.pack(std::string{"p1"});
    p.pack(quantity);
    return static_cast<bool>(from_msgpack<order_line>({buffer.data(), buffer.size()}));
  };
  EXPECT_TRUE(with_quantity(std::numeric_limits<std::uint32_t>::max()));
  EXPECT_FALSE(with_quantity(std::uint64_t{1} << 32));
  EXPECT_FALSE(with_quantity(-1));
  EXPECT_FALSE(with_quantity(1.5));
}

TEST(msgpack, an_unknown_enumerator_or_alternative_is_refused) {
  auto bytes = to_msgpack(fact{cart_abandoned{5}});
  ASSERT_EQ(bytes[1], 4);
  bytes[1] = 6;
  EXPECT_FALSE(from_msgpack<fact>(bytes));

  activity a;
  bytes = to_msgpack(a);
  bytes[1] = 7;
  EXPECT_FALSE(from_msgpack<activity>(bytes));
  msgpack::sbuffer wide; // 256 would be 0 in a byte
  msgpack_writer p{wide};
  p.pack_array(1);
  p.pack(256);
  EXPECT_FALSE(from_msgpack<activity>({wide.data(), wide.size()}));
}

TEST(msgpack, bytes_behind_a_record_are_refused) {
  EXPECT_FALSE(from_msgpack<order_line>(to_msgpack(order_line{}) + '\0'));
  EXPECT_FALSE(from_msgpack<order_line>(""));
}

} // namespace
} // namespace riq
