#include "nodes/commands/import/line_source.hpp"

#include <algorithm>

namespace riq::commands {

error line_source::prepare(const std::vector<std::string>& map) {
  const auto first = text_.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  json_ = first != std::string_view::npos && text_[first] == '{';
  if (json_) return {};
  auto roles = roles_of(reader_.read_header(), map);
  if (!roles) return roles.error();
  reader_.set_roles(std::move(*roles));
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
  return json_ ? writer_.write(json_line_, place_.line) : writer_.write(row_, place_.line);
}

} // namespace riq::commands
