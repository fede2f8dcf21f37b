#include "nodes/commands/import/line_source.hpp"

#include <gmock/gmock.h>

using namespace riq::commands;

namespace {

/// Every line's number and JSON from a place on.
std::vector<std::string> lines(std::string_view text, std::optional<file_place> from = {}) {
  line_source source{text, record_writer{"imp"}};
  EXPECT_FALSE(source.prepare({}));
  if (from) source.skip_to(*from);
  std::vector<std::string> all;
  while (source.next()) {
    const auto written = source.write();
    all.push_back(std::to_string(source.place().line) + " " +
                  (written ? written->user : "refused"));
  }
  return all;
}

/// Going on at any line gives what reading from the top gives from there.
void expect_resumable(std::string_view text) {
  const auto whole = lines(text);
  line_source source{text, record_writer{"imp"}};
  ASSERT_FALSE(source.prepare({}));
  for (std::size_t done = 0; source.next(); ++done) {
    const auto rest = lines(text, file_place{source.place().line - 1, source.place().offset});
    EXPECT_EQ(rest, std::vector<std::string>(whole.begin() + static_cast<long>(done), whole.end()));
  }
}

} // namespace

TEST(line_source, tells_the_formats_apart) {
  EXPECT_THAT(lines("user,item,event\na,1,view\n\nb,1,view\n"), testing::ElementsAre("2 a", "4 b"));
  EXPECT_THAT(lines("\n{\"userId\":\"a\"}\n\n{\"userId\":\"b\"}\n{"),
              testing::ElementsAre("2 a", "4 b", "5 refused"));
}

TEST(line_source, numbers_stay_the_same_when_it_goes_on_anywhere) {
  expect_resumable(
    "user,item,event\na,1,view\n\n\nb,1,view\nc,1,nonsense\n\"d\nd\",1,view\ne,1,view");
  expect_resumable("{\"userId\":\"a\"}\n\n \r\n{\"userId\":\"b\"}\nrubbish\n{\"userId\":\"c\"}");
}
