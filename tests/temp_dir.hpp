#pragma once
// A folder of a test's own.

#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <stdlib.h>

namespace riq::test {

/// Gone with all that is in it when the object goes.
class temp_dir {
 public:
  temp_dir() {
    auto name = (std::filesystem::temp_directory_path() / "riq-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("no folder can be made at " + name);
    path_ = name;
  }
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;
  ~temp_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

} // namespace riq::test
