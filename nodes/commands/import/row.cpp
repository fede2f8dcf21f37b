#include "nodes/commands/import/row.hpp"

#include <algorithm>

namespace riq::commands {

namespace {

struct known_column {
  std::string_view name;
  role meaning;
};

constexpr known_column known_columns[] = {
  {"user", role::user},
  {"user_id", role::user},
  {"userid", role::user},
  {"visitorid", role::user},
  {"customer_id", role::user},
  {"item", role::item},
  {"item_id", role::item},
  {"itemid", role::item},
  {"product_id", role::item},
  {"productid", role::item},
  {"product", role::item},
  {"sku", role::item},
  {"event", role::event},
  {"event_type", role::event},
  {"eventtype", role::event},
  {"timestamp", role::timestamp},
  {"event_time", role::timestamp},
  {"time", role::timestamp},
  {"category_code", role::category_code},
  {"category", role::category},
  {"category_id", role::category},
  {"categoryid", role::category},
  {"brand", role::brand},
  {"price", role::price},
  {"session", role::session},
  {"user_session", role::session},
  {"session_id", role::session},
  {"sessionid", role::session},
  {"order", role::order},
  {"order_id", role::order},
  {"orderid", role::order},
  {"transactionid", role::order},
  {"quantity", role::quantity},
  {"query", role::query},
  {"duration", role::duration},
  {"durationsec", role::duration},
};

constexpr std::string_view role_names[role_count] = {
  "user",  "item",    "event", "timestamp", "category_code", "category", "brand",
  "price", "session", "order", "quantity",  "query",         "duration"};

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string list(const auto& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + std::string{name};
  return out;
}

} // namespace

result<std::vector<role>> roles_of(const std::vector<std::string>& columns,
                                   const std::vector<std::string>& map) {
  std::vector<role> roles(columns.size(), role::none);
  std::array<bool, role_count> found{};
  const auto give = [&](std::size_t column, role r) {
    roles[column] = r;
    found[static_cast<std::size_t>(r)] = true;
  };
  for (const auto& pair : map) {
    const auto equals = pair.find('=');
    const auto name = lower(pair.substr(0, equals));
    const auto* meaning = std::find(std::begin(role_names), std::end(role_names), name);
    if (equals == std::string::npos || meaning == std::end(role_names))
      return error{ec::invalid, "map",
                   "--map " + pair + " must be ROLE=COLUMN; roles are " + list(role_names)};
    const auto column = std::find(columns.begin(), columns.end(), pair.substr(equals + 1));
    if (column == columns.end())
      return error{ec::invalid, "map", "--map " + pair + ": the columns are " + list(columns)};
    give(static_cast<std::size_t>(column - columns.begin()),
         static_cast<role>(meaning - std::begin(role_names)));
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto name = lower(columns[c]);
    for (const auto& known : known_columns)
      if (roles[c] == role::none && known.name == name &&
          !found[static_cast<std::size_t>(known.meaning)])
        give(c, known.meaning);
  }
  for (const auto needed : {role::user, role::event})
    if (!found[static_cast<std::size_t>(needed)]) {
      const auto name = std::string{role_names[static_cast<std::size_t>(needed)]};
      return error{ec::invalid, "header",
                   "no column looks like \"" + name + "\"; name it with --map " + name +
                     "=COLUMN. The columns are " + list(columns)};
    }
  return roles;
}

} // namespace riq::commands
