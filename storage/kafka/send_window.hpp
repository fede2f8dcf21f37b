#pragma once
// What of a partition its producer's client has, and what waits until that is stored.
//
// An idempotent client of librdkafka (2.0 to 2.15, as far as we looked) begins a request of a
// partition only while fewer than five of its records are under way. If it has others by then,
// whose linger is over, its thread looks again and again, without a pause, until the answer comes:
// a core that is taken from those who are to answer, on a busy machine for seconds. So what cannot
// be sent yet waits here, and makes the next request together.
//
// Threading: whoever holds the producer's lock.

#include <chrono>
#include <cstddef>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace riq::storage::kafka {

struct send_timing {
  std::chrono::steady_clock::duration linger;   ///< what is taken in this time shares a request
  std::chrono::steady_clock::duration patience; ///< then the rest is taken, whatever is under way
  std::chrono::steady_clock::duration bulk_linger{}; ///< in bulk; zero: there is no such client
};

template <class Record>
class send_window {
 public:
  using clock = std::chrono::steady_clock;

  /// A client sends more of a partition while it has fewer records of it under way than this.
  static constexpr std::size_t few = 5;
  /// What goes together, so that it fits a request (librdkafka's batch.size is 1 MB).
  static constexpr std::size_t batch_bytes = 900'000;
  /// So many that wait for those under way go in bulk.
  static constexpr std::size_t crowd = 64;

  /// `always_bulk`: nobody waits for these.
  explicit send_window(bool always_bulk = false) : always_bulk_(always_bulk), bulk_(always_bulk) {}

  void add(Record record, std::size_t bytes) { waiting_.push_back({std::move(record), bytes}); }

  bool waits() const { return !waiting_.empty(); }

  /// Appends what the client is to have now to `to`, in the order in which it was added, until
  /// there are `most` in it; false: it is nothing. Others get nothing until `handed_over`, or
  /// records of two threads would change places on the way.
  bool take(clock::time_point now, const send_timing& t, std::size_t most,
            std::vector<Record>& to) {
    if (waiting_.empty() || handing_over_) return false;
    if (under_way_ == 0 || now - begun_ >= linger(t)) {
      if (under_way_ > 0 && waiting_.size() >= crowd) crowd_waited_ = true;
      const bool bulk = always_bulk_ || (crowd_waited_ && t.bulk_linger > t.bulk_linger.zero());
      if (bulk_ != bulk && under_way_ > 0) return false;
      if (under_way_ >= few && now - begun_ < t.patience) return false;
      bulk_ = bulk;
      crowd_waited_ = false;
      begun_ = now;
      bytes_ = 0;
    }
    while (!waiting_.empty() && to.size() < most &&
           (bytes_ == 0 || bytes_ + waiting_.front().bytes <= batch_bytes)) {
      bytes_ += waiting_.front().bytes;
      to.push_back(std::move(waiting_.front().record));
      waiting_.pop_front();
      ++under_way_;
      handing_over_ = true;
    }
    return handing_over_;
  }

  /// What was taken would reach the client after its own wait for the batch: the thread that hands
  /// it over was kept from it. For that thread, without the lock.
  bool late(clock::time_point now, const send_timing& t) const { return now - begun_ >= linger(t); }

  /// Whether what was taken goes through the client for bulk. For that thread, without the lock.
  bool in_bulk() const { return bulk_; }

  /// Takes the rest of what was taken back, which is late. False when so little is under way that
  /// the client may have it nevertheless, as a batch of its own.
  template <class BytesOf>
  bool put_off(std::span<const Record> rest, BytesOf bytes_of, clock::time_point now) {
    if (under_way_ - rest.size() < few) {
      begun_ = now;
      return false;
    }
    under_way_ -= rest.size();
    for (auto r = rest.rbegin(); r != rest.rend(); ++r) waiting_.push_front({*r, bytes_of(*r)});
    return true;
  }

  /// The client has what was taken, or it was put off.
  void handed_over() { handing_over_ = false; }

  /// One of the client's records is stored or failed.
  void ended() { --under_way_; }

 private:
  struct waiter {
    Record record;
    std::size_t bytes;
  };
  std::chrono::steady_clock::duration linger(const send_timing& t) const {
    return bulk_ ? t.bulk_linger : t.linger;
  }

  const bool always_bulk_;
  bool bulk_;                 ///< the way of those under way
  bool crowd_waited_ = false; ///< a crowd waited for those under way
  std::deque<waiter> waiting_;
  std::size_t under_way_ = 0;
  std::size_t bytes_ = 0;   ///< of the batch that is gathered
  clock::time_point begun_; ///< when it got its first record
  bool handing_over_ = false;
};

} // namespace riq::storage::kafka
