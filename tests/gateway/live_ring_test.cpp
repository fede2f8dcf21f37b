#include "gateway/live_ring.hpp"

#include "gateway/stream_fanout.hpp"

#include <gtest/gtest.h>

namespace riq::gateway {
namespace {

live_item item(std::string user = "u", std::string data = "{}") {
  return {live_kind::event, std::move(user), "VIEW", "shoes.red", std::move(data)};
}

TEST(live_ring, keeps_nothing_while_nobody_listens) {
  live_ring ring{"r"};
  EXPECT_FALSE(ring.wanted());
  ring.publish({item()});
  EXPECT_EQ(ring.newest(), 0u);
  ASSERT_TRUE(ring.enter());
  EXPECT_TRUE(ring.wanted());
  ring.publish({item()});
  EXPECT_EQ(ring.newest(), 1u);
  ring.rest(); // somebody listens
  EXPECT_TRUE(ring.wanted());
  ring.leave();
  ring.rest();
  EXPECT_FALSE(ring.wanted());
  std::uint64_t lost = 0;
  EXPECT_TRUE(ring.after(0, lost).empty());
  EXPECT_EQ(lost, 1u);
}

TEST(live_ring, hands_out_what_came_after_and_tells_what_is_gone) {
  live_ring ring{"r"};
  ASSERT_TRUE(ring.enter());
  for (int i = 0; i < 5'000; ++i) ring.publish({item()});
  std::uint64_t lost = 0;
  EXPECT_EQ(ring.after(4'998, lost).size(), 2u);
  EXPECT_EQ(lost, 0u);
  EXPECT_EQ(ring.after(0, lost).size(), live_ring::most_entries);
  EXPECT_EQ(lost, 5'000 - live_ring::most_entries);
  EXPECT_TRUE(ring.after(9'999, lost).empty());
  const auto last = ring.after(4'999, lost);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(*last[0]->frame, "id: r-5000\nevent: event\ndata: {}\n\n");
}

TEST(live_ring, tells_nobody_who_has_gone) {
  live_ring ring{"r"};
  ASSERT_TRUE(ring.enter());
  int first = 0;
  int second = 0;
  ring.on_news(&first, [&] { ++first; });
  ring.on_news(&second, [&] { ++second; });
  ring.publish({item()});
  ring.no_news(&first);
  ring.publish({item()});
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
  // As at the end of a gateway, while a shard goes on.
  auto loop = std::make_shared<io_loop>(0, std::chrono::milliseconds{100});
  auto gone = std::make_unique<stream_fanout>(ring, loop);
  gone.reset();
  ring.publish({item()});
  EXPECT_EQ(second, 3);
}

TEST(live_ring, is_bounded_in_bytes) {
  live_ring ring{"r"};
  ASSERT_TRUE(ring.enter());
  for (int i = 0; i < 100; ++i) ring.publish({item("u", std::string(100'000, 'x'))});
  std::uint64_t lost = 0;
  std::size_t bytes = 0;
  for (const auto& e : ring.after(0, lost)) bytes += e->frame->size();
  EXPECT_LE(bytes, live_ring::most_bytes);
  EXPECT_GT(bytes, live_ring::most_bytes / 2);
}

TEST(live_ring, leaves_out_what_is_too_fast_and_lets_so_many_in) {
  live_ring ring{"r"};
  std::size_t admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += ring.admit(1'000);
  // One second's worth, or two when a second began in between.
  EXPECT_GE(admitted, static_cast<std::size_t>(live_ring::most_a_second));
  EXPECT_EQ(admitted + ring.left_out(), 100'000u);
  for (std::size_t i = 0; i < live_ring::most_listeners; ++i) ASSERT_TRUE(ring.enter());
  EXPECT_FALSE(ring.enter());
  ring.leave();
  EXPECT_TRUE(ring.enter());
}

TEST(stream_filter, takes_what_was_asked_for) {
  stream_filter all;
  EXPECT_TRUE(all.everything());
  EXPECT_TRUE(all.takes(item()));
  stream_filter of_user;
  of_user.user = "somebody";
  EXPECT_FALSE(of_user.takes(item()));
  EXPECT_TRUE(of_user.takes(item("somebody")));
  EXPECT_TRUE(of_user.takes({live_kind::health, {}, {}, {}, {}}));
  stream_filter of_type;
  of_type.types = {"ORDER"};
  EXPECT_FALSE(of_type.takes(item()));
  EXPECT_TRUE(of_type.takes({live_kind::offer, "u", {}, {}, {}}));
  stream_filter below;
  below.category = "shoes";
  EXPECT_TRUE(below.takes(item()));
  below.category = "shoe";
  EXPECT_FALSE(below.takes(item()));
  stream_filter kinds;
  kinds.kinds = 1U << static_cast<unsigned>(live_kind::health);
  EXPECT_FALSE(kinds.takes(item()));
}

} // namespace
} // namespace riq::gateway
