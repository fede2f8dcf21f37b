#pragma once
// The built dashboard, read into memory when the node starts. A request names one of these files or
// none, so there is no path to walk out of the folder by.
//
// Immutable after `load`: any thread.

#include "messages/error.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace riq::gateway {

class ui_files {
 public:
  struct file {
    std::string_view type; ///< of static storage
    std::string plain;
    std::string gzip;       ///< empty: there is no smaller form
    std::string etag;       ///< of the plain form, quoted
    bool immutable = false; ///< its name changes with its content
  };

  /// Files together, in bytes; a folder with more is none of a dashboard.
  static constexpr std::size_t most_bytes = 32u << 20;

  /// Reads `folder`: every regular file of a known type, with `NAME.gz` beside it as its compressed
  /// form. Symbolic links are passed over. Without an index.html, or beyond `most_bytes`, it is an
  /// error. An empty name is a node without a dashboard.
  static result<ui_files> load(const std::string& folder);

  bool empty() const { return files_.empty(); }

  /// By the path of a request, `/assets/index-1a2b.js`; nullptr: none.
  const file* find(std::string_view path) const;

  /// The page that every address of the dashboard begins with; nullptr when empty.
  const file* page() const { return find("/index.html"); }

 private:
  std::map<std::string, file, std::less<>> files_;
};

} // namespace riq::gateway
