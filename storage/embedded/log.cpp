#include "storage/embedded/log.hpp"

#include <utility>

#include "messages/partition.hpp"
#include "storage/embedded/record_batch.hpp"
#include "storage/embedded/subscriber.hpp"

namespace riq::storage::embedded {

namespace {

/// A follower decodes a slab from its start, so a large call makes several.
constexpr std::uint32_t max_slab_records = 512;

error unknown(std::string_view topic) {
  return {ec::not_found, "topic", "There is no topic " + std::string(topic) + "."};
}

/// Sorts the records of one call into slabs, one run of slabs for each partition.
class sorter {
 public:
  sorter(const catalog& topics, durability safety, std::size_t records)
    : topics_(topics), safety_(safety) {
    work_.safety = safety;
    work_.offsets.reserve(records);
    if (records > 1) part_of_.reserve(records);
  }

  error add(const outgoing_record& record) {
    if (topic_ == nullptr || topic_->options.name != record.topic) {
      topic_ = topics_.find(record.topic);
      if (topic_ == nullptr) return unknown(record.topic);
      open_.assign(topic_->partitions.size(), none);
      for (std::uint32_t i = 0; i < work_.parts.size(); ++i) // as the call left this topic
        if (const auto& p = *work_.parts[i].where; p.topic == topic_->id)
          open_[static_cast<std::size_t>(p.where.partition)] = i;
    }
    const auto count = static_cast<std::int32_t>(topic_->partitions.size());
    const auto number =
      record.partition < 0 ? riq::partition_of(record.key, count) : record.partition;
    if (number >= count)
      return {ec::invalid, "partition",
              "Topic " + record.topic + " has no partition " + std::to_string(number) + "."};
    auto& at = open_[static_cast<std::size_t>(number)];
    if (at == none || work_.parts[at].data->count >= max_slab_records) {
      at = static_cast<std::uint32_t>(work_.parts.size());
      work_.parts.push_back(
        {topic_->partitions[static_cast<std::size_t>(number)].get(), std::make_shared<slab>()});
      work_.parts.back().data->safety = safety_;
    }
    auto& data = *work_.parts[at].data;
    encode_record(data.records, record);
    work_.offsets.push_back(data.count++);
    part_of_.push_back(at);
    return {};
  }

  append_work& work() { return work_; }
  const std::vector<std::uint32_t>& part_of() const { return part_of_; }

 private:
  static constexpr auto none = static_cast<std::uint32_t>(-1);
  const catalog& topics_;
  const durability safety_;
  const topic* topic_ = nullptr;
  std::vector<std::uint32_t> open_; // of the topic: the slab that takes more, for each partition
  std::vector<std::uint32_t> part_of_;
  append_work work_;
};

} // namespace

error embedded_log::ensure_topic(const topic_options& topic) {
  if (auto why = writer_.health()) return why;
  return topics_.ensure(topic, db_, writer_);
}

std::int32_t embedded_log::partitions(std::string_view topic) const {
  const auto* t = topics_.find(topic);
  return t == nullptr ? 0 : static_cast<std::int32_t>(t->partitions.size());
}

std::int32_t embedded_log::partition_of(std::string_view topic, std::string_view key) const {
  const auto count = partitions(topic);
  return count == 0 ? -1 : riq::partition_of(key, count);
}

error embedded_log::append(std::vector<outgoing_record> records, durability safety,
                           append_done done) {
  sorter sorted(topics_, safety, records.size());
  for (const auto& record : records)
    if (auto bad = sorted.add(record)) return bad;
  sorted.work().done = std::move(done);
  return writer_.append(std::move(sorted.work()), sorted.part_of());
}

std::unique_ptr<subscription> embedded_log::subscribe(topic_partition where, std::int64_t from,
                                                      batch_sink sink) {
  auto p = topics_.find(where);
  if (p == nullptr) {
    pool_.bulk([sink = std::move(sink), bad = unknown(where.topic)] { sink(bad); });
    return std::make_unique<failed_subscription>();
  }
  auto made = std::make_shared<subscriber>(db_, pool_, p, from, std::move(sink));
  p->add(made);
  return std::make_unique<subscription_handle>(std::move(made));
}

offset_range embedded_log::range(const topic_partition& where) const {
  const auto p = topics_.find(where);
  return p == nullptr ? offset_range{} : p->range();
}

void embedded_log::commit(std::string_view group, const topic_partition& where, std::int64_t next) {
  if (const auto p = topics_.find(where)) groups_.commit(group, p->topic, p->where.partition, next);
}

std::int64_t embedded_log::committed(std::string_view group, const topic_partition& where) const {
  const auto p = topics_.find(where);
  return p == nullptr ? -1 : groups_.committed(group, p->topic, p->where.partition);
}

void embedded_log::keep_groups(std::string_view topic, const std::vector<std::string>& groups) {
  const auto* t = topics_.find(topic);
  if (t == nullptr) return;
  for (const auto& p : t->partitions) groups_.keep(groups, t->id, p->where.partition);
}

std::string embedded_log::identity() const {
  std::string out;
  db_.db().GetDbIdentity(out).PermitUncheckedError(); // made with the directory
  return out;
}

error embedded_log::health() const {
  return writer_.health();
}

} // namespace riq::storage::embedded
