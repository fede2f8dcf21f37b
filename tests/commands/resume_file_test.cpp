#include "nodes/commands/import/resume_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

using namespace riq::commands;

namespace {

class resume : public testing::Test {
 protected:
  resume() { ::setenv("XDG_STATE_HOME", folder_.c_str(), 1); }
  ~resume() override { std::filesystem::remove_all(folder_); }
  const std::string folder_ =
    (std::filesystem::temp_directory_path() / ("riq-resume-" + std::to_string(::getpid())))
      .string();
};

TEST_F(resume, nothing_was_done_before_the_first_run) {
  EXPECT_EQ(resume_file{"a"}.load().line, 0u);
}

TEST_F(resume, keeps_what_was_saved_last) {
  const resume_file file{"a"};
  ASSERT_TRUE(file.save({10, 200, 9, 1}));
  ASSERT_TRUE(file.save({11, 220, 10, 1}));
  const auto p = resume_file{"a"}.load();
  EXPECT_EQ(p.line, 11u);
  EXPECT_EQ(p.offset, 220u);
  EXPECT_EQ(p.accepted, 10u);
  EXPECT_EQ(p.rejected, 1u);
  EXPECT_EQ(resume_file{"b"}.load().line, 0u);
}

TEST_F(resume, a_damaged_file_means_from_the_top) {
  const resume_file file{"a"};
  ASSERT_TRUE(file.save({10, 200, 9, 1}));
  std::ofstream{file.path()} << "10 2";
  EXPECT_EQ(file.load().line, 0u);
  EXPECT_EQ(file.load().offset, 0u);
}

} // namespace
