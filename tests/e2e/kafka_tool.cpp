// What a test does to a broker beside the nodes, as any other Kafka client could:
//
//   kafka_tool make SERVERS TOPIC PARTITIONS MAX_MESSAGE_BYTES
//   kafka_tool delete SERVERS TOPIC
//   kafka_tool put SERVERS TOPIC KEY         one record, its value from standard input
//   kafka_tool bury SERVERS TOPIC KEY        a tombstone

#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>

namespace {

constexpr int wait_ms = 20'000;

template <auto end>
struct ended_by {
  template <class T>
  void operator()(T* x) const {
    end(x);
  }
};
using client_handle = std::unique_ptr<rd_kafka_t, ended_by<rd_kafka_destroy>>;
using queue_handle = std::unique_ptr<rd_kafka_queue_t, ended_by<rd_kafka_queue_destroy>>;
using event_handle = std::unique_ptr<rd_kafka_event_t, ended_by<rd_kafka_event_destroy>>;

client_handle connect(const std::string& servers) {
  auto* conf = rd_kafka_conf_new();
  char why[256];
  for (const auto& [name, value] : {std::pair{"bootstrap.servers", servers.c_str()},
                                    {"message.max.bytes", "20000000"},
                                    {"partitioner", "murmur2_random"},
                                    {"message.timeout.ms", "20000"}})
    rd_kafka_conf_set(conf, name, value, why, sizeof why);
  return client_handle{rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why)};
}

/// 0 when the broker did it.
int outcome(const event_handle& answer, const rd_kafka_topic_result_t** topics, std::size_t count) {
  if (rd_kafka_event_error(answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    std::cerr << rd_kafka_event_error_string(answer.get()) << '\n';
    return 1;
  }
  for (std::size_t i = 0; i < count; ++i)
    if (const auto code = rd_kafka_topic_result_error(topics[i])) {
      std::cerr << rd_kafka_err2str(code) << '\n';
      return 1;
    }
  return 0;
}

int make(rd_kafka_t* c, const std::string& name, int partitions, const std::string& max_bytes) {
  char why[256];
  auto* topic = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, why, sizeof why);
  rd_kafka_NewTopic_set_config(topic, "max.message.bytes", max_bytes.c_str());
  const queue_handle answers{rd_kafka_queue_new(c)};
  rd_kafka_CreateTopics(c, &topic, 1, nullptr, answers.get());
  const event_handle answer{rd_kafka_queue_poll(answers.get(), wait_ms)};
  rd_kafka_NewTopic_destroy(topic);
  if (!answer) return 1;
  std::size_t count = 0;
  const auto* made = rd_kafka_event_CreateTopics_result(answer.get());
  const auto** topics = made ? rd_kafka_CreateTopics_result_topics(made, &count) : nullptr;
  return outcome(answer, topics, count);
}

int remove(rd_kafka_t* c, const std::string& name) {
  auto* topic = rd_kafka_DeleteTopic_new(name.c_str());
  const queue_handle answers{rd_kafka_queue_new(c)};
  rd_kafka_DeleteTopics(c, &topic, 1, nullptr, answers.get());
  const event_handle answer{rd_kafka_queue_poll(answers.get(), wait_ms)};
  rd_kafka_DeleteTopic_destroy(topic);
  if (!answer) return 1;
  std::size_t count = 0;
  const auto* gone = rd_kafka_event_DeleteTopics_result(answer.get());
  const auto** topics = gone ? rd_kafka_DeleteTopics_result_topics(gone, &count) : nullptr;
  return outcome(answer, topics, count);
}

int put(rd_kafka_t* c, const std::string& topic, const std::string& key, const std::string* value) {
  auto* data = value ? const_cast<char*>(value->data()) : nullptr;
  rd_kafka_producev(c, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
                    RD_KAFKA_V_VALUE(data, value ? value->size() : 0),
                    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  rd_kafka_flush(c, wait_ms);
  return rd_kafka_outq_len(c) == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> a(argv + 1, argv + argc);
  const auto is = [&](const char* what, std::size_t count) {
    return a.size() == count && a[0] == what;
  };
  if (a.size() < 3) return 2;
  const auto client = connect(a[1]);
  if (is("make", 5)) return make(client.get(), a[2], std::stoi(a[3]), a[4]);
  if (is("delete", 3)) return remove(client.get(), a[2]);
  if (is("bury", 4)) return put(client.get(), a[2], a[3], nullptr);
  if (is("put", 4)) {
    const std::string value{std::istreambuf_iterator<char>(std::cin), {}};
    return put(client.get(), a[2], a[3], &value);
  }
  std::cerr << "see the head of tests/e2e/kafka_tool.cpp\n";
  return 2;
}
