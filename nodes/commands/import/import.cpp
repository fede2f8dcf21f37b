#include "nodes/commands/commands.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <simdjson.h>

#include "messages/hash.hpp"
#include "nodes/commands/import/line_source.hpp"
#include "nodes/commands/import/mapped_file.hpp"
#include "nodes/commands/import/progress.hpp"
#include "nodes/commands/import/resume_file.hpp"
#include "nodes/commands/import/sender.hpp"
#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

struct options {
  target_options target;
  std::string file;
  std::size_t batch = 5'000;
  std::size_t connections = 4;
  std::vector<std::string> map;
  bool again = false;
};

/// What tells this node's data from any other's: a new data folder means a new import.
result<std::string> identity_of(const node_address& node) {
  http_client client{node};
  const auto health = client.send({.target = "/healthz"});
  if (!health) return error{ec::not_ready, "", health.error().detail + " (is the node running?)"};
  simdjson::dom::parser parser;
  std::string_view id;
  if (parser.parse(health->body)["dataId"].get(id) != simdjson::SUCCESS)
    return node.host + ":" + node.port;
  return std::string{id};
}

class import_run {
 public:
  import_run(const options& o, const node_address& node, const mapped_file& file,
             const std::string& id, const std::string& identity)
    : file_(file), again_(o.again),
      resume_(id.substr(0, 16) + "-" + std::to_string(stable_hash(identity))),
      source_(file.text(), record_writer{"imp-" + id.substr(0, 12)}),
      progress_(file.text().size()) {
    for (std::size_t i = 0; i < o.connections; ++i)
      senders_.push_back(std::make_unique<sender>(node, "import-" + id, o.batch, tally_));
  }

  int run(const std::vector<std::string>& map) {
    if (auto bad = source_.prepare(map)) return failed(bad);
    if (!again_) before_ = resume_.load();
    if (before_.offset >= file_.text().size()) {
      std::cout
        << "All lines were imported before; --again sends them again, which the node counts "
           "once.\n";
      return 0;
    }
    if (before_.line > 0) {
      std::cerr << "going on behind line " << grouped(before_.line) << "\n";
      source_.skip_to({before_.line, before_.offset});
    }
    started_ = std::chrono::steady_clock::now();
    read_all();
    for (auto& s : senders_) s->finish();
    save();
    progress_.clear();
    return report();
  }

 private:
  void read_all() {
    std::uint64_t count = 0;
    while (!interrupted() && !tally_.failed() && source_.next()) {
      const auto written = source_.write();
      if (written) {
        const auto lane = stable_hash(written->user) % senders_.size();
        senders_[lane]->add(written->kind, source_.json(), source_.place());
      } else {
        tally_.rejected(source_.place(), written.error().detail);
      }
      if (++count % 4'096 == 0) tick();
    }
    if (!interrupted())
      for (auto& s : senders_) s->flush();
  }

  void tick() {
    const auto now = std::chrono::steady_clock::now();
    if (now - ticked_ < std::chrono::milliseconds{500}) return;
    ticked_ = now;
    progress_.update(save().offset, tally_.accepted() + tally_.rejected());
  }

  /// Saves up to where everything is acknowledged.
  import_progress save() {
    const auto done = source_.done();
    import_progress p{done.line, done.offset, before_.accepted + tally_.accepted(),
                      before_.rejected + tally_.rejected()};
    for (const auto& s : senders_)
      if (const auto open = s->first_open(); open && open->line <= p.line) {
        p.line = open->line - 1;
        p.offset = open->offset;
      }
    if (!resume_.save(p) && !std::exchange(warned_, true))
      std::cerr << "warning: how far it got cannot be saved; a second run starts from the top, and "
                   "the node counts each line once\n";
    return p;
  }

  int report() {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    const auto lines = tally_.accepted() + tally_.rejected();
    std::cout << grouped(lines) << " lines in " << duration_text(took.count()) << " ("
              << grouped(static_cast<std::uint64_t>(static_cast<double>(lines) / took.count()))
              << "/s): " << grouped(tally_.accepted()) << " accepted, "
              << grouped(tally_.rejected()) << " rejected\n";
    for (const auto& reason : tally_.reasons()) std::cout << "  " << reason << '\n';
    if (interrupted()) {
      std::cerr << "interrupted; the same command goes on from here\n";
      return 130;
    }
    if (!tally_.failed()) return 0;
    failed(tally_.failure());
    std::cerr << "the same command goes on from here\n";
    return 1;
  }

  const mapped_file& file_;
  const bool again_;
  resume_file resume_;
  line_source source_;
  progress_line progress_;
  import_tally tally_;
  std::vector<std::unique_ptr<sender>> senders_;
  import_progress before_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point ticked_;
  bool warned_ = false;
};

int run_import(const options& o) {
  const auto node = parse_url(o.target.url, o.target.api_key);
  if (!node) return failed(node.error());
  const auto file = mapped_file::open(o.file);
  if (!file) return failed(file.error());
  const auto identity = identity_of(*node);
  if (!identity) return failed(identity.error());
  watch_interrupts();
  import_run run{o, *node, *file, file->content_id(), *identity};
  return run.run(o.map);
}

} // namespace

void add_import(CLI::App& program, int& exit_code) {
  // Not named `import`: the formatter takes a line with that at its start for a module's.
  auto* command = program.add_subcommand("import", "Send a file of past events to a running node");
  command->footer(
    "Examples:\n"
    "  retargetiq import events.csv\n"
    "  retargetiq import clicks.csv --map user=customer --map item=sku --map event=action\n"
    "  retargetiq import events.ndjson --url http://127.0.0.1:9080\n"
    "\n"
    "CSV needs a header; columns are found by name (user or user_id, item or product_id, event or\n"
    "event_type, timestamp or event_time, category_code, category, brand, price, session,\n"
    "order_id, quantity, query, duration). Events are VIEW, CLICK, SCROLL, TIME_ON_PAGE, SEARCH,\n"
    "CART, REMOVE_FROM_CART and PURCHASE, in any case. NDJSON has one activity or order a line, "
    "as\n"
    "the HTTP routes take them. Times are seconds or milliseconds since 1970, or RFC 3339.\n"
    "Lines of one order (same order_id and user) that follow one another are one order; an order\n"
    "whose lines do not is rejected, and so is one with a line that is wrong.\n"
    "\n"
    "Each line counts once, however often the file is imported. Ctrl-C stops; the same command\n"
    "goes on from there. Events of the past belong into a node with engine.time = \"stream\".");
  auto o = std::make_shared<options>();
  command->add_option("file", o->file, "CSV or NDJSON")->required();
  add_target(*command, o->target);
  command->add_option("--batch", o->batch, "Lines in a request")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  command->add_option("--connections", o->connections, "Requests at once")
    ->check(CLI::Range(1, 64))
    ->capture_default_str();
  command->add_option("--map", o->map, "ROLE=COLUMN, for columns with other names")
    ->allow_extra_args(false);
  command->add_flag("--again", o->again, "Send lines again that were acknowledged before");
  command->callback([&exit_code, o] { exit_code = run_import(*o); });
}

} // namespace riq::commands
