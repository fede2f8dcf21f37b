#include "nodes/commands/demo/shopper.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "messages/json.hpp"

namespace riq::commands {

namespace {

template <class Weights>
std::size_t weighted(random_source& random, const Weights& weights) {
  double total = 0;
  for (const double w : weights) total += w;
  double left = uniform(random) * total;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if ((left -= weights[i]) < 0) return i;
  return weights.size() - 1;
}

/// How near the hour is to a peak, [0, 1], over midnight too.
double near_hour(double hour, double peak) {
  const double away = std::abs(std::remainder(hour - peak, 24.0));
  return std::exp(-away * away / 18);
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

/// A public IPv4 address. Countries come up as often as they hold addresses.
std::string home_address(random_source& random) {
  while (true) {
    const auto octet = [&] { return static_cast<int>(uniform(random) * 256); };
    const int a = octet(), b = octet(), c = octet();
    const bool reserved = a == 0 || a == 10 || a == 127 || a >= 224 || (a == 100 && b / 64 == 1) ||
                          (a == 169 && b == 254) || (a == 172 && b / 16 == 1) ||
                          (a == 192 && (b == 0 || b == 168)) || (a == 198 && (b == 18 || b == 19));
    if (!reserved)
      return std::to_string(a) + '.' + std::to_string(b) + '.' + std::to_string(c) + ".7";
  }
}

double cents(double amount) {
  return std::round(amount * 100) / 100;
}

} // namespace

shopper::shopper(const catalogue& shop, std::uint64_t seed, std::size_t number)
  : shop_(shop), random_(seed * 1'000'003 + number), id_("demo_" + std::to_string(number + 1)) {
  // A few shelves that somebody cares for, the others hardly.
  for (std::size_t i = 0; i < shop.shelves.size(); ++i)
    taste_.push_back(0.02 + std::pow(uniform(random_), 8));
  for (const auto& p : shop.products)
    if (!brands_.contains(p.entry.brand)) brands_[p.entry.brand] = 2 * uniform(random_) - 1;
  thrift_ = uniform(random_);
  likes_discounts_ = 0.1 + 0.5 * thrift_;
  likes_free_shipping_ = 0.5 - 0.4 * thrift_;
  address_ = home_address(random_);
}

void shopper::begin_session(double hour) {
  visit v;
  v.id = id_ + "_s" + std::to_string(now_ms()) + "_" + std::to_string(++sessions_);
  v.shelf = choose_shelf(hour);
  v.looks_left = 2 + static_cast<int>(-5 * std::log(1 - uniform(random_)));
  session_ = std::move(v);
}

std::size_t shopper::choose_shelf(double hour) {
  auto weights = taste_;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto& shelf = shop_.shelves[i];
    weights[i] *=
      1 + (shelf.morning - 1) * near_hour(hour, 8) + (shelf.evening - 1) * near_hour(hour, 20.5);
  }
  return weighted(random_, weights);
}

void shopper::step(shop_client& shop) {
  if (!session_) return;
  shop.act_for(address_);
  switch (session_->next) {
  case visit::stage::choose:
    return choose(shop);
  case visit::stage::page:
    return stay_on_page(shop);
  case visit::stage::decide:
    return decide(shop);
  case visit::stage::checkout:
    return check_out(shop);
  case visit::stage::pay:
    return pay(shop);
  }
}

std::size_t shopper::browse_shelf() {
  const auto& products = shop_.shelves[session_->shelf].products;
  std::vector<double> weights;
  for (const auto index : products) {
    const auto& p = shop_.products[index];
    weights.push_back(p.appeal * std::exp(2 * liking(p)));
  }
  return products[weighted(random_, weights)];
}

/// About [-1, 1].
double shopper::liking(const product& p) const {
  return 0.5 * brands_.at(p.entry.brand) - thrift_ * (p.price_level - 0.4);
}

void shopper::choose(shop_client& shop) {
  auto& v = *session_;
  if (std::exchange(v.opening, false) && uniform(random_) < 0.3) {
    const auto& p = shop_.products[browse_shelf()];
    shop.activity(activity("SEARCH", nullptr, 0,
                           p.entry.tags.front() + " " +
                             p.entry.category.substr(p.entry.category.find('.') + 1)));
    return;
  }
  if (v.recommended.empty() && uniform(random_) < 0.3)
    for (const auto& id : shop.recommendations(id_)) {
      const auto found = std::find_if(shop_.products.begin(), shop_.products.end(),
                                      [&](const product& p) { return p.entry.product_id == id; });
      if (found != shop_.products.end())
        v.recommended.push_back(static_cast<std::size_t>(found - shop_.products.begin()));
    }
  // Somebody looks at what is recommended if it is to their taste; else they browse on.
  const auto liked = std::find_if(v.recommended.begin(), v.recommended.end(), [&](std::size_t i) {
    return taste_[shop_.products[i].shelf] > 0.2 && liking(shop_.products[i]) > 0;
  });
  if (liked != v.recommended.end()) {
    v.looking = *liked;
    v.recommended.erase(v.recommended.begin(), liked + 1);
    ++shop.counts().followed;
  } else {
    v.recommended.clear();
    v.looking = browse_shelf();
  }
  --v.looks_left;
  shop.activity(activity("VIEW", &shop_.products[v.looking]));
  v.next = uniform(random_) < 0.6 ? visit::stage::page : visit::stage::decide;
}

void shopper::stay_on_page(shop_client& shop) {
  const auto& p = shop_.products[session_->looking];
  const double roll = uniform(random_);
  if (roll < 0.4)
    shop.activity(activity("CLICK", &p));
  else if (roll < 0.6)
    shop.activity(activity("SCROLL", &p));
  else
    shop.activity(activity("TIME_ON_PAGE", &p, cents(20 * std::exp(liking(p) + uniform(random_)))));
  session_->next = visit::stage::decide;
}

void shopper::decide(shop_client& shop) {
  auto& v = *session_;
  const auto& p = shop_.products[v.looking];
  v.next = visit::stage::choose;
  if (p.entry.in_stock && uniform(random_) < 0.12 + 0.2 * std::max(liking(p), 0.0)) {
    ++cart_[v.looking];
    shop.activity(activity("ADD_TO_CART", &p));
  } else if (!cart_.empty() && uniform(random_) < 0.06) {
    const auto second_thought = cart_.begin()->first;
    cart_.erase(cart_.begin());
    shop.activity(activity("REMOVE_FROM_CART", &shop_.products[second_thought]));
  }
  if (v.looks_left > 0) return;
  // Half of the carts are taken to the checkout; the others stay for the next visit, if any.
  if (!cart_.empty() && uniform(random_) < 0.55)
    v.next = visit::stage::checkout;
  else
    session_.reset();
}

void shopper::check_out(shop_client& shop) {
  auto& v = *session_;
  v.order_id = "order_" + v.id;
  if (uniform(random_) < 0.7) v.offer = shop.offer(id_);
  shop.order(order("CHECKOUT"));
  v.next = visit::stage::pay;
}

void shopper::pay(shop_client& shop) {
  auto& v = *session_;
  double buys = 0.5 - 0.2 * thrift_;
  if (!v.offer.decision_id.empty())
    buys += v.offer.free_shipping ? likes_free_shipping_ : likes_discounts_ * v.offer.value / 20;
  if (uniform(random_) < buys) {
    shop.order(order("COMPLETED"));
    ++shop.counts().orders;
    if (!v.offer.decision_id.empty()) ++shop.counts().offers_taken;
    if (uniform(random_) < 0.02) shop.cancel(v.order_id, id_);
    cart_.clear();
  } else if (!v.offer.decision_id.empty()) {
    shop.outcome(v.offer.decision_id, "dismissed", 0);
  }
  session_.reset();
}

std::string shopper::activity(std::string_view type, const product* p, double seconds,
                              std::string_view query) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", id_);
    json_member(w, "eventId", session_->id + "_" + std::to_string(++events_));
    json_member(w, "eventType", type);
    json_member(w, "sessionId", session_->id);
    json_member(w, "timestamp", now_ms());
    if (p) {
      json_member(w, "productId", p->entry.product_id);
      json_member(w, "category", p->entry.category);
      json_member(w, "brand", p->entry.brand);
      json_member(w, "price", p->entry.price);
    }
    if (seconds > 0) json_member(w, "durationSec", seconds);
    if (!query.empty()) json_member(w, "query", query);
    w.EndObject();
  });
}

std::string shopper::order(std::string_view status) {
  double total = 0;
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "orderId", session_->order_id);
    json_member(w, "userId", id_);
    json_member(w, "sessionId", session_->id);
    json_member(w, "status", status);
    json_member(w, "timestamp", now_ms());
    if (!session_->offer.decision_id.empty())
      json_member(w, "offerDecisionId", session_->offer.decision_id);
    json_key(w, "items");
    w.StartArray();
    for (const auto& [index, quantity] : cart_) {
      const auto& e = shop_.products[index].entry;
      w.StartObject();
      json_member(w, "productId", e.product_id);
      json_member(w, "quantity", quantity);
      json_member(w, "price", e.price);
      w.EndObject();
      total += e.price * quantity;
    }
    w.EndArray();
    json_member(w, "totalAmount", cents(total));
    w.EndObject();
  });
}

} // namespace riq::commands
