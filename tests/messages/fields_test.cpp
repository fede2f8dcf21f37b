#include "config/fields.hpp"

#include <gtest/gtest.h>

#include "messages/event.hpp"
#include "messages/item.hpp"

namespace riq {
namespace {

TEST(fields, names_come_in_the_order_of_the_list) {
  order_line line{"p1", 3, 2.5};
  std::string names;
  for_each_field(line, [&](std::string_view name, auto&) { (names += name) += ' '; });
  EXPECT_EQ(names, "productId quantity price ");
  EXPECT_EQ(field_count<order_line>, 3U);
}

TEST(fields, visiting_gives_the_members_themselves) {
  order_line line;
  for_each_field(line, [](std::string_view, auto& member) {
    if constexpr (std::is_arithmetic_v<std::remove_reference_t<decltype(member)>>) member = 7;
  });
  EXPECT_EQ(line.quantity, 7U);
  EXPECT_EQ(line.price, 7);
}

TEST(fields, enumerators_have_names_in_any_letter_case) {
  EXPECT_EQ(name_of(activity_type::time_on_page), "TIME_ON_PAGE");
  EXPECT_EQ(from_name<activity_type>("add_to_Cart"), activity_type::add_to_cart);
  EXPECT_EQ(from_name<activity_type>("VIEWS"), std::nullopt);
  EXPECT_EQ(from_name<activity_type>(""), std::nullopt);
  EXPECT_EQ(name_of(static_cast<activity_type>(99)), "?");
}

} // namespace
} // namespace riq
