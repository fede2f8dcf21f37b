#include "gateway/line_sink.hpp"

#include "gateway/problem.hpp"
#include "messages/json.hpp"

namespace riq::gateway {
namespace {

constexpr std::size_t batch_records = 2'048;
constexpr std::size_t batch_bytes = 512 * 1024;
constexpr std::size_t errors_told = 100;
constexpr std::size_t partitions_told = 64;                  ///< as many as a position token takes
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf"; ///< some editors begin a file with it
constexpr std::chrono::milliseconds full_queue_pause{20};
constexpr std::chrono::seconds full_queue_patience{30};

} // namespace

line_sink::line_sink(backend& with, responder to, std::weak_ptr<body_source> body, source from,
                     reader read)
  : with_(with), loop_(io_loop::current()->shared_from_this()), to_(std::move(to)),
    body_(std::move(body)), from_(from), read_(std::move(read)),
    lines_(with.with().config.http.line_bytes), pause_(loop_->context()) {}

bool line_sink::write(std::string_view part) {
  lines_.feed(part, [this](std::string_view text, bool fits) { take_line(text, fits); });
  paused_ = under_way_ && enough();
  return !paused_;
}

void line_sink::drained() {
  append_gathered();
}

void line_sink::finish() {
  lines_.finish([this](std::string_view text, bool fits) { take_line(text, fits); });
  finished_ = true;
  append_gathered();
  answer_if_done();
}

void line_sink::take_line(std::string_view text, bool fits) {
  ++line_;
  if (!to_) return;
  if (line_ == 1 && text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (fits && text.find_first_not_of(" \t") == text.npos) return; // an empty line says nothing
  auto record = fits ? read_(text)
                     : error{ec::too_large, "",
                             "a line may have at most " +
                               std::to_string(with_.with().config.http.line_bytes) + " bytes"};
  if (!record) {
    ++rejected_;
    if (errors_.size() < errors_told) errors_.push_back({line_, std::move(record.error())});
    return;
  }
  gathered_bytes_ += record->value.size() + record->key.size() + 128;
  gathered_.push_back(std::move(*record));
  if (enough()) append_gathered();
}

bool line_sink::enough() const {
  return gathered_.size() >= batch_records || gathered_bytes_ >= batch_bytes;
}

void line_sink::append_gathered() {
  if (under_way_ || gathered_.empty()) return;
  under_way_ = true;
  gathered_bytes_ = 0;
  append(std::exchange(gathered_, {}), steady::now() + full_queue_patience);
}

void line_sink::append(batch records, steady::time_point give_up_at) {
  // Kept in case the queue is full: the log does not give the records back.
  auto copy = std::make_shared<batch>(records);
  std::vector<std::string> keys;
  keys.reserve(records.size());
  for (const auto& r : records) keys.push_back(r.key);
  with_.store(std::move(records), [self = shared_from_this(), copy = std::move(copy),
                                   keys = std::move(keys), give_up_at](auto offsets) {
    if (!offsets && offsets.error().code == ec::queue_full && steady::now() < give_up_at)
      return self->try_again(std::move(*copy), give_up_at);
    self->appended(keys, std::move(offsets));
  });
}

void line_sink::try_again(batch records, steady::time_point give_up_at) {
  pause_.expires_after(full_queue_pause);
  auto waiting = std::make_shared<batch>(std::move(records));
  pause_.async_wait([self = shared_from_this(), waiting, give_up_at](boost::system::error_code) {
    self->append(std::move(*waiting), give_up_at);
  });
}

void line_sink::appended(const std::vector<std::string>& keys,
                         result<std::vector<std::int64_t>> offsets) {
  under_way_ = false;
  if (!offsets) {
    gathered_.clear();
    give_up(offsets.error());
  } else {
    accepted_ += offsets->size();
    for (std::size_t i = 0; from_ != source::internal && i < keys.size(); ++i) {
      const auto p = with_.position_of(from_, keys[i], (*offsets)[i]);
      auto& newest = newest_.try_emplace(p.partition, -1).first->second;
      newest = std::max(newest, p.offset);
    }
  }
  append_gathered();
  if (paused_) {
    paused_ = false;
    if (const auto body = body_.lock()) body->resume_body();
  }
  answer_if_done();
}

void line_sink::give_up(const error& why) {
  error told = why;
  told.detail += "; " + std::to_string(accepted_) + " lines were stored before";
  to_.fail(told);
}

void line_sink::answer_if_done() {
  if (!finished_ || under_way_ || !to_) return;
  to_.json(render_json([this](json_writer& w) {
    w.StartObject();
    json_member(w, "accepted", accepted_);
    json_member(w, "rejected", rejected_);
    json_key(w, "errors");
    w.StartArray();
    for (const auto& e : errors_) {
      w.StartObject();
      json_member(w, "line", e.line);
      if (!e.why.field.empty()) json_member(w, "field", std::string_view{e.why.field});
      json_member(w, "detail", std::string_view{e.why.detail});
      w.EndObject();
    }
    w.EndArray();
    if (!newest_.empty() && newest_.size() <= partitions_told) {
      std::vector<position> all;
      for (const auto& [partition, offset] : newest_) all.push_back({from_, partition, offset});
      json_member(w, "position", std::string_view{to_token(all)});
    }
    w.EndObject();
  }));
}

} // namespace riq::gateway
