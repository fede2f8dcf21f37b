#include "gateway/ui_files.hpp"

#include "gateway/reply.hpp"

#include <openssl/sha.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace riq::gateway {
namespace {

namespace fs = std::filesystem;

struct known_type {
  std::string_view extension;
  std::string_view type;
};
constexpr std::array<known_type, 8> known_types = {{
  {".html", media::html},
  {".js", "text/javascript; charset=utf-8"},
  {".css", "text/css; charset=utf-8"},
  {".svg", "image/svg+xml"},
  {".png", "image/png"},
  {".woff2", "font/woff2"},
  {".webmanifest", "application/manifest+json"},
  {".txt", "text/plain; charset=utf-8"},
}};

std::string_view type_of(std::string_view extension) {
  for (const auto& k : known_types)
    if (k.extension == extension) return k.type;
  return {};
}

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Of the content: it stays the same over restarts and nodes.
std::string etag_of(const std::string& bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < 12; ++i) (out += digits[digest[i] >> 4]) += digits[digest[i] & 15];
  return out += '"';
}

} // namespace

result<ui_files> ui_files::load(const std::string& folder) {
  ui_files out;
  if (folder.empty()) return out;
  std::error_code failed;
  std::size_t bytes = 0;
  fs::recursive_directory_iterator at{folder, failed}, end;
  for (; !failed && at != end; at.increment(failed)) {
    if (at->is_symlink(failed) || !at->is_regular_file(failed)) continue;
    const auto type = type_of(at->path().extension().string());
    if (type.empty()) continue;
    bytes += at->file_size(failed);
    if (failed || bytes > most_bytes) break;
    file f;
    f.type = type;
    f.plain = read_whole(at->path());
    if (fs::is_regular_file(at->path().string() + ".gz", failed))
      f.gzip = read_whole(at->path().string() + ".gz");
    failed.clear(); // of a file that has no compressed form
    f.etag = etag_of(f.plain);
    const auto name = "/" + at->path().lexically_relative(folder).generic_string();
    f.immutable = name.starts_with("/assets/");
    out.files_.emplace(name, std::move(f));
  }
  if (failed) return error{ec::storage, "ui", folder + ": " + failed.message()};
  if (bytes > most_bytes) return error{ec::too_large, "ui", folder + " is too large"};
  if (!out.page()) return error{ec::not_found, "ui", folder + " has no index.html"};
  return out;
}

const ui_files::file* ui_files::find(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

} // namespace riq::gateway
