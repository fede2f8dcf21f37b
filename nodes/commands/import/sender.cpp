#include "nodes/commands/import/sender.hpp"

#include <algorithm>
#include <chrono>

#include <simdjson.h>

#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

constexpr std::size_t queued_batches = 2;
constexpr std::size_t kept_reasons = 10;
/// A node that restarts is back well before this; after it the import gives up, resumable.
constexpr auto patience = std::chrono::seconds{120};
constexpr auto longest_pause = std::chrono::milliseconds{5'000};

bool is_busy(unsigned status) {
  return status == 408 || status == 429 || status == 503 || status == 504 || status == 507;
}

} // namespace

void import_tally::acknowledged(std::uint64_t lines) {
  accepted_ += lines;
}

void import_tally::rejected(const file_place& where, std::string_view reason) {
  rejected_ += where.lines;
  const std::lock_guard lock{mutex_};
  if (reasons_.size() > kept_reasons) return;
  if (reasons_.size() == kept_reasons) return reasons_.push_back("…");
  reasons_.push_back("line " + std::to_string(where.line) + ": " + std::string{reason});
  if (where.lines > 1)
    reasons_.back() += " (an order of " + std::to_string(where.lines) + " lines)";
}

void import_tally::fail(error why) {
  const std::lock_guard lock{mutex_};
  if (!failed_.exchange(true)) failure_ = std::move(why);
}

error import_tally::failure() const {
  const std::lock_guard lock{mutex_};
  return failure_;
}

std::vector<std::string> import_tally::reasons() const {
  const std::lock_guard lock{mutex_};
  return reasons_;
}

sender::sender(node_address node, std::string producer, std::size_t batch_lines,
               import_tally& tally)
  : client_(std::move(node), std::chrono::seconds{60}), producer_(std::move(producer)),
    batch_lines_(batch_lines), tally_(tally), thread_([this] { run(); }) {
  orders_.kind = record_kind::order;
}

sender::~sender() {
  finish();
}

void sender::add(record_kind kind, std::string_view json, file_place place) {
  auto& batch = kind == record_kind::order ? orders_ : activities_;
  batch.body += json;
  batch.lines.push_back(place);
  batch.file_lines += place.lines;
  if (activities_.file_lines + orders_.file_lines >= batch_lines_) flush();
}

void sender::flush() {
  hand_over(activities_);
  hand_over(orders_);
}

void sender::hand_over(import_batch& batch) {
  if (batch.lines.empty()) return;
  import_batch empty{.kind = batch.kind};
  empty.body.reserve(batch.body.size());
  {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return queue_.size() < queued_batches || tally_.failed(); });
    if (tally_.failed()) return;
    queue_.push_back(std::exchange(batch, std::move(empty)));
  }
  changed_.notify_all();
}

void sender::finish() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<file_place> sender::first_open() const {
  std::optional<file_place> first;
  const auto consider = [&](const import_batch& batch) {
    if (!batch.lines.empty() && (!first || batch.lines.front().line < first->line))
      first = batch.lines.front();
  };
  consider(activities_);
  consider(orders_);
  const std::lock_guard lock{mutex_};
  for (const auto& batch : queue_) consider(batch);
  return first;
}

void sender::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [&] { return !queue_.empty() || closed_ || tally_.failed(); });
    if (queue_.empty() || tally_.failed()) return;
    const auto& batch = queue_.front(); // stays in place while others are added behind it
    lock.unlock();
    const bool done = post(batch);
    lock.lock();
    if (done) queue_.pop_front();
    changed_.notify_all();
    if (!done) return;
  }
}

bool sender::post(const import_batch& batch) {
  const http_request request{
    .method = "POST",
    .target = batch.kind == record_kind::order ? "/api/orders/batch" : "/api/users/activity/batch",
    .body = batch.body,
    .type = "application/x-ndjson",
    .producer = producer_};
  const auto give_up = std::chrono::steady_clock::now() + patience;
  auto pause = std::chrono::milliseconds{200};
  while (true) {
    // Sending a batch again is harmless: the node knows each line by its number.
    const auto answer = client_.send(request);
    if (answer && answer->ok()) {
      read_answer(batch, answer->body);
      return true;
    }
    error why = answer ? error{ec::internal, "", reason_of(*answer)} : answer.error();
    const bool hopeless = answer && !is_busy(answer->status);
    if (hopeless || interrupted() || std::chrono::steady_clock::now() > give_up) {
      tally_.fail(std::move(why));
      return false;
    }
    if (answer && answer->retry_after > pause) pause = answer->retry_after;
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, std::min(pause, longest_pause), [&] { return tally_.failed(); });
    if (tally_.failed()) return false;
    pause = std::min(pause * 2, longest_pause);
  }
}

void sender::read_answer(const import_batch& batch, const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::uint64_t accepted = 0;
  if (parser.parse(body).get(root) != simdjson::SUCCESS ||
      root["accepted"].get(accepted) != simdjson::SUCCESS)
    return tally_.fail({ec::internal, "", "the node's answer to a batch tells no counts"});
  auto lines = batch.file_lines;
  const auto reject = [&](const file_place& where, std::string_view reason) {
    tally_.rejected(where, reason);
    lines -= where.lines;
  };
  std::uint64_t told = 0;
  simdjson::dom::array refused;
  if (root["errors"].get(refused) == simdjson::SUCCESS)
    for (const simdjson::dom::element each : refused) {
      std::uint64_t line = 0;
      std::string_view reason;
      std::string_view field;
      if (each["line"].get(line) != simdjson::SUCCESS || line < 1 || line > batch.lines.size())
        continue;
      if (each["detail"].get(reason) != simdjson::SUCCESS) reason = "refused by the node";
      const bool named = each["field"].get(field) == simdjson::SUCCESS && !field.empty();
      const auto told_field = named ? std::string{field} + " " : std::string{};
      reject(batch.lines[line - 1], told_field + std::string{reason});
      ++told;
    }
  // The node lists only the first ones of many; which orders are among the others is not known, so
  // each counts as one line.
  for (; accepted + told < batch.lines.size(); ++told)
    reject({batch.lines.back().line}, "refused by the node, in or before this line");
  tally_.acknowledged(lines);
}

} // namespace riq::commands
