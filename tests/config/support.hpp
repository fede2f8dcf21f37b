#pragma once
// Loading without a file system and without this process's environment.

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "config/load.hpp"

namespace riq::test {

inline environment_lookup variables(std::map<std::string, std::string> all) {
  return [all = std::move(all)](const std::string& name) -> std::optional<std::string> {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional{found->second};
  };
}

/// A TOML file that is gone at the end of the test.
class toml_file {
 public:
  explicit toml_file(const std::string& text)
    : path_(std::filesystem::temp_directory_path() /
            ("riq-" + std::to_string(::getpid()) + "-" +
             testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml")) {
    std::ofstream{path_} << text;
  }
  ~toml_file() { std::filesystem::remove(path_); }
  toml_file(const toml_file&) = delete;
  toml_file& operator=(const toml_file&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline config_result<settings> load_text(const std::string& text) {
  const toml_file file{text};
  return load_settings({.file = file.path(), .environment = variables({})});
}

inline config_result<settings> load_sets(std::vector<std::string> sets) {
  return load_settings({.sets = std::move(sets), .environment = variables({})});
}

/// The error's text, or that there was none.
inline std::string why(const config_result<settings>& loaded) {
  return loaded ? "loaded without an error" : loaded.error().text();
}

} // namespace riq::test
