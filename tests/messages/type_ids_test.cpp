#include "messages/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/message.hpp>
#include <gtest/gtest.h>

#include "filled.hpp"
#include "messages/msgpack.hpp"

namespace riq {
namespace {

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::riq>();
    set("scheduler.policy", caf::atom("testing"));
  }
};

template <class T>
concept travels = (described<T> || named_enum<T>)&&!caf::is_allowed_unsafe_message_type<T>::value;

template <class T>
std::string bytes_of(const T& x) {
  return to_msgpack(x);
}

// A message finds its type by the registered name.
template <class T>
void through_message(caf::actor_system& system, const T& x) {
  std::vector<char> wire;
  caf::binary_serializer sink{system, wire};
  auto sent = caf::make_message(x);
  ASSERT_FALSE(sink(sent)) << caf::type_name<T>::value;
  caf::message got;
  caf::binary_deserializer source{system, wire};
  ASSERT_FALSE(source(got)) << caf::type_name<T>::value;
  ASSERT_TRUE((got.match_elements<T>())) << caf::type_name<T>::value;
  ASSERT_EQ(bytes_of(got.get_as<T>(0)), bytes_of(x)) << caf::type_name<T>::value;
}

// The wire format of a struct.
template <class T>
void round_trip(caf::actor_system& system) {
  testing::generator g{caf::type_id<T>::value};
  for (int i = 0; i < 50; ++i) {
    const auto x = testing::filled<T>(g);
    std::vector<char> wire;
    caf::binary_serializer sink{system, wire};
    ASSERT_FALSE(sink(x)) << caf::type_name<T>::value;
    T y{};
    caf::binary_deserializer source{system, wire};
    ASSERT_FALSE(source(y)) << caf::type_name<T>::value;
    ASSERT_EQ(bytes_of(y), bytes_of(x)) << caf::type_name<T>::value;

    // An error code in a message becomes a caf::error, so `ec` travels in structs only.
    if constexpr (described<T>) through_message(system, x);

    if (wire.empty()) continue;
    T z{};
    caf::binary_deserializer torn{system, wire.data(), wire.size() - 1};
    ASSERT_TRUE(static_cast<bool>(torn(z))) << caf::type_name<T>::value;
  }
}

template <caf::type_id_t Id>
int try_round_trip(caf::actor_system& system) {
  using type = typename caf::type_by_id<Id>::type;
  if constexpr (travels<type>) {
    round_trip<type>(system);
    return 1;
  }
  return 0;
}

template <std::size_t... I>
int all_round_trips(caf::actor_system& system, std::index_sequence<I...>) {
  return (0 + ... + try_round_trip<caf::id_block::riq::begin + I>(system));
}

TEST(type_ids, every_type_that_nodes_send_each_other_round_trips) {
  config settings;
  caf::actor_system system{settings};
  constexpr auto count = caf::id_block::riq::end - caf::id_block::riq::begin;
  const auto tried = all_round_trips(system, std::make_index_sequence<count>{});
  EXPECT_GE(tried, 16);
}

} // namespace
} // namespace riq
