#include "nodes/commands/table.hpp"

#include <sstream>

#include <gtest/gtest.h>

using namespace riq::commands;

TEST(table, aligns_columns_by_characters_and_numbers_to_the_right) {
  text_table table{{"name", "count"}};
  table.add({"zoë", "7"});
  table.add({"b", "12345"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "name  count\nzoë       7\nb     12345\n");
}

TEST(table, shows_json_as_lists_and_tables) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  ASSERT_EQ(parser
              .parse(std::string_view{R"({"userId":"u","features":{"views_7d":3,"deep":{"x":1}},
    "arms":[{"id":"a","n":1},{"id":"b","m":2}],"tags":["x","y"],"none":null,"empty":{}})"})
              .get(root),
            simdjson::SUCCESS);
  std::ostringstream out;
  print_json(out, root, "");
  EXPECT_EQ(out.str(), "userId  u\n"
                       "features:\n"
                       "  views_7d  3\n"
                       "  deep:\n"
                       "    x  1\n"
                       "arms:\n"
                       "  id  n  m\n"
                       "  a   1\n"
                       "  b      2\n"
                       "tags    [\"x\",\"y\"]\n"
                       "none    -\n"
                       "empty   {}\n");
}
