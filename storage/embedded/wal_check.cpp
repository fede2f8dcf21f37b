#include "storage/embedded/wal_check.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "storage/embedded/checksum.hpp"
#include "storage/embedded/keys.hpp"

namespace riq::storage::embedded {

namespace {

// The layout is that of RocksDB's wiki page "Write Ahead Log File Format": blocks of 32 KiB hold
// fragments of [crc 4][length 2][type 1]; recyclable types have 4 more bytes of header.
constexpr std::size_t block_size = 32768;
constexpr std::size_t header_size = 7;
constexpr std::size_t recyclable_header_size = 11;
constexpr unsigned char full_type = 1;
constexpr unsigned char first_type = 2;

bool recyclable(unsigned char type) {
  return (type >= 5 && type <= 8) || type == 11 || type == 131;
}

struct batch_numbers {
  std::uint64_t first = 0; ///< sequence number of the batch that a record starts with
  std::uint64_t next = 0;
};

struct scan {
  std::optional<std::uint64_t> bad; ///< offset of the first fragment that is not whole
  bool whole_after = false;
  std::optional<std::uint64_t> first; ///< sequence number of the file's first batch
  std::uint64_t next = 0;             ///< of what must follow the last whole batch before `bad`
  std::uint64_t size = 0;             ///< without the zeros that were allocated in advance
};

std::optional<batch_numbers> numbers_of(std::string_view payload) {
  if (payload.size() < 12) return std::nullopt;
  const auto first = get_le64(payload.data());
  return batch_numbers{first, first + get_le32(payload.data() + 8)};
}

/// The size of the whole fragment at the start of `rest`, 0 when there is none.
std::size_t whole_fragment(std::string_view rest) {
  if (rest.size() < header_size) return 0;
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(rest[4])) |
                      static_cast<std::size_t>(static_cast<unsigned char>(rest[5])) << 8;
  const auto header =
    recyclable(static_cast<unsigned char>(rest[6])) ? recyclable_header_size : header_size;
  if (rest[6] == 0 || header + length > rest.size()) return 0;
  const auto crc = mask_crc(crc32c(rest.substr(6, header - 6 + length)));
  return crc == get_le32(rest.data()) ? header + length : 0;
}

bool zeros(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

void scan_block(std::string_view block, std::uint64_t at, scan& found) {
  for (std::size_t pos = 0; pos < block.size();) {
    auto rest = block.substr(pos);
    if (block.size() == block_size && rest.size() < header_size) return; // a block's trailer
    const auto size = whole_fragment(rest);
    if (size == 0) {
      if (zeros(rest)) return; // allocated, never written
      if (!found.bad) found.bad = at + pos;
      found.size = at + block.size();
      // The length may still be right although the payload is not.
      const auto skip = rest.size() < header_size
                          ? rest.size()
                          : header_size + static_cast<unsigned char>(rest[4]) +
                              (std::size_t{static_cast<unsigned char>(rest[5])} << 8);
      pos += std::max(skip, header_size);
      continue;
    }
    found.size = at + pos + size;
    if (found.bad) {
      found.whole_after = true;
    } else if (const auto type = static_cast<unsigned char>(rest[6]);
               type == full_type || type == first_type) {
      if (const auto numbers = numbers_of(rest.substr(header_size, size - header_size))) {
        if (!found.first) found.first = numbers->first;
        found.next = numbers->next;
      }
    }
    pos += size;
  }
}

scan scan_file(const std::filesystem::path& file) {
  scan found;
  std::ifstream in(file, std::ios::binary);
  std::string block(block_size, '\0');
  for (std::uint64_t at = 0; in; at += block_size) {
    in.read(block.data(), block_size);
    const auto got = static_cast<std::size_t>(in.gcount());
    scan_block(std::string_view(block).substr(0, got), at, found);
    if (got < block_size) break;
  }
  return found;
}

} // namespace

std::vector<wal_finding> check_wal(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (std::filesystem::directory_iterator it{directory, failure}, last; !failure && it != last;
       it.increment(failure))
    if (it->path().extension() == ".log") files.push_back(it->path());
  std::sort(files.begin(), files.end()); // numbers with leading zeros

  std::vector<wal_finding> findings;
  auto torn = false;          // the end of the file before
  std::uint64_t expected = 0; // then: the sequence number that goes on from it
  for (const auto& file : files) {
    const auto found = scan_file(file);
    // Recovery after a crash goes on in the next file with the next number; a jump means that
    // the torn end had held whole batches.
    if (torn && found.first && *found.first > expected) findings.back().middle = true;
    torn = found.bad && found.first;
    if (!found.bad) continue;
    findings.push_back({file, *found.bad, found.size - *found.bad, found.whole_after});
    expected = found.next;
  }
  return findings;
}

std::string describe(const wal_finding& finding) {
  return finding.file.string() + ", offset " + std::to_string(finding.offset) + ": " +
         (finding.middle ? "a record of the write-ahead log is damaged, whole ones follow"
                         : "the write-ahead log ends in a record that is not whole (" +
                             std::to_string(finding.bytes) + " bytes)");
}

} // namespace riq::storage::embedded
