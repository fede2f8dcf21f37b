#include "config/cores.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/temp_dir.hpp"

namespace riq {
namespace {

class cores_test : public testing::Test {
 protected:
  cores_test() { write("proc/self/cgroup", "9:name=systemd:/\n0::/shop.slice/node.service\n"); }

  void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream{root_ / file} << text;
  }

  const test::temp_dir folder_;
  const std::filesystem::path& root_ = folder_.path();
  const std::size_t all_ = std::max(1U, std::thread::hardware_concurrency());
};

TEST_F(cores_test, without_control_groups_all_are_usable) {
  EXPECT_EQ(usable_cores(root_ / "nothing"), all_);
  EXPECT_EQ(usable_cores(root_), all_);
}

TEST_F(cores_test, a_quota_of_part_of_a_core_is_one) {
  write("sys/fs/cgroup/shop.slice/node.service/cpu.max", "50000 100000\n");
  EXPECT_EQ(usable_cores(root_), 1U);
}

TEST_F(cores_test, a_quota_is_rounded_up_and_more_than_there_are_is_none) {
  write("sys/fs/cgroup/shop.slice/node.service/cpu.max", "150000 100000\n");
  EXPECT_EQ(usable_cores(root_), std::min<std::size_t>(all_, 2));
  write("sys/fs/cgroup/shop.slice/node.service/cpu.max", "990000000 100000\n");
  EXPECT_EQ(usable_cores(root_), all_);
}

TEST_F(cores_test, the_quota_of_a_group_around_it_counts) {
  write("sys/fs/cgroup/shop.slice/node.service/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/shop.slice/cpu.max", "100000 100000\n");
  EXPECT_EQ(usable_cores(root_), 1U);
}

TEST_F(cores_test, the_root_of_a_container_is_looked_at) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(usable_cores(root_), 1U);
}

TEST_F(cores_test, rubbish_is_no_quota) {
  for (const auto* text : {"", "max", "-1 100000", "5 0", "many few"}) {
    write("sys/fs/cgroup/shop.slice/node.service/cpu.max", text);
    EXPECT_EQ(usable_cores(root_), all_) << text;
  }
}

} // namespace
} // namespace riq
