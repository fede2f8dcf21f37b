#pragma once
// A shard whose triggers are looked at.

#include <map>
#include <string>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "tests/actors/shard_rig.hpp"

namespace riq::testing {

/// The JSON's text member.
inline std::string member(const std::string& json, const char* name) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view text;
  std::uint64_t number = 0;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return "?";
  if (root[name].get(text) == simdjson::SUCCESS) return std::string{text};
  return root[name].get(number) == simdjson::SUCCESS ? std::to_string(number) : "?";
}

/// What receivers that drop repetitions of an id have, by id.
inline std::map<std::string, std::string> published(shard_rig& rig) {
  std::map<std::string, std::string> out;
  for (const auto& r : rig.log->records(topics::retargeting_triggers)) {
    if (r.tombstone) continue;
    const auto [at, is_new] = out.emplace(member(r.value, "id"), r.value);
    EXPECT_EQ(at->second, r.value) << "a repetition differs";
  }
  return out;
}

class trigger_rig : public ::testing::Test {
 protected:
  trigger_rig() {
    rig.config->triggers.max_per_user_day = 0;
    rig.config->triggers.max_per_user_week = 0;
    rig.config->campaigns = settings::defaults_campaigns();
  }

  void pass(std::int64_t ms) {
    for (; ms > 0; ms -= 10'000) rig.step(10'000);
  }

  shard_rig rig;
};

} // namespace riq::testing
