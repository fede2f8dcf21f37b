#include "gateway/json_line.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace riq::gateway {
namespace {

std::vector<std::string> steps_of(std::string_view pointer) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      out.emplace_back();
    } else if (!out.empty()) {
      // ~1 is a slash, ~0 a tilde.
      const bool escape = pointer[i] == '~' && i + 1 < pointer.size();
      if (escape) ++i;
      out.back() += !escape ? pointer[i] : pointer[i] == '1' ? '/' : '~';
    }
  }
  return out;
}

/// Follows the reader through the text and notes how far along the pointer it has come.
class locator : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, locator> {
 public:
  locator(const rapidjson::MemoryStream& text, std::vector<std::string> steps)
    : text_(text), steps_(std::move(steps)) {}

  std::size_t found() const { return found_; }

  // Called by the reader; `Default` for every value that is neither object nor array.
  bool Default() { return value(), true; }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    auto& in = open_.back();
    in.matches = in.on_path && open_.size() <= steps_.size() &&
                 std::string_view{name, size} == steps_[open_.size() - 1];
    return true;
  }
  bool StartObject() { return enter(false); }
  bool StartArray() { return enter(true); }
  bool EndObject(rapidjson::SizeType) { return open_.pop_back(), true; }
  bool EndArray(rapidjson::SizeType) { return open_.pop_back(), true; }

 private:
  struct container {
    bool array = false;
    bool on_path = false;
    bool matches = false; // the value that comes next is the pointer's next step
    std::size_t index = 0;
  };

  /// Whether the value that was just met lies on the path.
  bool value() {
    bool on_path = true;
    if (!open_.empty()) {
      auto& in = open_.back();
      on_path = in.array ? in.on_path && open_.size() <= steps_.size() &&
                             std::to_string(in.index++) == steps_[open_.size() - 1]
                         : in.matches;
    }
    // The reader stands behind the value or its bracket, which is on the same line.
    if (on_path) found_ = text_.Tell() == 0 ? 0 : text_.Tell() - 1;
    return on_path;
  }

  bool enter(bool array) {
    const auto on_path = value();
    open_.push_back({array, on_path, false, 0});
    return true;
  }

  const rapidjson::MemoryStream& text_;
  std::vector<std::string> steps_;
  std::vector<container> open_;
  std::size_t found_ = 0;
};

} // namespace

std::size_t line_of(std::string_view json, std::string_view pointer) {
  rapidjson::MemoryStream text{json.data(), json.size()};
  locator at{text, steps_of(pointer)};
  rapidjson::Reader reader;
  // Without recursion, as the text is anybody's.
  const auto outcome = reader.Parse<rapidjson::kParseIterativeFlag>(text, at);
  const auto offset = std::min(outcome ? at.found() : outcome.Offset(), json.size());
  const auto end = json.begin() + static_cast<std::ptrdiff_t>(offset);
  return 1 + static_cast<std::size_t>(std::count(json.begin(), end, '\n'));
}

} // namespace riq::gateway
