#include "engine/bandit/eligibility.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace riq::engine {
namespace {

using step = eligibility::step;
using what = eligibility::what;
using relation = eligibility::relation;

constexpr std::size_t max_text = 2'000;
constexpr int max_depth = 32;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

/// Recursive descent; the first failure stays.
class parser {
 public:
  parser(std::string_view text, std::span<const std::string> fields)
    : text_(text), fields_(fields) {}

  result<std::vector<step>> run() {
    expression(0);
    blanks();
    if (!failure_ && at_ != text_.size()) fail("expected \"and\", \"or\" or the end");
    if (failure_) return failure_;
    return std::move(steps_);
  }

 private:
  void fail(std::string_view expected) {
    if (failure_) return;
    failure_ = {ec::invalid, "",
                "character " + std::to_string(at_ + 1) + ": " + std::string{expected}};
  }

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
      ++at_;
  }

  bool take(char c) {
    blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view peek_word() {
    blanks();
    auto end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool take_word(std::string_view word) {
    if (peek_word() != word) return false;
    at_ += word.size();
    return true;
  }

  void expression(int depth) {
    term(depth);
    while (!failure_ && take_word("or")) {
      term(depth);
      steps_.push_back({.kind = what::either});
    }
  }

  void term(int depth) {
    factor(depth);
    while (!failure_ && take_word("and")) {
      factor(depth);
      steps_.push_back({.kind = what::both});
    }
  }

  void factor(int depth) {
    if (failure_) return;
    if (depth > max_depth) return fail("nested too deeply");
    if (take_word("not")) {
      factor(depth + 1);
      steps_.push_back({.kind = what::negate});
    } else if (take('(')) {
      expression(depth + 1);
      if (!failure_ && !take(')')) fail("expected \")\"");
    } else {
      comparison();
    }
  }

  void comparison() {
    const auto name = peek_word();
    if (name.empty()) return fail("expected a field, \"not\" or \"(\"");
    if (!is_own_field(name) && std::ranges::find(fields_, name) == fields_.end())
      return fail("\"" + std::string{name} +
                  "\" is neither a field of the user nor one that the campaign names");
    at_ += name.size();
    step s{.field = std::string{name}};
    if (take_word("in")) {
      s.compare = relation::equal;
      if (!take('(')) return fail("expected \"(\" after \"in\"");
      do {
        value(s);
        if (failure_) return;
      } while (take(','));
      if (!take(')')) return fail("expected \",\" or \")\"");
    } else if (const auto r = take_relation()) {
      s.compare = *r;
      value(s);
    }
    steps_.push_back(std::move(s));
  }

  std::optional<relation> take_relation() {
    if (take('=')) return take('='), relation::equal;
    if (take('!')) {
      if (!take('=')) fail("expected \"!=\"");
      return relation::differs;
    }
    if (take('<')) return take('=') ? relation::at_most : relation::less;
    if (take('>')) return take('=') ? relation::at_least : relation::greater;
    return {};
  }

  void value(step& to) {
    blanks();
    context_value v;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const auto end = text_.find(text_[at_], at_ + 1);
      if (end == std::string_view::npos) return fail("a text without its closing quote");
      v.text = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
    } else {
      const auto word = peek_word();
      if (word.empty()) return fail("expected a value");
      const auto [end, bad] = std::from_chars(word.data(), word.data() + word.size(), v.number);
      v.is_number = bad == std::errc{} && end == word.data() + word.size();
      if (word == "true" || word == "false") {
        v.is_number = true;
        v.number = word == "true" ? 1 : 0;
      }
      if (!v.is_number) v.text = word;
      at_ += word.size();
    }
    to.values.push_back(std::move(v));
  }

  std::string_view text_;
  std::span<const std::string> fields_;
  std::size_t at_ = 0;
  std::vector<step> steps_;
  error failure_;
};

bool compares(const context_value& known, relation r, const context_value& with) {
  if (known.name.empty() || known.is_number != with.is_number) return r == relation::differs;
  const auto order = known.is_number ? known.number <=> with.number
                                     : std::partial_ordering{known.text <=> with.text};
  switch (r) {
  case relation::equal:
    return order == 0;
  case relation::differs:
    return order != 0;
  case relation::less:
    return order < 0;
  case relation::at_most:
    return order <= 0;
  case relation::greater:
    return order > 0;
  case relation::at_least:
    return order >= 0;
  case relation::truth:
    break;
  }
  return false;
}

bool holds(const step& s, const field_lookup& fields) {
  const auto known = fields(s.field);
  if (s.compare == relation::truth) return known.is_number && known.number != 0;
  return std::ranges::any_of(s.values,
                             [&](const auto& v) { return compares(known, s.compare, v); });
}

} // namespace

result<eligibility> eligibility::compile(std::string_view text,
                                         std::span<const std::string> fields) {
  eligibility out;
  if (text.find_first_not_of(" \t\n") == std::string_view::npos) return out;
  if (text.size() > max_text)
    return error{ec::invalid, "", "longer than " + std::to_string(max_text) + " bytes"};
  auto steps = parser{text, fields}.run();
  if (!steps) return steps.error();
  out.steps_ = std::move(*steps);
  return out;
}

bool eligibility::admits(const field_lookup& fields) const {
  if (steps_.empty()) return true;
  std::vector<bool> stack;
  for (const auto& s : steps_) {
    if (s.kind == what::test) {
      stack.push_back(holds(s, fields));
    } else if (s.kind == what::negate) {
      stack.back() = !stack.back();
    } else {
      const bool last = stack.back();
      stack.pop_back();
      stack.back() = s.kind == what::both ? stack.back() && last : stack.back() || last;
    }
  }
  return stack.back();
}

} // namespace riq::engine
