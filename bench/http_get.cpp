// How many GETs a second a node answers: every connection asks again as soon as it was answered.
//
//   http_get PORT CONNECTIONS SECONDS USERS PATH     PATH ends before the user's id, `user0`…
//
// Prints answers a second, and how many of all were refused.

#include <cstdio>
#include <string>
#include <vector>

#include "bench/http_load.hpp"

int main(int argc, char** argv) {
  using namespace riq::bench;
  const std::vector<std::string> a(argv + 1, argv + argc);
  if (a.size() != 5) {
    std::fprintf(stderr, "see the head of bench/http_get.cpp\n");
    return 2;
  }
  load_options o;
  o.port = static_cast<std::uint16_t>(std::stoi(a[0]));
  o.connections = std::stoul(a[1]);
  o.duration = std::chrono::seconds{std::stoi(a[2])};
  o.request = [users = std::stoull(a[3]), path = a[4]](std::uint64_t number, std::string& out) {
    out += get_request(path + "user" + std::to_string(number * 7919 % users));
  };
  const auto r = run_load(o);
  std::printf("%.0f %llu\n", r.per_second(), static_cast<unsigned long long>(r.refused + r.broken));
  return 0;
}
