#pragma once
// One connection of an import, with a thread that posts its batches in order. A user's lines all
// go over the same connection, so those of one kind arrive in the order of the file.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "nodes/commands/http_client.hpp"
#include "nodes/commands/import/line_source.hpp"

namespace riq::commands {

/// Lines of one kind that travel in one request.
struct import_batch {
  record_kind kind = record_kind::activity;
  std::string body;
  std::vector<file_place> lines;
  std::uint64_t file_lines = 0; ///< more than there are `lines`, where they are of orders
};

/// What all connections of an import share. Thread-safe.
class import_tally {
 public:
  void acknowledged(std::uint64_t lines);
  void rejected(const file_place& where, std::string_view reason);
  /// The first failure that ends the import; later ones are dropped.
  void fail(error why);

  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t rejected() const { return rejected_; }
  bool failed() const { return failed_; }
  error failure() const;
  /// The first reasons, with their lines; an ellipsis stands for the others.
  std::vector<std::string> reasons() const;

 private:
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> rejected_{0};
  std::atomic<bool> failed_{false};
  mutable std::mutex mutex_;
  error failure_;
  std::vector<std::string> reasons_;
};

class sender {
 public:
  sender(node_address node, std::string producer, std::size_t batch_lines, import_tally& tally);
  ~sender();
  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;

  /// Called by the reading thread only. Waits while two batches are queued already.
  void add(record_kind kind, std::string_view json, file_place place);
  /// Hands over what is left.
  void flush();
  /// Waits until everything handed over is acknowledged, or the import has failed.
  void finish();
  /// The first line that was added and is not acknowledged. Called by the reading thread only.
  std::optional<file_place> first_open() const;

 private:
  void hand_over(import_batch& batch);
  void run();
  /// Posts until the node has answered for it. False when the import ends instead.
  bool post(const import_batch& batch);
  void read_answer(const import_batch& batch, const std::string& body);

  http_client client_;
  const std::string producer_;
  const std::size_t batch_lines_;
  import_tally& tally_;

  // The reading thread's. Both kinds fill side by side. They travel in different topics, whose
  // order to each other nobody promises: the node goes by the events' own times.
  import_batch activities_;
  import_batch orders_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<import_batch> queue_; ///< the front one is being posted
  bool closed_ = false;
  std::thread thread_;
};

} // namespace riq::commands
