// What a bare librdkafka client does with the same records on the same broker, for comparison:
//
//   kafka_bare produce SERVERS TOPIC PARTITIONS RECORDS USERS [live]   events as JSON, keyed by
//   user, that happened a thousand a second some years ago; live: they happen as they are produced
//   kafka_bare consume SERVERS TOPIC PARTITIONS RECORDS         reads them all, does nothing
//   kafka_bare latency SERVERS TOPIC PARTITIONS SECONDS         1,000 records a second, in one
//   process, over the partitions at random, as users' events are
//
// Prints records a second, or the p50 and p99 from produce to consume in milliseconds.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "messages/hash.hpp"
#include "messages/partition.hpp"

namespace {

using clock_type = std::chrono::steady_clock;

rd_kafka_t* client(rd_kafka_type_t type, const std::string& servers, bool idempotent = true) {
  auto* conf = rd_kafka_conf_new();
  char why[256];
  const auto set = [&](const char* name, const std::string& value) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), why, sizeof why) != RD_KAFKA_CONF_OK) {
      std::cerr << why << '\n';
      std::exit(2);
    }
  };
  set("bootstrap.servers", servers);
  if (type == RD_KAFKA_PRODUCER) {
    set("enable.idempotence", idempotent ? "true" : "false");
    set("linger.ms", "5");
    set("queue.buffering.max.messages", "1000000");
  } else {
    set("auto.offset.reset", "earliest");
    set("fetch.wait.max.ms", "100");
    set("socket.nagle.disable", "true");
  }
  return rd_kafka_new(type, conf, why, sizeof why);
}

void tell(std::int64_t records, clock_type::time_point since) {
  const std::chrono::duration<double> took = clock_type::now() - since;
  std::cout << static_cast<std::int64_t>(static_cast<double>(records) / took.count()) << '\n';
}

void produce(rd_kafka_t* to, rd_kafka_topic_t* topic, std::int32_t partitions, std::int64_t records,
             std::int64_t users, bool live) {
  const auto start = clock_type::now();
  const auto wall = [] {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  };
  for (std::int64_t i = 0; i < records; ++i) {
    // Another user each time; eight of a user's events make a session, mostly within a category. An
    // item keeps its price.
    const auto n = (i * 7919) % users;
    const auto user = "user" + std::to_string(n);
    const auto session = i / (8 * users);
    const auto draw = static_cast<std::int64_t>(riq::stable_hash("draw", std::uint64_t(i)) >> 8);
    const auto category = draw % 8 != 0 ? (n + session) % 100 : draw / 8 % 100;
    const auto item = category + 100 * (draw / 800 % 50);
    const auto value = R"({"userId":")" + user + R"(","eventType":"VIEW","productId":"p)" +
                       std::to_string(item) + R"(","category":"electronics.laptop)" +
                       std::to_string(category) + R"(","price":)" +
                       std::to_string(10 + item % 900) + R"(,"timestamp":)" +
                       std::to_string(live ? wall() : 1'700'000'000'000 + i) + R"(,"eventId":"e)" +
                       std::to_string(i) + R"(","sessionId":"s)" + std::to_string(session) + "\"}";
    while (rd_kafka_produce(topic, riq::partition_of(user, partitions), RD_KAFKA_MSG_F_COPY,
                            const_cast<char*>(value.data()), value.size(), user.data(), user.size(),
                            nullptr) == -1)
      rd_kafka_poll(to, 1);
    if (i % 256 == 0) rd_kafka_poll(to, 0);
  }
  rd_kafka_flush(to, 60'000);
  tell(records, start);
}

void consume(rd_kafka_t* from, rd_kafka_topic_t* topic, std::int32_t partitions,
             std::int64_t records) {
  auto* queue = rd_kafka_queue_new(from);
  const auto start = clock_type::now();
  for (std::int32_t p = 0; p < partitions; ++p)
    rd_kafka_consume_start_queue(topic, p, RD_KAFKA_OFFSET_BEGINNING, queue);
  std::vector<rd_kafka_message_t*> taken(5'000);
  for (std::int64_t seen = 0; seen < records;) {
    const auto n = rd_kafka_consume_batch_queue(queue, 100, taken.data(), taken.size());
    for (ssize_t i = 0; i < n; ++i) {
      seen += taken[static_cast<std::size_t>(i)]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
      rd_kafka_message_destroy(taken[static_cast<std::size_t>(i)]);
    }
  }
  tell(records, start);
  for (std::int32_t p = 0; p < partitions; ++p) rd_kafka_consume_stop(topic, p);
  rd_kafka_queue_destroy(queue);
}

/// Each record carries when it was due; what comes out is counted from there.
void measure_latency(rd_kafka_t* to, rd_kafka_topic_t* topic, const std::string& servers,
                     std::int32_t partitions, int seconds) {
  auto* from = client(RD_KAFKA_CONSUMER, servers);
  auto* followed = rd_kafka_topic_new(from, rd_kafka_topic_name(topic), nullptr);
  auto* queue = rd_kafka_queue_new(from);
  std::vector<double> took;
  std::atomic<bool> following{false};
  std::atomic<clock_type::time_point> begin{clock_type::time_point::max()};
  const auto count = static_cast<std::size_t>(seconds) * 1'000;
  std::thread reader([&] {
    for (std::int32_t p = 0; p < partitions; ++p)
      rd_kafka_consume_start_queue(followed, p, RD_KAFKA_OFFSET_END, queue);
    while (took.size() < count) {
      auto* m = rd_kafka_consume_queue(queue, 100);
      if (m == nullptr) continue;
      if (m->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
          m->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        std::cerr << rd_kafka_message_errstr(m) << '\n';
        std::exit(2);
      }
      const auto now = clock_type::now();
      if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR && m->len == sizeof(clock_type::time_point)) {
        clock_type::time_point due;
        std::memcpy(&due, m->payload, sizeof due);
        // The first ones only show that the consumer is there.
        if (following.exchange(true) && due >= begin.load())
          took.push_back(std::chrono::duration<double, std::milli>(now - due).count());
      }
      rd_kafka_message_destroy(m);
    }
    for (std::int32_t p = 0; p < partitions; ++p) rd_kafka_consume_stop(followed, p);
  });
  std::minstd_rand dice{1};
  const auto send = [&](clock_type::time_point due) {
    rd_kafka_produce(topic, static_cast<std::int32_t>(dice() % static_cast<unsigned>(partitions)),
                     RD_KAFKA_MSG_F_COPY, &due, sizeof due, nullptr, 0, nullptr);
    rd_kafka_poll(to, 0);
  };
  while (!following) {
    send(clock_type::now());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  auto due = clock_type::now();
  begin = due;
  for (std::size_t i = 0; i < count + 10; ++i) {
    due += std::chrono::milliseconds(1);
    std::this_thread::sleep_until(due);
    send(due);
  }
  rd_kafka_flush(to, 10'000);
  reader.join();
  std::sort(took.begin(), took.end());
  std::cout << took[took.size() / 2] << ' ' << took[took.size() * 99 / 100] << '\n';
  rd_kafka_queue_destroy(queue);
  rd_kafka_topic_destroy(followed);
  rd_kafka_destroy(from);
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> a(argv + 1, argv + argc);
  const bool live = a.size() == 7 && a[6] == "live";
  const bool sends = (a.size() == 6 || live) && a[0] == "produce";
  const bool times = a.size() == 5 && a[0] == "latency";
  if (!sends && !times && !(a.size() == 5 && a[0] == "consume")) {
    std::cerr << "see the head of bench/kafka_bare.cpp\n";
    return 2;
  }
  // One that only fills a topic is not to take a core from those who are measured, as an idempotent
  // client's thread does while it waits (storage/kafka/send_window.hpp).
  auto* c = client(sends || times ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, a[1], !sends);
  auto* topic = rd_kafka_topic_new(c, a[2].c_str(), nullptr);
  const auto partitions = std::stoi(a[3]);
  if (times)
    measure_latency(c, topic, a[1], partitions, std::stoi(a[4]));
  else if (sends)
    produce(c, topic, partitions, std::stoll(a[4]), std::stoll(a[5]), live);
  else
    consume(c, topic, partitions, std::stoll(a[4]));
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(c);
  return 0;
}
