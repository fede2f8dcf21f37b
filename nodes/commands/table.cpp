#include "nodes/commands/table.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>

namespace riq::commands {

namespace dom = simdjson::dom;

namespace {

/// Characters, not bytes: continuation bytes of UTF-8 take no room.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool is_numeric(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.-+e") == std::string_view::npos;
}

bool is_table(const dom::array& list) {
  return list.size() > 0 &&
         std::all_of(list.begin(), list.end(), [](dom::element e) { return e.is_object(); });
}

void print_table(std::ostream& out, const dom::array& list, const std::string& indent) {
  std::vector<std::string> names;
  for (const dom::element row : list)
    for (const auto& member : dom::object{row})
      if (std::find(names.begin(), names.end(), member.key) == names.end())
        names.emplace_back(member.key);
  text_table table{names};
  for (const dom::element row : list) {
    std::vector<std::string> cells;
    for (const auto& name : names) {
      dom::element value;
      cells.push_back(row[name].get(value) == simdjson::SUCCESS ? cell(value) : "");
    }
    table.add(std::move(cells));
  }
  table.print(out, indent);
}

} // namespace

text_table::text_table(std::vector<std::string> heading) {
  rows_.push_back(std::move(heading));
}

void text_table::add(std::vector<std::string> row) {
  row.resize(rows_.front().size());
  rows_.push_back(std::move(row));
}

void text_table::print(std::ostream& out, std::string_view indent) const {
  const auto columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> right(columns, rows_.size() > 1);
  for (std::size_t r = 0; r < rows_.size(); ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], width(rows_[r][c]));
      if (r > 0 && !rows_[r][c].empty() && !is_numeric(rows_[r][c])) right[c] = false;
    }
  for (const auto& row : rows_) {
    std::string line{indent};
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string gap(widths[c] - width(row[c]), ' ');
      if (c > 0) line += "  ";
      line += right[c] ? gap + row[c] : row[c] + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

std::string cell(const dom::element& value) {
  switch (value.type()) {
  case dom::element_type::STRING:
    return std::string{std::string_view{value}};
  case dom::element_type::BOOL:
    return bool{value} ? "yes" : "no";
  case dom::element_type::NULL_VALUE:
    return "-";
  case dom::element_type::DOUBLE: {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", double{value});
    return text;
  }
  default:
    return simdjson::minify(value);
  }
}

void print_json(std::ostream& out, const dom::element& value, const std::string& indent) {
  dom::array list;
  if (value.get(list) == simdjson::SUCCESS) {
    if (is_table(list)) return print_table(out, list, indent);
    for (const dom::element each : list) out << indent << cell(each) << '\n';
    return;
  }
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    out << indent << cell(value) << '\n';
    return;
  }
  std::size_t longest = 0;
  for (const auto& member : object)
    if (!member.value.is_object()) longest = std::max(longest, width(member.key));
  for (const auto& member : object) {
    dom::array members;
    const bool table = member.value.get(members) == simdjson::SUCCESS && is_table(members);
    if (table || (member.value.is_object() && dom::object{member.value}.size() > 0)) {
      out << indent << member.key << ":\n";
      print_json(out, member.value, indent + "  ");
    } else {
      out << indent << member.key
          << std::string(longest - std::min(longest, width(member.key)), ' ') << "  "
          << cell(member.value) << '\n';
    }
  }
}

} // namespace riq::commands
