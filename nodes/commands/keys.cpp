#include "nodes/commands/commands.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <openssl/rand.h>

#include "gateway/auth.hpp"
#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += {digits[bytes[i] >> 4], digits[bytes[i] & 15]};
  return out;
}

/// 256 random bits: too many to guess, so a plain hash at rest is enough.
std::optional<std::string> new_key() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return std::nullopt;
  return "riq_" + hex(bytes.data(), bytes.size());
}

int make_key(const std::string& name, const std::vector<std::string>& scopes) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (!plain) return failed("a key's name has letters, digits and signs, without blanks");
  const auto key = new_key();
  if (!key) return failed("OpenSSL has no random numbers");
  std::string list;
  for (const auto& scope : scopes) list += (list.empty() ? "\"" : ", \"") + scope + "\"";
  std::cout << "The key, shown this once:\n\n  " << *key
            << "\n\nPut this into the node's configuration file:\n\n[[auth.keys]]\nname = \""
            << name << "\"\nsha256 = \"" << gateway::hash_key(*key) << "\"\nscopes = [" << list
            << "]\n\nClients send it as `X-API-Key: KEY` or `Authorization: Bearer KEY`.\n";
  return 0;
}

} // namespace

void add_keys(CLI::App& program, int& exit_code) {
  auto* keys = program.add_subcommand("keys", "Make API keys");
  keys->require_subcommand(1);
  auto* make = keys->add_subcommand("new", "Make a key, with the lines for the configuration");
  make->footer("Example:\n"
               "  retargetiq keys new shop --scopes write,read\n"
               "Only the key's SHA-256 goes into the configuration. Scopes: write posts events,\n"
               "orders and outcomes; read gets features, recommendations and offers; admin may\n"
               "inspect, export, erase, change the catalogue, and all of the others.");
  struct options {
    std::string name;
    std::vector<std::string> scopes;
  };
  auto given = std::make_shared<options>();
  make->add_option("name", given->name, "Whose key it is")->required();
  make->add_option("--scopes", given->scopes, "Comma-separated: write, read, admin")
    ->required()
    ->delimiter(',')
    ->check(CLI::IsMember({"write", "read", "admin"}));
  make->callback([&exit_code, given] { exit_code = make_key(given->name, given->scopes); });
}

} // namespace riq::commands
