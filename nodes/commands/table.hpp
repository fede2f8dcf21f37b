#pragma once
// JSON for people: objects as indented lists, lists of objects as tables.

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace riq::commands {

/// Rows of cells under a heading, each column as wide as its longest cell; numbers to the right.
class text_table {
 public:
  explicit text_table(std::vector<std::string> heading);
  void add(std::vector<std::string> row);
  void print(std::ostream& out, std::string_view indent = "") const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A scalar as a person reads it; objects and lists as compact JSON.
std::string cell(const simdjson::dom::element& value);

/// The whole value: scalars of an object as `name  value`, nested objects indented below their
/// name, lists of objects as tables.
void print_json(std::ostream& out, const simdjson::dom::element& value, const std::string& indent);

} // namespace riq::commands
