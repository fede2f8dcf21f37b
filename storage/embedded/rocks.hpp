#pragma once
// The opened RocksDB: its column families, their tuning, and its errors in our words.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>

#include "messages/error.hpp"
#include "storage/embedded/database.hpp"

namespace riq::storage::embedded {

enum class family : std::uint8_t { meta, records, index, state, due };
inline constexpr std::size_t family_count = 5;

class rocks {
 public:
  /// Opens the directory of `settings`, after a look at the write-ahead log. What could not be kept
  /// is appended to `lost`.
  static result<std::unique_ptr<rocks>> open(const options& settings,
                                             std::vector<std::string>& lost);
  rocks(const rocks&) = delete;
  rocks& operator=(const rocks&) = delete;
  ~rocks();

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* operator[](family f) const {
    return handles_[static_cast<std::size_t>(f)];
  }

  /// The value of a key, nothing when there is none.
  result<std::optional<std::string>> get(family f, std::string_view key) const;

 private:
  rocks() = default;
  void close();

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

/// `doing` completes "The storage failed while …".
error to_error(const rocksdb::Status& status, std::string_view doing);

inline rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view(const rocksdb::Slice& text) {
  return {text.data(), text.size()};
}

} // namespace riq::storage::embedded
