// What a bare librdkafka client does with the same records on the same broker, for comparison:
//
//   kafka_bare produce SERVERS TOPIC PARTITIONS RECORDS USERS   events as JSON, keyed by user
//   kafka_bare consume SERVERS TOPIC PARTITIONS RECORDS         reads them all, does nothing
//
// Prints records a second.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "messages/partition.hpp"

namespace {

using clock_type = std::chrono::steady_clock;

rd_kafka_t* client(rd_kafka_type_t type, const std::string& servers) {
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
    set("enable.idempotence", "true");
    set("linger.ms", "5");
    set("queue.buffering.max.messages", "1000000");
  } else {
    set("auto.offset.reset", "earliest");
  }
  return rd_kafka_new(type, conf, why, sizeof why);
}

void tell(std::int64_t records, clock_type::time_point since) {
  const std::chrono::duration<double> took = clock_type::now() - since;
  std::cout << static_cast<std::int64_t>(static_cast<double>(records) / took.count()) << '\n';
}

void produce(rd_kafka_t* to, rd_kafka_topic_t* topic, std::int32_t partitions, std::int64_t records,
             std::int64_t users) {
  const auto start = clock_type::now();
  for (std::int64_t i = 0; i < records; ++i) {
    const auto user = "user" + std::to_string((i * 7919) % users);
    const auto value = R"({"userId":")" + user + R"(","eventType":"VIEW","productId":"p)" +
                       std::to_string(i % 5000) + R"(","category":"electronics.laptop","price":)" +
                       std::to_string(10 + i % 900) + R"(,"timestamp":)" +
                       std::to_string(1'700'000'000'000 + i) + R"(,"eventId":"e)" +
                       std::to_string(i) + R"(","sessionId":"s)" + std::to_string(i % users) +
                       "\"}";
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

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> a(argv + 1, argv + argc);
  const bool sends = a.size() == 6 && a[0] == "produce";
  if (!sends && !(a.size() == 5 && a[0] == "consume")) {
    std::cerr << "see the head of bench/kafka_bare.cpp\n";
    return 2;
  }
  auto* c = client(sends ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, a[1]);
  auto* topic = rd_kafka_topic_new(c, a[2].c_str(), nullptr);
  const auto partitions = std::stoi(a[3]);
  const auto records = std::stoll(a[4]);
  if (sends)
    produce(c, topic, partitions, records, std::stoll(a[5]));
  else
    consume(c, topic, partitions, records);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(c);
  return 0;
}
