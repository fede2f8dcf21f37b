#include "engine/category_tree.hpp"

#include "messages/hash.hpp"

namespace riq::engine {

namespace {

/// Length of the path's first `levels` levels.
std::size_t prefix_length(std::string_view path, std::uint32_t levels) {
  std::size_t end = 0;
  for (std::uint32_t level = 0; level < levels && end != std::string_view::npos; ++level)
    end = path.find('.', level == 0 ? 0 : end + 1);
  return end == std::string_view::npos ? path.size() : end;
}

} // namespace

std::uint32_t category_tree::lookup(std::string_view prefix) const {
  return index_.find(stable_hash(prefix),
                     [&](std::uint32_t node) { return nodes_[node].path == prefix; });
}

std::uint32_t category_tree::find(std::string_view path) const {
  if (path.empty()) return root;
  return lookup(path.substr(0, prefix_length(path, max_depth)));
}

std::uint32_t category_tree::intern(std::string_view path) {
  if (path.empty()) return root;
  if (const auto known = find(path); known != id_table::none) return known;
  auto parent = root;
  for (std::uint32_t depth = 1; depth <= max_depth; ++depth) {
    const auto prefix = path.substr(0, prefix_length(path, depth));
    auto node = lookup(prefix);
    if (node == id_table::none) {
      if (nodes_.size() >= max_nodes) return parent;
      node = static_cast<std::uint32_t>(nodes_.grow());
      auto& made = nodes_[node];
      made.path = prefix;
      made.parent = parent;
      made.depth = depth;
      made.next_sibling = nodes_[parent].first_child;
      nodes_[parent].first_child = node;
      index_.insert(stable_hash(prefix), node);
    }
    parent = node;
    if (prefix.size() == path.size()) break;
  }
  return parent;
}

bool category_tree::below(std::uint32_t node, std::uint32_t above) const {
  while (nodes_[node].depth > nodes_[above].depth) node = nodes_[node].parent;
  return node == above;
}

std::uint32_t category_tree::at_depth(std::uint32_t node, std::uint32_t depth) const {
  while (nodes_[node].depth > depth) node = nodes_[node].parent;
  return node;
}

} // namespace riq::engine
