#pragma once
// Splitting CSV (RFC 4180: quotes, doubled quotes, line breaks within quotes) at the speed of the
// disk: a line without quotes is split in place.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/commands/import/row.hpp"

namespace riq::commands {

class csv_reader {
 public:
  explicit csv_reader(std::string_view text);

  /// The names of the first line. The separator is the one of comma, semicolon and tab that it has
  /// most of.
  std::vector<std::string> read_header();

  /// What the columns mean, before the first call of next().
  void set_roles(std::vector<role> roles) { roles_ = std::move(roles); }

  /// Reads one line, skipping empty ones. False at the end.
  bool next(row& out);

  /// Of the line that next() returned last: its number from 1, counting the header.
  std::uint64_t line() const { return line_; }
  /// Where that line begins, in bytes.
  std::uint64_t line_offset() const { return static_cast<std::uint64_t>(line_begin_ - begin_); }
  /// Where the next line begins, in bytes.
  std::uint64_t offset() const { return static_cast<std::uint64_t>(at_ - begin_); }
  /// Goes on behind line `line`, at byte `offset`.
  void skip_to(std::uint64_t line, std::uint64_t offset);

 private:
  void split_plain(const char* end, row& out);
  const char* split_quoted(row& out);
  void put(std::size_t column, std::string_view field, row& out) const;

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* line_begin_ = begin_;
  char separator_ = ',';
  std::uint64_t line_ = 0;
  std::vector<role> roles_;
  std::vector<std::string> unquoted_; ///< fields whose doubled quotes had to be undone
};

} // namespace riq::commands
