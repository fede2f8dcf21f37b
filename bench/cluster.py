"""What nodes that share the users cost, each figure beside its yardstick of the same run:

  cost     CPU seconds for a million events by one node and by four: of an old log, of whose touches the
           item model learns each, and as fast as the broker takes them now, when it learns from a sample
  remote   questions a second to users of another node, against the same asked of their own node
  visible  from posting an event until a read shows it, against bare produce-to-consume

All processes share this machine's cores, the broker and the load client among them."""

import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import support
import takeover

PARTITIONS = takeover.PARTITIONS
# Until the broker's code is compiled.
WARM_UP_SECONDS = 20
IDLE_SECONDS = 8


def run(*command, **more):
    ran = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def cpu_seconds(nodes):
    return sum(n.cpu_seconds() for n in nodes)


def on_its_own(measure):
    """Gives a measurement a broker and a folder, which are gone afterwards. What earlier ones left in the page
    cache made later ones dearer, up to a second of the kernel's."""
    def measured(o, *more):
        support.Broker.of_all_nodes = broker = support.Broker().start()
        try:
            with support.Scratch() as scratch:
                return measure(o, broker, scratch, *more)
        finally:
            broker.remove()

    return measured


def produce(o, broker, group, events, users, *live):
    run(o.bare, "produce", broker.servers, f"{group}.user-activity-topic", PARTITIONS, events, users, *live)


def idle_cores(nodes):
    before = cpu_seconds(nodes)
    time.sleep(IDLE_SECONDS)
    return (cpu_seconds(nodes) - before) / IDLE_SECONDS


@on_its_own
def spend(o, broker, scratch, count, live):
    """CPU seconds for a million events by that many nodes, the same beyond what they idle at, and the share of
    the touches that their models learned."""
    nodes = takeover.members(o.binary, scratch, count, 6_000, "cost")
    with support.watched(nodes):
        support.start_together(nodes)
        idle = idle_cores(nodes)
        before, since = cpu_seconds(nodes), time.monotonic()
        produce(o, broker, "cost", o.events, o.users, *live)
        takeover.await_applied(nodes, o.events)
        takeover.await_stored(nodes)
        spent, seconds = cpu_seconds(nodes) - before, time.monotonic() - since
        left_out = sum(s["touchesSampledOut"] for n in nodes for s in takeover.shards(n))
    millions = o.events / 1e6
    return spent / millions, (spent - idle * seconds) / millions, 1 - left_out / o.events


def cost(o):
    for name, live, rounds in (("an old log", (), 1), ("now", ("live",), o.rounds)):
        told = {1: [], 4: []}
        for _ in range(rounds):
            for count, each in told.items():
                each.append(spend(o, count, live))
                print(f"  {name}: {count} nodes: {each[-1][0]:.1f}, beyond idling {each[-1][1]:.1f}", flush=True)
        one, four = ([statistics.median(x) for x in zip(*each)] for each in told.values())
        print(f"cost: CPU seconds for a million events, {name}, medians of {rounds}: {one[0]:.1f} by one node, "
              f"{four[0]:.1f} by four: {four[0] / one[0]:.2f}; beyond what they idle at: {one[1]:.1f} and "
              f"{four[1]:.1f}: {four[1] / one[1]:.2f}; the model learned {four[2]:.1%} of the touches", flush=True)


@on_its_own
def remote(o, broker, scratch):
    owner, asker = takeover.members(o.binary, scratch, 2, 6_000, "remote")
    asker.settings.append("node.roles=gateway")
    with support.watched([owner, asker]):
        support.start_together([owner, asker])
        produce(o, broker, "remote", o.users, o.users)
        takeover.await_applied([owner], o.users)
        rates = {}
        for path in ("/api/features/", "/api/recommendations/"):
            for name, node in (("local", owner), ("remote", asker)) * 2:
                answered, refused = run(o.get, node.port, 64, 4, o.users, path).split()
                assert int(refused) == 0, f"{refused} of {name} were refused"
                rates[name] = max(rates.get(name, 0), float(answered))
            print(f"remote: GET {path}…: {rates['local']:.0f}/s by the owner, {rates['remote']:.0f}/s "
                  f"through another node: {rates['remote'] / rates['local']:.2f}")
            rates.clear()


@on_its_own
def visible(o, broker, scratch):
    environment = dict(os.environ, RETARGETIQ_LOG_KIND="kafka",
                       KAFKA_BOOTSTRAP_SERVERS=broker.servers,
                       RETARGETIQ_KAFKA_TOPIC_PREFIX="visible.")

    def bare(partitions, seconds):
        topic = f"bare.latency{partitions}"
        broker.tool("make", topic, str(partitions), "1000000")
        p50, p99 = run(o.bare, "latency", broker.servers, topic, partitions, seconds).split()
        return f"p50 {float(p50):.1f} ms, p99 {float(p99):.1f} ms"

    bare(2, WARM_UP_SECONDS)
    told = run(o.node_bench, scratch / "visible", "visible", env=environment)
    # Of as many partitions as the node's topics: a batch lingers for each. Of one, to compare.
    for partitions in (PARTITIONS, 1):
        print(f"visible: bare produce-to-consume, {partitions} partitions: {bare(partitions, 6)}")
    print(f"a node:\n{told}")


def main():
    o = support.arguments(__doc__, ("--bare", str, "", "the program kafka_bare"),
                          ("--get", str, "", "the program http_get"),
                          ("--node-bench", str, "", "the program node_bench"),
                          ("--tool", str, "", "the program kafka_tool"),
                          ("--events", int, 1_000_000, "of cost"), ("--users", int, 20_000, "users"),
                          ("--rounds", int, 3, "of cost, one node and four in turn"),
                          ("--only", str, "cost,remote,visible", "some of them"))
    support.Broker.other_client = o.tool
    # With both of Java's compilers, as a broker that runs for long has them.
    os.environ["BROKER_JAVA"] = f"-XX:TieredStopAtLevel=4 {takeover.BROKER_HEAP}"
    for name in o.only.split(","):
        {"cost": cost, "remote": remote, "visible": visible}[name](o)


if __name__ == "__main__":
    main()
