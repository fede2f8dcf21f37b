#include "engine/enrich.hpp"

namespace riq::engine {

void enrich(activity& a, const item_model& items) {
  if (a.product_id.empty() || (!a.category.empty() && !a.brand.empty() && a.price > 0)) return;
  const auto word = items.word_on(a.product_id);
  if (!word) return;
  if (a.category.empty()) a.category = word->category;
  if (a.brand.empty()) a.brand = word->brand;
  if (a.price <= 0) a.price = word->price;
}

} // namespace riq::engine
