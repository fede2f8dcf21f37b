#pragma once
// Category paths as a tree, each node with the items that matter below it.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/chunked.hpp"
#include "engine/id_table.hpp"
#include "engine/top_list.hpp"

namespace riq::engine {

struct category_node {
  std::uint32_t parent = 0;
  std::uint32_t depth = 0;
  std::uint32_t first_child = id_table::none;
  std::uint32_t next_sibling = id_table::none;
  std::uint32_t first_member = id_table::none; ///< items of exactly this path, in stock
  double best = never_met; ///< key of the most popular item; each candidate is compared with it
  std::string path;        ///< empty: the root
  top_list popular;        ///< by the slow count, of the whole subtree
  top_list trending;       ///< by the fast count
  top_list fresh;          ///< by the time they were first seen
};

/// Interns paths such as `electronics.laptop` with all their prefixes. Bounded: paths are cut after
/// `max_depth` levels, and when `max_nodes` are known a new path counts as its nearest known
/// prefix.
class category_tree {
 public:
  static constexpr std::uint32_t root = 0;
  static constexpr std::uint32_t max_depth = 6;
  static constexpr std::uint32_t max_nodes = 50'000;

  category_tree() { nodes_.grow(); }

  std::uint32_t intern(std::string_view path);
  /// `id_table::none` when there is no such path.
  std::uint32_t find(std::string_view path) const;
  /// Whether `node` is `above` or lies below it.
  bool below(std::uint32_t node, std::uint32_t above) const;
  /// The ancestor of `node` at `depth`, or itself when it is no deeper.
  std::uint32_t at_depth(std::uint32_t node, std::uint32_t depth) const;

  category_node& operator[](std::uint32_t node) { return nodes_[node]; }
  const category_node& operator[](std::uint32_t node) const { return nodes_[node]; }
  std::size_t size() const { return nodes_.size(); }
  std::size_t memory() const { return nodes_.memory() + index_.memory(); }

 private:
  std::uint32_t lookup(std::string_view prefix) const;

  chunked<category_node, 6> nodes_;
  id_table index_;
};

} // namespace riq::engine
