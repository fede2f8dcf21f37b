#pragma once
// The event log port over the pipeline, the catalogue and the readers.

#include <functional>

#include "storage/embedded/catalog.hpp"
#include "storage/embedded/group_offsets.hpp"
#include "storage/embedded/pipeline.hpp"
#include "storage/embedded/readers.hpp"
#include "storage/embedded/rocks.hpp"
#include "storage/event_log.hpp"

namespace riq::storage::embedded {

class embedded_log final : public event_log {
 public:
  embedded_log(const rocks& db, catalog& topics, group_offsets& groups, pipeline& writer,
               readers& pool)
    : db_(db), topics_(topics), groups_(groups), writer_(writer), pool_(pool) {}

  error ensure_topic(const topic_options& topic) override;
  std::int32_t partitions(std::string_view topic) const override;
  std::int32_t partition_of(std::string_view topic, std::string_view key) const override;
  error append(std::vector<outgoing_record> records, durability safety, append_done done) override;
  std::unique_ptr<subscription> subscribe(topic_partition where, std::int64_t from,
                                          batch_sink sink) override;
  offset_range range(const topic_partition& where) const override;
  void commit(std::string_view group, const topic_partition& where, std::int64_t next) override;
  std::int64_t committed(std::string_view group, const topic_partition& where) const override;
  void keep_groups(std::string_view topic, const std::vector<std::string>& groups) override;
  std::string identity() const override;
  error health() const override;

 private:
  const rocks& db_;
  catalog& topics_;
  group_offsets& groups_;
  pipeline& writer_;
  readers& pool_;
};

} // namespace riq::storage::embedded
