#pragma once
// The lines of a file of either format, one after the other, as JSON of a batch route.

#include <string_view>
#include <unordered_set>
#include <vector>

#include "nodes/commands/import/csv_reader.hpp"
#include "nodes/commands/import/record_writer.hpp"

namespace riq::commands {

/// A line of the file, or the lines of an order, and the byte at which they begin.
struct file_place {
  std::uint64_t line = 0; ///< from 1
  std::uint64_t offset = 0;
  std::uint64_t lines = 1;
};

class line_source {
 public:
  line_source(std::string_view text, record_writer writer)
    : text_(text), reader_(text), writer_(std::move(writer)) {}

  /// Reads the header of a CSV file; a file that begins with a brace is NDJSON.
  error prepare(const std::vector<std::string>& map);
  /// Goes on behind the line `done.line`, at the byte `done.offset`.
  void skip_to(file_place done);
  /// Goes to the next line that is not empty. False at the end.
  bool next();
  /// The line as JSON, with its number; see record_writer. Takes the lines behind it that are of
  /// the same order with it: they are one record, or none when one of them is wrong.
  result<written_record> write();
  std::string_view json() const { return writer_.last(); }

  /// Of the line that next() went to, with those that write() took.
  file_place place() const { return place_; }
  /// How far lines were read: the number of the last one, and where the one behind it begins.
  file_place done() const {
    return json_ ? file_place{place_.line, at_} : file_place{reader_.line(), reader_.offset()};
  }

 private:
  bool next_json();

  std::string_view text_;
  csv_reader reader_;
  record_writer writer_;
  bool json_ = false;
  std::size_t at_ = 0; ///< NDJSON only
  std::string_view json_line_;
  row row_;
  std::unordered_set<std::uint64_t> split_orders_; ///< whose lines do not follow one another
  file_place place_;
};

} // namespace riq::commands
