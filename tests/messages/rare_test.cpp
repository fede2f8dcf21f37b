#include "messages/rare.hpp"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "messages/json.hpp"
#include "messages/msgpack.hpp"

namespace riq {
namespace {

struct wishes {
  std::string time_zone;
  bool refused = false;
  bool empty() const { return time_zone.empty() && !refused; }
  static constexpr auto fields() {
    return std::tuple{field("timeZone", &wishes::time_zone), field("refused", &wishes::refused)};
  }
};

TEST(rare, reads_as_nothing_until_it_is_written_to) {
  rare<wishes> x;
  EXPECT_TRUE(x->empty());
  EXPECT_FALSE(x.takes_room());
  x.own().time_zone = "Asia/Tokyo";
  EXPECT_TRUE(x.takes_room());
  EXPECT_EQ(x->time_zone, "Asia/Tokyo");
}

TEST(rare, copies_are_deep) {
  rare<wishes> x;
  x.own().time_zone = "Asia/Tokyo";
  auto copy = x;
  copy.own().time_zone = "Europe/Berlin";
  EXPECT_EQ(x->time_zone, "Asia/Tokyo");
  x = copy;
  EXPECT_EQ(x->time_zone, "Europe/Berlin");
  x = rare<wishes>{};
  EXPECT_FALSE(x.takes_room());
  EXPECT_EQ(copy->time_zone, "Europe/Berlin");
}

TEST(rare, is_written_as_the_value_itself) {
  wishes told;
  told.time_zone = "Asia/Tokyo";
  told.refused = true;
  rare<wishes> x;
  x.own() = told;
  EXPECT_EQ(to_msgpack(x), to_msgpack(told));
  const auto json = [](const auto& value) {
    return render_json([&](json_writer& w) { write_json(w, value); });
  };
  EXPECT_EQ(json(x), json(told));
  const auto read = from_msgpack<rare<wishes>>(to_msgpack(told));
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)->time_zone, "Asia/Tokyo");
  EXPECT_TRUE((*read)->refused);
}

TEST(rare, what_holds_nothing_takes_no_room_after_reading) {
  EXPECT_EQ(to_msgpack(rare<wishes>{}), to_msgpack(wishes{}));
  const auto read = from_msgpack<rare<wishes>>(to_msgpack(wishes{}));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->takes_room());
}

} // namespace
} // namespace riq
