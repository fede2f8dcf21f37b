#pragma once
// The data directory and the room on its file system.

#include <cstdint>
#include <filesystem>

#include "messages/error.hpp"

namespace riq::storage::embedded {

/// Makes the directory if it is missing and proves that files can be written there.
error prepare_directory(const std::filesystem::path& path);

/// Bytes that we may still write; the largest number when the file system does not say.
std::uint64_t free_bytes(const std::filesystem::path& path);

/// Bytes of all files in the directory.
std::uint64_t used_bytes(const std::filesystem::path& path);

} // namespace riq::storage::embedded
