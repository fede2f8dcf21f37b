#include "storage/embedded/record_batch.hpp"

#include "storage/embedded/checksum.hpp"
#include "storage/embedded/keys.hpp"

namespace riq::storage::embedded {

namespace {

constexpr std::uint8_t batch_version = 1;
constexpr std::uint8_t tombstone_flag = 1;
constexpr std::uint8_t headers_flag = 2;

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

std::optional<std::string_view> get_text(std::string_view& in) {
  const auto size = get_varint(in);
  if (!size || *size > in.size()) return std::nullopt;
  const auto text = in.substr(0, *size);
  in.remove_prefix(*size);
  return text;
}

void put_record(std::string& out, bool tombstone, std::int64_t gap, std::int64_t timestamp,
                std::string_view key, std::string_view value, std::string_view headers) {
  out.push_back(
    static_cast<char>((tombstone ? tombstone_flag : 0) | (headers.empty() ? 0 : headers_flag)));
  put_varint(out, static_cast<std::uint64_t>(gap));
  put_le64(out, static_cast<std::uint64_t>(timestamp));
  put_text(out, key);
  put_text(out, value);
  if (!headers.empty()) put_text(out, headers);
}

} // namespace

void encode_record(std::string& out, const outgoing_record& record) {
  std::string headers;
  for (const auto& [name, value] : record.headers) {
    put_text(headers, name);
    put_text(headers, value);
  }
  out.reserve(out.size() + record.key.size() + record.value.size() + headers.size() + 26);
  put_record(out, record.tombstone, 0, record.timestamp, record.key, record.value, headers);
}

void encode_record(std::string& out, const record_view& record, std::int64_t gap) {
  put_record(out, record.tombstone, gap, record.timestamp, record.key, record.value,
             record.headers);
}

std::optional<record_view> decode_record(std::string_view& in, std::int64_t& next) {
  if (in.empty()) return std::nullopt;
  const auto flags = static_cast<std::uint8_t>(in.front());
  in.remove_prefix(1);
  if ((flags & ~(tombstone_flag | headers_flag)) != 0) return std::nullopt;
  const auto gap = get_varint(in);
  if (!gap || in.size() < 8) return std::nullopt;
  record_view record;
  record.tombstone = (flags & tombstone_flag) != 0;
  record.timestamp = static_cast<std::int64_t>(get_le64(in.data()));
  in.remove_prefix(8);
  const auto key = get_text(in);
  if (!key) return std::nullopt;
  const auto value = get_text(in);
  if (!value) return std::nullopt;
  if ((flags & headers_flag) != 0) {
    const auto headers = get_text(in);
    if (!headers) return std::nullopt;
    record.headers = *headers;
  }
  record.key = *key;
  record.value = *value;
  record.offset = next + static_cast<std::int64_t>(*gap);
  next = record.offset + 1;
  return record;
}

std::optional<log_record> materialise(const record_view& record) {
  std::optional<log_record> out{std::in_place};
  out->offset = record.offset;
  out->timestamp = record.timestamp;
  out->key = record.key;
  out->value = record.value;
  out->tombstone = record.tombstone;
  for (auto rest = record.headers; !rest.empty();) {
    const auto name = get_text(rest);
    const auto value = name ? get_text(rest) : std::nullopt;
    if (!value) return std::nullopt;
    out->headers.emplace_back(*name, *value);
  }
  return out;
}

std::string checked_header(const batch_header& header) {
  std::string out;
  out.reserve(batch_header_size);
  put_le32(out, header.count);
  put_le64(out, static_cast<std::uint64_t>(header.span));
  put_le64(out, static_cast<std::uint64_t>(header.appended));
  return out;
}

std::string encode_header(const batch_header& header, std::uint32_t crc) {
  std::string out;
  out.reserve(batch_header_size);
  out.push_back(static_cast<char>(batch_version));
  out.push_back(0);
  put_le32(out, mask_crc(crc));
  return out += checked_header(header);
}

result<batch_header> open_batch(std::string_view key, std::string_view& value,
                                const topic_partition& where) {
  const auto base = base_of(key);
  if (value.size() < batch_header_size) return corrupt_batch(where, base, "the batch is cut off");
  if (static_cast<std::uint8_t>(value[0]) > batch_version)
    return error{ec::conflict, "",
                 "The record batch at offset " + std::to_string(base) + " of " + where.topic +
                   " was written by a newer version; run that version."};
  if (get_le32(value.data() + 2) != mask_crc(crc32c(value.substr(6), crc32c(key))))
    return corrupt_batch(where, base, "the checksum does not match");
  batch_header header;
  header.count = get_le32(value.data() + 6);
  header.span = static_cast<std::int64_t>(get_le64(value.data() + 10));
  header.appended = static_cast<std::int64_t>(get_le64(value.data() + 18));
  value.remove_prefix(batch_header_size);
  return header;
}

error corrupt_batch(const topic_partition& where, std::int64_t offset, std::string_view why) {
  return {ec::corrupt, "",
          "Topic " + where.topic + ", partition " + std::to_string(where.partition) +
            ", batch at offset " + std::to_string(offset) + ": " + std::string(why) +
            ". Restore a backup or open with repair."};
}

} // namespace riq::storage::embedded
