#include "nodes/commands/commands.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "nodes/commands/demo/traffic.hpp"
#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

struct options {
  target_options target;
  traffic_options traffic;
  std::size_t items = 600;
  std::int64_t duration_sec = 0;
  bool catalogue_only = false;
};

int run_demo(const options& o) {
  const auto node = parse_url(o.target.url, o.target.api_key);
  if (!node) return failed(node.error());
  watch_interrupts();
  const auto shop = make_catalogue(o.traffic.seed, o.items);
  shop_client client{*node};
  client.put_items(shop.products);
  if (interrupted()) return 130;
  if (client.counts().refused > 0) return failed("the node refused the catalogue");
  std::cout << "demo: " << shop.products.size() << " products on " << shop.shelves.size()
            << " shelves, " << o.traffic.users << " shoppers, about " << o.traffic.rate
            << " events a second" << std::endl;
  if (o.catalogue_only) return 0;
  auto traffic = o.traffic;
  traffic.duration = std::chrono::seconds{o.duration_sec};
  run_traffic(traffic, shop, *node);
  return 0;
}

} // namespace

void add_demo(CLI::App& program, int& exit_code) {
  auto* demo =
    program.add_subcommand("demo", "Fill a running node with a made-up shop and shoppers");
  demo->footer("Examples:\n"
               "  retargetiq demo\n"
               "  retargetiq demo --rate 500 --users 20000 --items 5000 --duration 60\n"
               "  retargetiq demo --catalogue-only\n"
               "\n"
               "Shoppers have tastes, favourite brands and a sense for prices. They search, look,\n"
               "compare, fill carts, follow recommendations they like, and buy more with offers\n"
               "that suit them; more of them come in the evening. The catalogue and the shoppers\n"
               "are the same for the same seed. A node that is away is waited for.");
  auto o = std::make_shared<options>();
  add_target(*demo, o->target);
  demo->add_option("--seed", o->traffic.seed, "Makes catalogue and shoppers")
    ->capture_default_str();
  demo->add_option("--users", o->traffic.users, "Shoppers, demo_1 and on")
    ->check(CLI::Range(1, 10'000'000))
    ->capture_default_str();
  demo->add_option("--items", o->items, "Products")
    ->check(CLI::Range(1, 1'000'000))
    ->capture_default_str();
  demo->add_option("--rate", o->traffic.rate, "Events a second, on the average of a day")
    ->check(CLI::Range(0.01, 100'000.0))
    ->capture_default_str();
  demo->add_option("--duration", o->duration_sec, "Seconds, 0: until Ctrl-C")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
  demo->add_flag("--catalogue-only", o->catalogue_only, "Put the catalogue, send no traffic");
  demo->callback([&exit_code, o] { exit_code = run_demo(*o); });
}

} // namespace riq::commands
