#include "nodes/commands/import/csv_reader.hpp"

#include <algorithm>
#include <cstring>

namespace riq::commands {

namespace {

const char* find(const char* from, const char* end, char c) {
  const auto* found =
    static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(end - from)));
  return found ? found : end;
}

std::string_view without_return(const char* from, const char* end) {
  if (end > from && end[-1] == '\r') --end;
  return {from, static_cast<std::size_t>(end - from)};
}

} // namespace

csv_reader::csv_reader(std::string_view text)
  : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") at_ += 3; // a byte order mark
}

std::vector<std::string> csv_reader::read_header() {
  const auto* end = find(at_, end_, '\n');
  const auto line = without_return(at_, end);
  std::ptrdiff_t most = 0;
  for (const char candidate : {',', ';', '\t'}) {
    const auto count = std::count(line.begin(), line.end(), candidate);
    if (count > most) {
      most = count;
      separator_ = candidate;
    }
  }
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= line.size();) {
    const auto to = std::min(line.find(separator_, from), line.size());
    auto name = line.substr(from, to - from);
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"')
      name = name.substr(1, name.size() - 2);
    names.emplace_back(name);
    from = to + 1;
  }
  at_ = std::min(end + 1, end_);
  line_ = 1;
  return names;
}

void csv_reader::skip_to(std::uint64_t line, std::uint64_t offset) {
  line_ = line;
  at_ = begin_ + std::min<std::uint64_t>(offset, static_cast<std::uint64_t>(end_ - begin_));
}

bool csv_reader::next(row& out) {
  while (at_ < end_) {
    ++line_;
    const auto* end = find(at_, end_, '\n');
    const auto line = without_return(at_, end);
    if (line.empty()) {
      at_ = std::min(end + 1, end_);
      continue;
    }
    line_begin_ = at_;
    out.fields.fill({});
    if (std::memchr(line.data(), '"', line.size())) {
      at_ = split_quoted(out);
    } else {
      split_plain(line.data() + line.size(), out);
      at_ = std::min(end + 1, end_);
    }
    return true;
  }
  return false;
}

void csv_reader::put(std::size_t column, std::string_view field, row& out) const {
  if (column < roles_.size() && roles_[column] != role::none)
    out.fields[static_cast<std::size_t>(roles_[column])] = field;
}

void csv_reader::split_plain(const char* end, row& out) {
  const auto* from = at_;
  for (std::size_t column = 0;; ++column) {
    const auto* to = from;
    while (to != end && *to != separator_) ++to;
    put(column, {from, static_cast<std::size_t>(to - from)}, out);
    if (to == end) return;
    from = to + 1;
  }
}

/// Returns where the next line begins; a quoted field may hold line breaks.
const char* csv_reader::split_quoted(row& out) {
  unquoted_.clear();
  unquoted_.reserve(roles_.size()); // so that views into it stay valid
  const auto* from = at_;
  for (std::size_t column = 0;; ++column) {
    const auto* to = from;
    if (from < end_ && *from == '"') {
      std::string field;
      for (++from; from < end_; from = to + 2) { // a doubled quote is a quote
        to = find(from, end_, '"');
        field.append(from, to);
        if (to + 1 >= end_ || to[1] != '"') break;
        field += '"';
      }
      to = std::min(to + 1, end_);
      while (to < end_ && *to != separator_ && *to != '\n') ++to;
      if (column < roles_.size()) put(column, unquoted_.emplace_back(std::move(field)), out);
    } else {
      while (to < end_ && *to != separator_ && *to != '\n') ++to;
      const bool last = to == end_ || *to == '\n';
      put(column, last ? without_return(from, to) : std::string_view(from, to - from), out);
    }
    if (to >= end_) return end_;
    if (*to == '\n') return to + 1;
    from = to + 1;
  }
}

} // namespace riq::commands
