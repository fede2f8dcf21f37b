#include "storage/embedded/catalog.hpp"

#include <algorithm>
#include <mutex>

#include "storage/embedded/keys.hpp"
#include "storage/embedded/pipeline.hpp"

namespace riq::storage::embedded {

namespace {

constexpr std::size_t topic_value_size = 26;
constexpr char topic_version = 1;

/// Why the topic cannot be as wanted.
error mismatch(const topic& has, const topic_options& wanted) {
  const auto partitions = static_cast<std::int32_t>(has.partitions.size());
  if (partitions != wanted.partitions)
    return {ec::conflict, "partitions",
            "Topic " + wanted.name + " has " + std::to_string(partitions) +
              " partitions and cannot be given " + std::to_string(wanted.partitions) +
              ": its keys would move between partitions. Set the old number again, or start with "
              "an empty data directory."};
  if (has.options.compacted != wanted.compacted)
    return {ec::conflict, "compacted",
            "Topic " + wanted.name + " is " + (has.options.compacted ? "" : "not ") +
              "compacted, which cannot be changed later."};
  return {};
}

} // namespace

topic* catalog::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : found->second.get();
}

std::shared_ptr<partition> catalog::find(const topic_partition& where) const {
  const auto* t = find(where.topic);
  if (t == nullptr || where.partition < 0 ||
      static_cast<std::size_t>(where.partition) >= t->partitions.size())
    return nullptr;
  return t->partitions[static_cast<std::size_t>(where.partition)];
}

std::vector<topic*> catalog::all() const {
  std::vector<topic*> out;
  const std::shared_lock lock(mutex_);
  for (const auto& [name, t] : topics_) out.push_back(t.get());
  return out;
}

topic& catalog::add(std::uint32_t id, topic_options options) {
  auto made = std::make_unique<topic>();
  made->id = id;
  for (std::int32_t i = 0; i < options.partitions; ++i) {
    made->partitions.push_back(
      std::make_shared<partition>(topic_partition{options.name, i}, id, options.compacted));
    made->partitions.back()->writer.segments.set_retention(options.retention_bytes);
  }
  made->options = std::move(options);
  const std::unique_lock lock(mutex_);
  return *(topics_[made->options.name] = std::move(made));
}

error catalog::ensure(const topic_options& wanted, const rocks& db, pipeline& writer) {
  if (wanted.name.empty()) return {ec::invalid, "name", "A topic needs a name."};
  if (wanted.partitions < 1 || wanted.partitions > 100'000)
    return {ec::invalid, "partitions", "A topic needs between 1 and 100,000 partitions."};
  return writer.call([&]() -> error {
    auto* has = find(wanted.name);
    if (has != nullptr)
      if (auto bad = mismatch(*has, wanted)) return bad;
    std::uint32_t id = 1;
    for (const auto* t : all()) id = std::max(id, t->id + 1);
    if (has != nullptr) id = has->id;
    rocksdb::WriteOptions how;
    how.sync = true;
    const auto status =
      db.db().Put(how, db[family::meta], topic_key(wanted.name), encode_topic(id, wanted));
    if (!status.ok()) return to_error(status, "making topic " + wanted.name);
    if (has == nullptr) {
      add(id, wanted);
      return {};
    }
    has->options.retention_bytes = wanted.retention_bytes;
    has->options.retention_ms = wanted.retention_ms;
    for (const auto& p : has->partitions) p->writer.segments.set_retention(wanted.retention_bytes);
    return {};
  });
}

std::string encode_topic(std::uint32_t id, const topic_options& options) {
  std::string out(1, topic_version);
  put_le32(out, id);
  put_le32(out, static_cast<std::uint32_t>(options.partitions));
  out.push_back(options.compacted ? 1 : 0);
  put_le64(out, options.retention_bytes);
  put_le64(out, static_cast<std::uint64_t>(options.retention_ms));
  return out;
}

std::optional<std::pair<std::uint32_t, topic_options>> decode_topic(std::string_view name,
                                                                    std::string_view value) {
  if (value.size() < topic_value_size || value[0] != topic_version) return std::nullopt;
  topic_options options;
  options.name = name;
  options.partitions = static_cast<std::int32_t>(get_le32(value.data() + 5));
  options.compacted = value[9] != 0;
  options.retention_bytes = get_le64(value.data() + 10);
  options.retention_ms = static_cast<std::int64_t>(get_le64(value.data() + 18));
  return std::pair{get_le32(value.data() + 1), std::move(options)};
}

} // namespace riq::storage::embedded
