#include "nodes/commands/demo/catalogue.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace riq::commands {

namespace {

struct shelf_plan {
  std::string_view category;
  std::string_view prefix; ///< of product ids
  std::string_view noun;
  double median_price;
  double spread; ///< standard deviation of the logarithm of prices
  double morning;
  double evening;
  std::vector<std::string_view> brands;
  std::vector<std::string_view> words;
};

const std::vector<shelf_plan>& plans() {
  static const std::vector<shelf_plan> all{
    {"electronics.laptop",
     "laptop",
     "Laptop",
     950,
     0.45,
     0.9,
     1.1,
     {"nordwind", "kestrel", "volta", "lumen"},
     {"Pro", "Air", "Studio", "Go", "Max", "Slim"}},
    {"electronics.phone",
     "phone",
     "Phone",
     480,
     0.5,
     0.9,
     1.2,
     {"kestrel", "orbit", "lumen"},
     {"Mini", "Plus", "Ultra", "Lite", "Edge"}},
    {"electronics.audio",
     "audio",
     "Headphones",
     90,
     0.7,
     0.8,
     1.3,
     {"tonalis", "orbit", "echoes"},
     {"Wireless", "Studio", "Sport", "Quiet", "Bass"}},
    {"electronics.camera",
     "camera",
     "Camera",
     620,
     0.6,
     1.0,
     1.0,
     {"irisco", "lumen"},
     {"Compact", "Zoom", "Full-Frame", "Action"}},
    {"home.kitchen",
     "kitchen",
     "Pan",
     45,
     0.6,
     1.0,
     1.1,
     {"hearth", "copperleaf", "mara"},
     {"Cast-Iron", "Non-Stick", "Copper", "Steel"}},
    {"home.coffee",
     "coffee",
     "Coffee Maker",
     120,
     0.8,
     1.9,
     0.6,
     {"baristo", "hearth"},
     {"Drip", "Espresso", "Filter", "Moka"}},
    {"home.furniture",
     "furniture",
     "Chair",
     180,
     0.6,
     0.8,
     1.1,
     {"oakline", "fjell"},
     {"Oak", "Lounge", "Folding", "Swivel", "Velvet"}},
    {"home.lighting",
     "light",
     "Lamp",
     55,
     0.6,
     0.6,
     1.5,
     {"lumen", "fjell"},
     {"Desk", "Floor", "Pendant", "Reading"}},
    {"fashion.shoes",
     "shoes",
     "Shoes",
     85,
     0.45,
     0.8,
     1.2,
     {"strider", "alto", "fjell"},
     {"Running", "Trail", "City", "Leather", "Canvas"}},
    {"fashion.jackets",
     "jacket",
     "Jacket",
     130,
     0.5,
     0.9,
     1.1,
     {"alto", "northgate"},
     {"Rain", "Down", "Denim", "Wool"}},
    {"fashion.bags",
     "bag",
     "Bag",
     70,
     0.6,
     1.1,
     1.0,
     {"alto", "portage"},
     {"Weekender", "Tote", "Backpack", "Messenger"}},
    {"sports.outdoor",
     "outdoor",
     "Tent",
     160,
     0.6,
     0.9,
     1.1,
     {"northgate", "campo"},
     {"Two-Person", "Dome", "Ultralight", "Family"}},
    {"sports.fitness",
     "fitness",
     "Mat",
     35,
     0.6,
     1.6,
     1.0,
     {"strider", "kinetic"},
     {"Yoga", "Training", "Foam", "Travel"}},
    {"books.fiction",
     "novel",
     "Novel",
     14,
     0.3,
     0.9,
     1.5,
     {"quill", "lanterna"},
     {"Mystery", "Harbour", "Winter", "Glass", "Island", "Night"}},
    {"books.science",
     "science",
     "Handbook",
     32,
     0.4,
     1.1,
     1.2,
     {"quill", "axiom"},
     {"Physics", "Statistics", "Biology", "Networks"}},
    {"beauty.skincare",
     "skincare",
     "Cream",
     24,
     0.5,
     1.4,
     1.2,
     {"verbena", "mara"},
     {"Day", "Night", "Hand", "Sun", "Repair"}},
    {"toys.games",
     "game",
     "Board Game",
     38,
     0.4,
     0.7,
     1.5,
     {"meeple", "orbit"},
     {"Castles", "Voyage", "Market", "Dragons", "Rails"}},
    {"grocery.tea",
     "tea",
     "Tea",
     9,
     0.4,
     1.8,
     0.8,
     {"verbena", "camellia"},
     {"Green", "Black", "Mint", "Jasmine", "Earl"}},
  };
  return all;
}

double gaussian(random_source& random) { // Box and Muller: the same on every platform
  const double u = 1 - uniform(random);
  const double v = uniform(random);
  return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
}

std::string capital(std::string_view word) {
  std::string out{word};
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

product make_product(const shelf_plan& plan, std::size_t number, random_source& random) {
  product p;
  char id[64];
  std::snprintf(id, sizeof id, "%.*s_%03zu", static_cast<int>(plan.prefix.size()),
                plan.prefix.data(), number);
  const auto brand = plan.brands[pick(random, plan.brands.size())];
  const auto word = plan.words[pick(random, plan.words.size())];
  auto& e = p.entry;
  e.product_id = id;
  e.category = plan.category;
  e.brand = brand;
  e.title = capital(brand) + " " + std::string{word} + " " + std::string{plan.noun} + " " +
            std::to_string(100 + pick(random, 900));
  const double price = plan.median_price * std::exp(plan.spread * gaussian(random));
  e.price = std::max(1.0, std::floor(price)) - 0.01;
  std::string tag{word};
  for (char& c : tag)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  e.tags = {tag};
  if (uniform(random) < 0.2) e.tags.emplace_back("new");
  if (uniform(random) < 0.15) e.tags.emplace_back("gift");
  e.in_stock = uniform(random) < 0.97;
  return p;
}

} // namespace

catalogue make_catalogue(std::uint64_t seed, std::size_t size) {
  random_source random{seed};
  catalogue c;
  const auto per_shelf = std::max<std::size_t>(size / plans().size(), 3);
  for (const auto& plan : plans()) {
    auto& shelf = c.shelves.emplace_back();
    shelf.category = plan.category;
    shelf.morning = plan.morning;
    shelf.evening = plan.evening;
    for (std::size_t i = 0; i < per_shelf; ++i) {
      auto p = make_product(plan, i + 1, random);
      p.shelf = c.shelves.size() - 1;
      p.appeal = 1 / std::pow(static_cast<double>(i + 1), 0.8);
      shelf.products.push_back(c.products.size());
      c.products.push_back(std::move(p));
    }
    auto by_price = shelf.products;
    std::sort(by_price.begin(), by_price.end(), [&](std::size_t a, std::size_t b) {
      return c.products[a].entry.price < c.products[b].entry.price;
    });
    for (std::size_t rank = 0; rank < by_price.size(); ++rank)
      c.products[by_price[rank]].price_level =
        static_cast<double>(rank) / static_cast<double>(by_price.size());
  }
  return c;
}

} // namespace riq::commands
