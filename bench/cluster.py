"""What nodes that share the users cost, each figure beside its yardstick of the same run:

  cost     CPU seconds for a million events by one node and by four: of an old log, of whose touches the
           item model learns each, and as fast as the broker takes them now, when it learns from a sample
  remote   questions a second to users of another node, against the same asked of their own node
  visible  from posting an event until a read shows it, against bare produce-to-consume

All processes share this machine's cores, the broker and the load client among them."""

import os
import pathlib
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


def produce(o, broker, group, events, users, *live):
    run(o.bare, "produce", broker.servers, f"{group}.user-activity-topic", PARTITIONS, events, users, *live)


def idle_cores(nodes):
    before = cpu_seconds(nodes)
    time.sleep(IDLE_SECONDS)
    return (cpu_seconds(nodes) - before) / IDLE_SECONDS


def cost(o, broker, scratch):
    for name, live in (("an old log", ()), ("now", ("live",))):
        spent, beyond_idle = {}, {}
        for count in (1, 4):
            group = f"cost{count}{''.join(live)}"
            nodes = takeover.members(o.binary, scratch, count, 6_000, group)
            with support.watched(nodes):
                support.start_together(nodes)
                idle = idle_cores(nodes)
                before, since = cpu_seconds(nodes), time.monotonic()
                produce(o, broker, group, o.events, o.users, *live)
                takeover.await_applied(nodes, o.events)
                takeover.await_stored(nodes)
                spent[count] = (cpu_seconds(nodes) - before) / o.events * 1e6
                beyond_idle[count] = spent[count] - idle * (time.monotonic() - since) / o.events * 1e6
                left_out = sum(s["touchesSampledOut"] for n in nodes for s in takeover.shards(n))
        print(f"cost: CPU seconds for a million events, {name}: {spent[1]:.1f} by one node, {spent[4]:.1f} by "
              f"four: {spent[4] / spent[1]:.2f}; beyond what they idle at: {beyond_idle[1]:.1f} and "
              f"{beyond_idle[4]:.1f}: {beyond_idle[4] / beyond_idle[1]:.2f}; the model learned "
              f"{1 - left_out / o.events:.1%} of the touches", flush=True)


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
                          ("--only", str, "cost,remote,visible", "some of them"))
    support.Broker.other_client = o.tool
    # With both of Java's compilers, as a broker that runs for long has them.
    os.environ["BROKER_JAVA"] = f"-XX:TieredStopAtLevel=4 {takeover.BROKER_HEAP}"
    for name in o.only.split(","):
        support.Broker.of_all_nodes = broker = support.Broker().start()
        with support.Scratch() as scratch:
            {"cost": cost, "remote": remote, "visible": visible}[name](o, broker, scratch)


if __name__ == "__main__":
    main()
