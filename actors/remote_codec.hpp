#pragma once
// Questions and answers between nodes, to bytes and back.

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <caf/response_promise.hpp>

#include "messages/caf_error.hpp"
#include "messages/msgpack.hpp"
#include "messages/remote.hpp"

namespace riq {

namespace remote_detail {

template <class Question, std::size_t... I>
constexpr std::uint32_t kind_of(std::index_sequence<I...>) {
  static_assert((std::is_same_v<std::tuple_element_t<I, remote_kinds>, Question> || ...),
                "append the question to remote_kinds");
  std::uint32_t kind = 0;
  ((std::is_same_v<std::tuple_element_t<I, remote_kinds>, Question> ? (kind = I) : 0), ...);
  return kind;
}

} // namespace remote_detail

inline constexpr std::size_t remote_kind_count = std::tuple_size_v<remote_kinds>;

template <class Question>
remote_question to_remote(std::uint64_t number, std::int32_t partition, const Question& question) {
  return {number, partition,
          remote_detail::kind_of<Question>(std::make_index_sequence<remote_kind_count>{}),
          to_msgpack(question)};
}

template <class Reply>
remote_answer to_remote(std::uint64_t number, Reply&& reply) {
  if constexpr (std::is_same_v<std::decay_t<Reply>, answer>)
    return {number, 0, "", "", std::move(reply.body)};
  else
    return {number, 0, "", "", to_msgpack(reply)};
}

inline remote_answer refused(std::uint64_t number, const error& why) {
  return {number, static_cast<std::uint32_t>(why.code), why.field, why.detail, ""};
}

inline result<std::string> to_result(remote_answer& a) {
  if (a.code != 0)
    return error{static_cast<ec>(a.code), std::move(a.field_name), std::move(a.detail)};
  return std::move(a.body);
}

/// Gives whoever asked the reply, or why there is none.
template <class Reply>
void deliver(caf::response_promise& promise, result<std::string> body) {
  if (!body) {
    promise.deliver(to_caf(body.error()));
  } else if constexpr (std::is_same_v<Reply, answer>) {
    promise.deliver(answer{std::move(*body)});
  } else {
    auto reply = from_msgpack<Reply>(*body);
    if (reply)
      promise.deliver(std::move(*reply));
    else
      promise.deliver(to_caf(reply.error()));
  }
}

} // namespace riq
