#include "storage/kafka/send_window.hpp"

#include <numeric>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace riq::storage::kafka {
namespace {

using window = send_window<int>;
using std::chrono::milliseconds;

constexpr milliseconds linger{4};
constexpr milliseconds patience{500};
constexpr std::size_t all = 1'000;

/// A partition's records on their way to a client, by a clock of its own.
struct way {
  send_timing timing{linger, patience};
  window w;
  window::clock::time_point now{};
  int next = 0;

  void add(int count, std::size_t bytes = 100) {
    for (int i = 0; i < count; ++i) w.add(next++, bytes);
  }
  std::vector<int> take() {
    std::vector<int> out;
    if (w.take(now, timing, all, out)) w.handed_over();
    return out;
  }
  void end(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) w.ended();
  }
};

std::vector<int> numbers(int from, int to) {
  std::vector<int> out(static_cast<std::size_t>(to - from));
  std::iota(out.begin(), out.end(), from);
  return out;
}

TEST(send_window, takes_all_while_nothing_is_under_way) {
  way p;
  EXPECT_TRUE(p.take().empty());
  p.add(100);
  EXPECT_EQ(p.take(), numbers(0, 100));
  EXPECT_FALSE(p.w.waits());
}

TEST(send_window, keeps_what_comes_until_the_batch_is_stored) {
  way p;
  p.add(100);
  p.take();
  p.now += linger;
  p.add(7);
  EXPECT_TRUE(p.take().empty());
  EXPECT_TRUE(p.w.waits());
  p.end(100 - window::few);
  EXPECT_TRUE(p.take().empty());
  p.end(1);
  EXPECT_EQ(p.take(), numbers(100, 107));
}

TEST(send_window, a_batch_is_joined_while_it_is_gathered) {
  way p;
  p.add(10);
  p.take();
  p.now += linger / 2;
  p.add(10);
  EXPECT_EQ(p.take(), numbers(10, 20));
  p.now += linger / 2; // counted from the first one
  p.add(1);
  EXPECT_TRUE(p.take().empty());
}

TEST(send_window, few_records_need_not_wait_for_each_other) {
  way p;
  for (int i = 0; i < static_cast<int>(window::few); ++i, p.now += linger) {
    p.add(1);
    EXPECT_EQ(p.take(), numbers(i, i + 1));
  }
  p.add(1);
  EXPECT_TRUE(p.take().empty());
}

TEST(send_window, a_batch_fits_a_request) {
  way p;
  p.add(10, window::batch_bytes / 4);
  EXPECT_EQ(p.take(), numbers(0, 4));
  EXPECT_TRUE(p.take().empty());
  p.now += linger;
  EXPECT_EQ(p.take(), numbers(4, 8)) << "four are few";
  p.now += linger;
  EXPECT_TRUE(p.take().empty());
  p.end(8);
  EXPECT_EQ(p.take(), numbers(8, 10));
}

TEST(send_window, a_record_that_is_larger_goes_alone) {
  way p;
  p.add(2, 2 * window::batch_bytes);
  EXPECT_EQ(p.take(), numbers(0, 1));
  p.now += linger;
  EXPECT_EQ(p.take(), numbers(1, 2));
}

TEST(send_window, does_not_wait_for_brokers_that_are_away) {
  way p;
  p.add(10);
  p.take();
  p.now += patience - milliseconds{1};
  p.add(10);
  EXPECT_TRUE(p.take().empty());
  p.now += milliseconds{1};
  EXPECT_EQ(p.take(), numbers(10, 20));
}

TEST(send_window, what_comes_too_late_to_be_handed_over_waits_for_the_next_batch) {
  window w;
  window::clock::time_point now{};
  std::vector<int> taken;
  for (int i = 0; i < 11; ++i) w.add(i, 100);
  EXPECT_TRUE(w.take(now, {linger, patience}, 6, taken));
  EXPECT_EQ(taken, numbers(0, 6));
  w.handed_over();
  now += linger;
  taken.clear();
  EXPECT_FALSE(w.take(now, {linger, patience}, 6, taken)) << "six are under way";
  for (int i = 0; i < 6; ++i) w.ended();
  EXPECT_TRUE(w.take(now, {linger, patience}, 6, taken));
  EXPECT_EQ(taken, numbers(6, 11));
}

struct late_batch {
  explicit late_batch(int under_way) {
    for (int i = 0; i < under_way + 3; ++i) w.add(i, 100);
    EXPECT_TRUE(w.take(now, {linger, patience}, all, taken));
    EXPECT_FALSE(w.late(now, {linger, patience}));
    now += linger; // while the thread that hands over has sent all but three
    EXPECT_TRUE(w.late(now, {linger, patience}));
  }
  bool put_off() {
    return w.put_off(
      std::span<const int>{taken}.last(3), [](int) { return std::size_t{100}; }, now);
  }

  window w;
  window::clock::time_point now{};
  std::vector<int> taken;
};

TEST(send_window, what_a_slow_thread_still_has_waits_in_its_place) {
  late_batch b{6};
  EXPECT_TRUE(b.put_off());
  b.w.handed_over();
  b.w.add(9, 100);
  b.taken.clear();
  EXPECT_FALSE(b.w.take(b.now, {linger, patience}, all, b.taken)) << "six are under way";
  for (int i = 0; i < 6; ++i) b.w.ended();
  EXPECT_TRUE(b.w.take(b.now, {linger, patience}, all, b.taken));
  EXPECT_EQ(b.taken, numbers(6, 10));
}

TEST(send_window, what_a_slow_thread_still_has_goes_on_while_few_are_under_way) {
  late_batch b{static_cast<int>(window::few) - 1};
  EXPECT_FALSE(b.put_off());
  EXPECT_FALSE(b.w.late(b.now, {linger, patience})) << "it is a batch of its own";
  b.w.handed_over();
  for (std::size_t i = 0; i < b.taken.size(); ++i) b.w.ended();
  EXPECT_FALSE(b.w.waits());
}

constexpr int crowd = window::crowd;

/// Of a producer that has a client for bulk beside its prompt one.
struct two_ways : way {
  two_ways() { timing = {linger, window::clock::duration::max(), 10 * linger}; }

  void begin_with_ten_that_are_waited_for() {
    add(10);
    ASSERT_EQ(take(), numbers(0, 10));
    now += linger;
  }
  /// What goes then, of so many that waited for the ten to end.
  std::vector<int> take_of(int waiting) {
    begin_with_ten_that_are_waited_for();
    add(waiting);
    EXPECT_TRUE(take().empty());
    end(10);
    return take();
  }
};

TEST(send_window, many_at_once_are_prompt_while_nothing_is_under_way) {
  two_ways p;
  p.add(10 * crowd);
  EXPECT_EQ(p.take(), numbers(0, 10 * crowd));
  EXPECT_FALSE(p.w.in_bulk());
}

TEST(send_window, a_crowd_that_waits_goes_in_bulk_when_nothing_is_left_that_it_could_overtake) {
  two_ways p;
  p.begin_with_ten_that_are_waited_for();
  p.add(crowd);
  EXPECT_TRUE(p.take().empty());
  p.end(9);
  EXPECT_TRUE(p.take().empty()) << "few are under way, but by the other way";
  p.end(1);
  EXPECT_EQ(p.take(), numbers(10, 10 + crowd));
  EXPECT_TRUE(p.w.in_bulk());
  p.now += 9 * linger;
  p.add(1);
  EXPECT_EQ(p.take(), numbers(10 + crowd, 11 + crowd)) << "its batch is joined for longer";
  EXPECT_FALSE(p.w.late(p.now, p.timing));
  p.now += linger;
  EXPECT_TRUE(p.w.late(p.now, p.timing));
}

TEST(send_window, what_waits_without_a_crowd_is_prompt) {
  two_ways p;
  EXPECT_EQ(p.take_of(crowd - 1), numbers(10, 9 + crowd));
  EXPECT_FALSE(p.w.in_bulk());
}

TEST(send_window, is_prompt_again_after_the_crowd) {
  two_ways p;
  EXPECT_EQ(p.take_of(crowd), numbers(10, 10 + crowd));
  ASSERT_TRUE(p.w.in_bulk());
  p.now += 10 * linger;
  p.add(1);
  EXPECT_TRUE(p.take().empty());
  p.end(crowd - 1);
  EXPECT_TRUE(p.take().empty()) << "it could overtake the last one";
  p.end(1);
  EXPECT_EQ(p.take(), numbers(10 + crowd, 11 + crowd));
  EXPECT_FALSE(p.w.in_bulk());
}

TEST(send_window, what_nobody_waits_for_goes_always_in_bulk) {
  two_ways p;
  window w{true};
  std::vector<int> taken;
  w.add(1, 100);
  EXPECT_TRUE(w.take(p.now, p.timing, all, taken));
  EXPECT_TRUE(w.in_bulk());
}

TEST(send_window, a_crowd_is_prompt_where_there_is_no_other_way) {
  way p;
  p.add(10);
  p.take();
  p.now += linger;
  p.add(crowd);
  EXPECT_TRUE(p.take().empty());
  p.end(10);
  EXPECT_EQ(p.take(), numbers(10, 10 + crowd));
  EXPECT_FALSE(p.w.in_bulk());
}

TEST(send_window, has_one_thread_hand_over_at_a_time) {
  window w;
  const window::clock::time_point now{};
  std::vector<int> first;
  std::vector<int> second;
  w.add(1, 1);
  EXPECT_TRUE(w.take(now, {linger, patience}, all, first));
  w.add(2, 1);
  EXPECT_FALSE(w.take(now, {linger, patience}, all, second));
  w.handed_over();
  EXPECT_TRUE(w.take(now, {linger, patience}, all, second));
  EXPECT_EQ(second, numbers(2, 3));
}

} // namespace
} // namespace riq::storage::kafka
