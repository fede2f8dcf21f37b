#include "gateway/analytics_answer.hpp"

#include "messages/json.hpp"

#include <charconv>
#include <ctime>

namespace riq::gateway {
namespace {

constexpr std::int64_t minute = 60'000;

void write_cell(json_writer& w, const analytics_cell& cell) {
  std::visit([&](const auto& value) { write_json(w, value); }, cell);
}

void append_text(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (const auto c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

template <class T>
void append_number(std::string& out, T x) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, x).ptr);
}

void append_time(std::string& out, std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  out.append(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

struct cell_appender {
  std::string& out;
  bool time;
  void operator()(std::int64_t x) const {
    if (time)
      append_time(out, x);
    else
      append_number(out, x);
  }
  void operator()(double x) const { append_number(out, x); }
  void operator()(const std::string& x) const { append_text(out, x); }
};

} // namespace

std::string_view granularity_name(std::int64_t step) {
  if (step == minute) return "minute";
  return step == 60 * minute ? "hour" : "day";
}

std::string analytics_json(const analytics_request& r, const analytics_table& table,
                           const analytics_frame& frame) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "name", r.name);
    json_member(w, "from", r.from);
    json_member(w, "to", r.to);
    json_member(w, "granularity", granularity_name(r.step));
    json_member(w, "asOf", frame.as_of);
    json_member(w, "partial", !frame.missing.empty());
    json_key(w, "shards");
    w.StartObject();
    json_member(w, "asked", frame.asked);
    json_member(w, "answered", frame.asked - frame.missing.size());
    json_member(w, "missing", frame.missing);
    w.EndObject();
    json_member(w, "tooOld", frame.too_old);
    if (table.error > 0) json_member(w, "error", table.error);
    if (table.bound >= 0) json_member(w, "bound", table.bound);
    json_key(w, "totals");
    w.StartObject();
    for (const auto& [name, cell] : table.totals) {
      json_key(w, name);
      write_cell(w, cell);
    }
    w.EndObject();
    json_member(w, "columns", table.columns);
    json_key(w, "rows");
    w.StartArray();
    for (const auto& row : table.rows) {
      w.StartObject();
      for (std::size_t i = 0; i < row.size(); ++i) {
        json_key(w, table.columns[i]);
        write_cell(w, row[i]);
      }
      w.EndObject();
    }
    w.EndArray();
    w.EndObject();
  });
}

std::string analytics_csv(const analytics_table& table) {
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) out += ',';
    append_text(out, table.columns[i]);
  }
  out += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      std::visit(cell_appender{out, table.columns[i] == "t"}, row[i]);
    }
    out += "\r\n";
  }
  return out;
}

} // namespace riq::gateway
