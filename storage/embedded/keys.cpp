#include "storage/embedded/keys.hpp"

namespace riq::storage::embedded {

namespace {

template <class T>
void put_be(std::string& out, T x) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(x >> shift));
}

template <class T>
void put_le(std::string& out, T x) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(x >> (8 * i)));
}

template <class T>
T get_be(const char* p) {
  T x = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    x = static_cast<T>(x << 8) | static_cast<unsigned char>(p[i]);
  return x;
}

template <class T>
T get_le(const char* p) {
  T x = 0;
  for (std::size_t i = sizeof(T); i-- > 0;)
    x = static_cast<T>(x << 8) | static_cast<unsigned char>(p[i]);
  return x;
}

std::string tagged(char tag, std::uint32_t topic, std::int32_t partition) {
  std::string key(1, tag);
  put_be32(key, topic);
  put_be32(key, static_cast<std::uint32_t>(partition));
  return key;
}

} // namespace

void put_be32(std::string& out, std::uint32_t x) {
  put_be(out, x);
}
void put_be64(std::string& out, std::uint64_t x) {
  put_be(out, x);
}
void put_le32(std::string& out, std::uint32_t x) {
  put_le(out, x);
}
void put_le64(std::string& out, std::uint64_t x) {
  put_le(out, x);
}
std::uint32_t get_be32(const char* p) {
  return get_be<std::uint32_t>(p);
}
std::uint64_t get_be64(const char* p) {
  return get_be<std::uint64_t>(p);
}
std::uint32_t get_le32(const char* p) {
  return get_le<std::uint32_t>(p);
}
std::uint64_t get_le64(const char* p) {
  return get_le<std::uint64_t>(p);
}

void put_varint(std::string& out, std::uint64_t x) {
  for (; x >= 0x80; x >>= 7) out.push_back(static_cast<char>(x | 0x80));
  out.push_back(static_cast<char>(x));
}

std::optional<std::uint64_t> get_varint(std::string_view& in) {
  std::uint64_t x = 0;
  for (std::size_t i = 0; i < in.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(in[i]);
    x |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if (byte < 0x80) {
      in.remove_prefix(i + 1);
      return x;
    }
  }
  return std::nullopt;
}

std::string record_key(std::uint32_t topic, std::int32_t partition, std::int64_t base) {
  std::string key;
  key.reserve(16);
  put_be32(key, topic);
  put_be32(key, static_cast<std::uint32_t>(partition));
  put_be64(key, static_cast<std::uint64_t>(base));
  return key;
}

std::string index_key(std::uint32_t topic, std::int32_t partition, std::string_view key) {
  std::string out;
  out.reserve(8 + key.size());
  put_be32(out, topic);
  put_be32(out, static_cast<std::uint32_t>(partition));
  out += key;
  return out;
}

std::string state_key(std::int32_t shard, std::string_view key) {
  std::string out;
  out.reserve(4 + key.size());
  put_be32(out, static_cast<std::uint32_t>(shard));
  out += key;
  return out;
}

std::string due_key(std::int32_t shard, std::int64_t due, std::string_view key) {
  std::string out;
  out.reserve(12 + key.size());
  put_be32(out, static_cast<std::uint32_t>(shard));
  // With the sign bit flipped, the order of the bytes is the order of signed numbers.
  put_be64(out, static_cast<std::uint64_t>(due) ^ (std::uint64_t{1} << 63));
  out += key;
  return out;
}

std::string shard_begin(std::int32_t shard) {
  return state_key(shard, {});
}

std::string shard_end(std::int32_t shard) {
  std::string out;
  put_be32(out, static_cast<std::uint32_t>(shard) + 1);
  return out;
}

std::string topic_key(std::string_view name) {
  return std::string("T").append(name);
}

std::string group_key(std::uint32_t topic, std::int32_t partition, std::string_view group) {
  return tagged('G', topic, partition).append(group);
}

std::string position_key(std::int32_t shard) {
  std::string key{position_prefix};
  put_be32(key, static_cast<std::uint32_t>(shard));
  return key;
}

std::string segment_key(std::uint32_t topic, std::int32_t partition, std::int64_t base) {
  auto key = tagged('S', topic, partition);
  put_be64(key, static_cast<std::uint64_t>(base));
  return key;
}

std::string extent_key(std::uint32_t topic, std::int32_t partition) {
  return tagged('E', topic, partition);
}

std::string le64(std::int64_t x) {
  std::string out;
  put_le64(out, static_cast<std::uint64_t>(x));
  return out;
}

} // namespace riq::storage::embedded
