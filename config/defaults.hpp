#pragma once
// The tunables, each with its unit and why it is what it is.

#include <cstdint>

namespace riq::defaults {

inline constexpr auto data_dir = "data";

// Two io threads keep parsing off the actors' threads without outnumbering a small machine's cores.
inline constexpr std::uint32_t http_io_threads = 2;
inline constexpr std::uint32_t http_max_connections = 16'384;
// About 0.1 s of work for the node at its measured peak: what queues longer is better refused.
inline constexpr std::uint32_t http_max_in_flight = 10'000;
inline constexpr std::uint32_t http_max_in_flight_per_user = 256;
inline constexpr std::uint32_t http_header_bytes = 8 * 1024;
inline constexpr std::uint32_t http_body_bytes = 1024 * 1024;
inline constexpr std::uint32_t http_line_bytes = 1024 * 1024;
inline constexpr std::uint32_t http_header_timeout_ms = 10'000;
inline constexpr std::uint32_t http_body_timeout_ms = 20'000;
inline constexpr std::uint32_t http_idle_timeout_ms = 60'000;
// A question that takes longer is answered degraded; shoppers have left by then.
inline constexpr std::uint32_t http_deadline_ms = 1'000;
// How long `?after=` waits before the answer is marked stale.
inline constexpr std::uint32_t http_after_wait_ms = 250;

// Shards of the default log: enough to spread over a few nodes later, few enough to stay cheap.
inline constexpr std::int32_t log_partitions = 12;
inline constexpr std::uint32_t log_queue_records = 200'000;
inline constexpr std::uint64_t log_queue_bytes = 128ULL << 20;
// In-memory tail of each partition that consumers read without touching the disk.
inline constexpr std::uint64_t log_tail_bytes = 4ULL << 20;
inline constexpr std::uint64_t log_cache_bytes = 256ULL << 20;
// Free space below which writes are refused, so that RocksDB never meets a full disk.
inline constexpr std::uint64_t log_reserve_bytes = 64ULL << 20;
inline constexpr std::uint64_t log_retention_bytes = 1ULL << 30; // of each partition of each topic
inline constexpr std::uint32_t log_retention_hours = 24 * 7;

// Idempotent producers collapse below some milliseconds of linger at 10,000 messages a second.
inline constexpr std::uint32_t kafka_linger_ms = 5;
// A POST whose event no broker took in this time is answered 503; it may be there all the same.
inline constexpr std::uint32_t kafka_delivery_timeout_ms = 10'000;
// How long a dead node's shards wait for others to take them; brokers refuse less than 6 s unless
// they are told otherwise.
inline constexpr std::uint32_t kafka_session_timeout_ms = 6'000;

// 2,000 events of one user in 10 s of event time is no person.
inline constexpr std::uint32_t processor_max_events_per_10s = 2'000;
inline constexpr std::uint32_t processor_max_future_sec =
  300;                                                      // clocks of phones are off by minutes
inline constexpr std::uint32_t processor_max_past_days = 0; // 0: any age, old logs are welcome

// At 2–4 KB each this keeps the users well below 4 GiB.
inline constexpr std::uint64_t resident_users = 500'000;
inline constexpr std::uint32_t passivate_after_sec = 3'600;
// A crash replays at most about this much of the log, which takes no longer than it took; writing
// busy users more often than this costs more than applying their events.
inline constexpr std::uint32_t snapshot_after_ms = 20'000;
// On Kafka each is a transaction; a second more to replay is little beside `snapshot_after_ms`.
inline constexpr std::uint32_t commit_every_ms = 1'000;
inline constexpr std::uint32_t shard_credit_records = 8'192;

inline constexpr std::uint32_t session_gap_min = 30; // the web-analytics convention
inline constexpr std::uint32_t abandon_after_min = 30;
// A user with a completed order in the last 30 days is high_value, as in the seed system.
inline constexpr std::uint32_t high_value_orders_30d = 1;
inline constexpr double high_value_spend_30d = 0; // and at least this much spent

inline constexpr std::uint32_t candidates = 1'000;
// Time alone changes a list slowly: recency terms move by less than a percent in this time.
inline constexpr std::uint32_t recommendation_cache_ms = 30'000;
// Publishing changes two pointers, so what somebody did can be in the next answer to anybody.
inline constexpr std::uint32_t model_publish_every_ms = 2;
// A kept list outlives new epochs for this long: under traffic every list would be old at once.
inline constexpr std::uint32_t recommendation_refresh_ms = 200;
inline constexpr std::uint32_t model_max_items = 2'000'000;
inline constexpr std::uint32_t model_max_sessions = 500'000;
// Each node learns what all nodes' shoppers do: without a bound no number of nodes would be enough.
// 170 million touches a day are learned in full.
inline constexpr std::uint32_t model_sample_above_per_sec = 2'000;

// A reminder that comes hours late is worse than none.
inline constexpr std::uint32_t trigger_late_min = 120;
inline constexpr std::uint32_t triggers_per_user_day = 2; // more is felt as spam
inline constexpr std::uint32_t triggers_per_user_week = 5;
inline constexpr std::uint32_t trigger_attribution_hours = 72; // as an offer's reward window
// What waited for the end of the quiet hours would else all go out in the same second.
inline constexpr std::uint32_t trigger_spread_sec = 900;
// Some 100 bytes an entry: who cares for which item, so that a price drop asks those only.
inline constexpr std::uint32_t interest_entries = 500'000;
inline constexpr std::uint32_t interest_per_item = 1'000;
inline constexpr std::uint32_t triggers_kept = 10'000;
inline constexpr std::uint32_t webhook_timeout_ms = 5'000;
inline constexpr std::uint32_t webhook_in_flight = 4;
// With the backoff below the tenth try comes about an hour after the first.
inline constexpr std::uint32_t webhook_max_attempts = 10;
inline constexpr std::uint32_t webhook_first_backoff_ms = 1'000;
inline constexpr std::uint32_t webhook_max_backoff_ms = 900'000;
inline constexpr std::uint32_t webhook_give_up_after_min = 1'440;
inline constexpr std::uint32_t webhook_breaker_failures = 5;
inline constexpr std::uint32_t webhook_breaker_open_ms = 30'000;

inline constexpr double epsilon = 0.1; // 90 % exploit, 10 % explore
inline constexpr std::uint32_t reward_window_hours = 72;
// Exploration mostly goes where the best arm may be; this part of it goes to every arm alike, so
// that the log can value any other policy. Less would make such estimates rest on few decisions.
inline constexpr double uniform_share = 0.2;
// The same for policies that explore by themselves, as a share of all decisions.
inline constexpr double policy_floor = 0.02;
// Width of a linear policy's confidence, in standard deviations of the reward.
inline constexpr double policy_alpha = 0.5;

} // namespace riq::defaults
