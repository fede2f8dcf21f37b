// config/retargetiq.toml is the settings' reference: it names each with its default and explains
// it.

#include "config/load.hpp"

#include "tests/config/support.hpp"

#include <fstream>
#include <iterator>
#include <type_traits>

#include <toml++/toml.h>

using namespace riq;
using namespace riq::test;

namespace {

/// Each value of the struct stands in the table.
template <described T>
void expect_named(const toml::table& table, const T& x, const std::string& path) {
  for_each_field(x, [&](std::string_view name, const auto& value) {
    using member = std::remove_cvref_t<decltype(value)>;
    const auto here = path + std::string{name};
    const auto* node = table.get(name);
    if constexpr (requires(const member& m) { m.front().fields(); }) {
      if (value.empty()) return; // empty by default: only a comment can show it
      ASSERT_TRUE(node && node->as_array()) << here;
      expect_named(*node->as_array()->get(0)->as_table(), value.front(), here + ".0.");
    } else if constexpr (described<member>) {
      ASSERT_TRUE(node && node->as_table()) << here;
      expect_named(*node->as_table(), value, here + ".");
    } else {
      EXPECT_TRUE(node) << here << " is missing in the reference file";
    }
  });
}

} // namespace

TEST(reference_file, loads_to_exactly_the_defaults) {
  const auto s = load_settings({.file = RIQ_REFERENCE_FILE, .environment = variables({})});
  ASSERT_TRUE(s) << why(s);
  EXPECT_EQ(dump_settings(*s, false), dump_settings(settings{}, false));
}

TEST(reference_file, names_every_setting) {
  const auto table = toml::parse_file(RIQ_REFERENCE_FILE);
  expect_named(table, settings{}, "");
}

TEST(reference_file, explains_every_setting) {
  std::ifstream file{RIQ_REFERENCE_FILE};
  std::string line;
  std::string before;
  int arms = 0;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line == "[[campaigns.arms]]" && ++arms == 2) break; // the first arm explains the members
    const bool assignment = !line.empty() && line[0] != '#' && line[0] != '[';
    if (assignment) {
      EXPECT_EQ(before.substr(0, 2), "# ") << "line " << number << ": " << line;
    }
    before = line;
  }
}

TEST(reference_file, shows_the_members_of_a_key_in_a_comment) {
  std::ifstream file{RIQ_REFERENCE_FILE};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_NE(text.find("# [[auth.keys]]"), std::string::npos);
  const api_key_settings key;
  for_each_field(key, [&](std::string_view name, const auto&) {
    EXPECT_NE(text.find("\n# " + std::string{name} + " = "), std::string::npos) << name;
  });
}
