"""Three nodes on one broker under load, while nodes are killed, stopped and frozen, the broker
restarts, and the network is cut between nodes or between a node and the broker; then every user's state,
asked of every node, against a single-threaded replay.

Each client posts to any node. A call that fails is sent again, to any node, with the same eventId
until it is acknowledged."""

import concurrent.futures
import contextlib
import random
import signal
import threading
import time

import kill9
import oracle
import support
from network import Network

SESSION_MS = 2000  # of support.Broker's settings


class Shop(kill9.Shop):
    """A client that knows all nodes."""

    def __init__(self, number, users, nodes, stop, seed):
        super().__init__(number, users, None, stop, seed)
        self.users = [oracle.User(f"c{number}_{k}", carts=k % 2 == 0) for k in range(users)]
        self.nodes = nodes

    @property
    def node(self):
        return self.random.choice(self.nodes)

    @node.setter
    def node(self, _):
        pass


def members(binary, scratch, count, settings, network=None):
    """With a network each node is in a namespace of its own."""
    made = []
    for number in range(count):
        node = support.Node(binary, scratch / f"n{number}", settings, group="cluster")
        if network:
            network.place(node, number)
            node.settings.append("auth.mode=off")
        node.settings += [f"cluster.endpoint={node.host}:{support.free_ports(1)[0]}",
                          "auth.token_secret=a secret of this test"]
        made.append(node)
    return made


def restart(node, _, dice):
    node.kill()
    time.sleep(dice.uniform(0, 2 * SESSION_MS / 1000))
    node.start(wait=False)


def stop(node, _, dice):
    node.stop()
    time.sleep(dice.uniform(0, 1))
    node.start(wait=False)


def freeze(node, _, dice):
    node.process.send_signal(signal.SIGSTOP)
    time.sleep(dice.uniform(1.2, 2.5) * SESSION_MS / 1000)
    node.process.send_signal(signal.SIGCONT)


def outage(broker, seconds):
    broker.kill()
    time.sleep(seconds)
    broker.restart()


def restart_broker(_, broker, dice):
    outage(broker, dice.uniform(0, 2))


def cuts(network, nodes):
    """Disturbances of the network: both ends live, and nothing gets through."""
    def last(dice):
        time.sleep(dice.uniform(0.5, 3) * SESSION_MS / 1000)

    def between_nodes(node, _, dice):
        other = dice.choice([n for n in nodes if n is not node])
        network.cut(node, other)
        last(dice)
        network.heal(node, other)

    def from_broker(node, broker, dice):
        network.lose(node, broker.address)
        last(dice)
        network.find(node, broker.address)

    return {"cut between nodes": between_nodes, "cut from the broker": from_broker}


def two_at_once(single, nodes):
    """A second disturbance while the first one lasts, each of a node of its own."""
    def both(node, broker, dice):
        names = dice.sample(sorted(single), 2)
        while set(names) <= {"broker", "outage"}:
            names = dice.sample(sorted(single), 2)
        other = dice.choice([n for n in nodes if n is not node])
        print(f"  {' and '.join(names)}", flush=True)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            under_way = []
            for name, at in zip(names, (node, other)):
                under_way.append(pool.submit(single[name], at, broker, random.Random(dice.random())))
                time.sleep(dice.uniform(0, 1))
            for one in under_way:
                one.result()

    return both


def supervise(node):
    """Starts a node again that ended because it met an outage while it started."""
    code = node.process.poll()
    if code is None:
        return
    assert code in (1, 2) and "critical Kafka" in node.tail(3), (code, node.tail())
    node.start(wait=False)


def is_ready(node):
    supervise(node)
    return node.is_up() and node.call("GET", "/readyz", raw=True)[0] == 200


def assembled(stack, binary, count, settings, outage_seconds=0):
    """Nodes on a broker of their own, that broker, and by name what can happen to them. Without
    namespaces the network is not cut."""
    network = Network.entered(stack, count)
    broker = support.Broker(network.broker if network else "127.0.0.1").start()
    support.Broker.of_all_nodes = broker
    nodes = members(binary, stack.enter_context(support.Scratch()), count, settings, network)
    disturbances = {"restart": restart, "stop": stop, "freeze": freeze, "broker": restart_broker}
    if network:
        disturbances |= cuts(network, nodes)
    if outage_seconds:
        disturbances["outage"] = lambda _, broker, __: outage(broker, outage_seconds)
    disturbances["two at once"] = two_at_once(dict(disturbances), nodes)
    return nodes, broker, disturbances


def disturb(nodes, broker, disturbances, dice, name=""):
    """One of them, or the one with the name, happens to one of the nodes."""
    for node in nodes:
        supervise(node)
    name = name or dice.choice(sorted(disturbances))
    print(f"  {name}", flush=True)
    disturbances[name](dice.choice(nodes), broker, dice)


def main():
    o = support.arguments(__doc__, ("--rounds", int, 6, "disturbances"),
                          ("--seed", int, 1, "of the run"), ("--nodes", int, 3, "in the cluster"),
                          ("--clients", int, 4, "threads"), ("--users", int, 20, "of each client"),
                          ("--assignor", str, "auto", "of the group"),
                          ("--outage", int, 0, "seconds without a broker; 0: there is no outage"),
                          ("--only", str, "", "the one disturbance"))
    settings = ["shards.snapshot_after_ms=500", "shards.passivate_after_sec=3",
                "shards.commit_every_ms=100", "processor.max_events_per_10s=0",
                "log.partitions=6", "shards.resident_users=60", "triggers.consent=opt_in",
                f"kafka.assignor={o.assignor}"]
    with contextlib.ExitStack() as stack:
        nodes, broker, disturbances = assembled(stack, o.binary, o.nodes, settings, o.outage)
        if o.only and o.only not in disturbances:
            support.skip(f"no {o.only} here: namespaces need root and iproute2")
        stack.enter_context(support.watched(nodes))
        run(o, nodes, broker, random.Random(o.seed), disturbances)


def run(o, nodes, broker, dice, disturbances):
    halt = threading.Event()
    shops = [Shop(n, o.users, nodes, halt, o.seed) for n in range(o.clients)]
    support.start_together(nodes)
    for shop in shops:
        shop.start()
    for number in range(o.rounds):
        before = sum(s.acknowledged for s in shops)
        support.await_that(lambda: any(s.failure for s in shops) or
                           sum(s.acknowledged for s in shops) > before + 50,
                           f"events are acknowledged in round {number}", 90)
        assert not any(s.failure for s in shops), [s.failure for s in shops]
        time.sleep(dice.uniform(0, 1))
        print(f"round {number}:", end="")
        disturb(nodes, broker, disturbances, dice, o.only)
    for node in nodes:
        support.await_that(lambda: is_ready(node), "the node is ready", 90)
    users = kill9.closed(shops, halt, 90)
    for node in nodes:
        kill9.check(node, users)
    for node in nodes:
        node.stop()
    total = sum(s.acknowledged for s in shops)
    print(f"{o.nodes} nodes: {o.rounds} rounds, {total} acknowledged events of {len(users)} users, "
          f"each counted exactly once on every node")


if __name__ == "__main__":
    main()
