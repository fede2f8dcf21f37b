#pragma once
// Keys and fixed-size values of the database, as docs/formats-embedded.md gives them. Numbers in
// keys are big-endian, so that RocksDB's byte order is their order; in values little-endian.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riq::storage::embedded {

/// The version in the database's "V" entry. A database with a higher one is not opened.
inline constexpr std::uint32_t format_version = 1;

void put_be32(std::string& out, std::uint32_t x);
void put_be64(std::string& out, std::uint64_t x);
void put_le32(std::string& out, std::uint32_t x);
void put_le64(std::string& out, std::uint64_t x);
std::uint32_t get_be32(const char* p);
std::uint64_t get_be64(const char* p);
std::uint32_t get_le32(const char* p);
std::uint64_t get_le64(const char* p);

/// LEB128, at most 10 bytes. `get_varint` advances `in` and returns nothing when it is malformed.
void put_varint(std::string& out, std::uint64_t x);
std::optional<std::uint64_t> get_varint(std::string_view& in);

/// Family `records`, 16 bytes.
std::string record_key(std::uint32_t topic, std::int32_t partition, std::int64_t base);
inline std::int64_t base_of(std::string_view record_key) {
  return static_cast<std::int64_t>(get_be64(record_key.data() + 8));
}

/// Family `index`.
std::string index_key(std::uint32_t topic, std::int32_t partition, std::string_view key);

/// Families `state` and `due`.
std::string state_key(std::int32_t shard, std::string_view key);
std::string due_key(std::int32_t shard, std::int64_t due, std::string_view key);

/// The first four bytes of everything that a shard has in `state` and `due`; of the next shard.
std::string shard_begin(std::int32_t shard);
std::string shard_end(std::int32_t shard);

/// Family `default`.
inline constexpr std::string_view version_key = "V";
std::string topic_key(std::string_view name);
std::string group_key(std::uint32_t topic, std::int32_t partition, std::string_view group);
inline constexpr std::string_view position_prefix = "P"; ///< followed by the shard, big-endian
std::string position_key(std::int32_t shard);
std::string segment_key(std::uint32_t topic, std::int32_t partition, std::int64_t base);
std::string extent_key(std::uint32_t topic, std::int32_t partition);

std::string le64(std::int64_t x);

} // namespace riq::storage::embedded
