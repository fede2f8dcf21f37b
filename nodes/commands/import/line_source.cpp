#include "nodes/commands/import/line_source.hpp"

#include <algorithm>
#include <optional>

#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

/// An order counts once, so what stands apart of its lines cannot be added later on. All lines are
/// looked at before the first is sent, so that such an order is left out whole.
std::unordered_set<std::uint64_t> split_orders(csv_reader reader) {
  std::unordered_set<std::uint64_t> begun;
  std::unordered_set<std::uint64_t> split;
  std::optional<std::uint64_t> current;
  row r;
  while (!interrupted() && reader.next(r)) {
    const auto order = order_of(r);
    if (order == current) continue;
    if (order && !begun.insert(*order).second) split.insert(*order);
    current = order;
  }
  return split;
}

} // namespace

error line_source::prepare(const std::vector<std::string>& map) {
  const auto first = text_.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  json_ = first != std::string_view::npos && text_[first] == '{';
  if (json_) return {};
  auto roles = roles_of(reader_.read_header(), map);
  if (!roles) return roles.error();
  const bool tells_orders = std::ranges::find(*roles, role::order) != roles->end();
  reader_.set_roles(std::move(*roles));
  if (tells_orders) split_orders_ = split_orders(reader_);
  return {};
}

void line_source::skip_to(file_place done) {
  place_.line = done.line;
  if (json_)
    at_ = std::min<std::uint64_t>(done.offset, text_.size());
  else
    reader_.skip_to(done.line, done.offset);
}

bool line_source::next() {
  if (json_) return next_json();
  if (!reader_.next(row_)) return false;
  place_ = {reader_.line(), reader_.line_offset()};
  return true;
}

bool line_source::next_json() {
  while (at_ < text_.size()) {
    place_ = {place_.line + 1, at_};
    const auto end = std::min(text_.find('\n', at_), text_.size());
    json_line_ = text_.substr(at_, end - at_);
    at_ = std::min(end + 1, text_.size());
    if (json_line_.find_first_not_of(" \t\r") != std::string_view::npos) return true;
  }
  return false;
}

result<written_record> line_source::write() {
  if (json_) return writer_.write(json_line_, place_.line);
  const auto order = order_of(row_);
  auto written = writer_.write(row_, place_.line);
  if (!order) return written;
  if (split_orders_.contains(*order))
    written = error{ec::invalid, "",
                    "the lines of order \"" + std::string{row_[role::order].substr(0, 60)} +
                      "\" do not follow one another; bring them together in a file of their own"};
  while (reader_.next(row_)) {
    if (order_of(row_) != order) { // is read again as a line of its own
      reader_.skip_to(reader_.line() - 1, reader_.line_offset());
      break;
    }
    ++place_.lines;
    if (!written) continue;
    if (auto bad = writer_.add_line(row_)) {
      bad.detail += " in line " + std::to_string(reader_.line());
      written = std::move(bad);
    }
  }
  return written;
}

} // namespace riq::commands
