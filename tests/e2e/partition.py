"""A network that is cut between two nodes which both live and both reach the broker and a third node:
packets just vanish. Each node is in a network namespace of the test's own. Events go on being taken by
all; users on the other side are answered degraded, in time; and after the cut everything is as before,
each event counted once."""

import os
import random
import subprocess
import threading
import time

import cluster
import kill9
import support

LINKS = "10.231.77"  # of the test's bridge


class Network:
    """A bridge, and a namespace with an address on it for each node."""

    def __init__(self, count):
        self.tag = f"riq{os.getpid() % 100_000}"
        self.count = count

    def ip(self, *arguments):
        ran = subprocess.run(["ip", *arguments], capture_output=True, text=True)
        return ran.returncode == 0 or ran.stderr.strip()

    def __enter__(self):
        # The bridge has a namespace too: this machine's own firewall may forward nothing.
        steps = [("netns", "add", self.tag),
                 ("-n", self.tag, "link", "add", "bridge", "type", "bridge"),
                 ("-n", self.tag, "link", "set", "bridge", "up"),
                 ("link", "add", self.tag, "type", "veth", "peer", "name", "test", "netns", self.tag),
                 ("-n", self.tag, "link", "set", "test", "master", "bridge", "up"),
                 ("address", "add", f"{LINKS}.1/24", "dev", self.tag),
                 ("link", "set", self.tag, "up")]
        for n in range(self.count):
            name = self.name(n)
            steps += [("netns", "add", name),
                      ("-n", self.tag, "link", "add", f"node{n}", "type", "veth", "peer", "name",
                       "eth0", "netns", name),
                      ("-n", self.tag, "link", "set", f"node{n}", "master", "bridge", "up"),
                      ("-n", name, "address", "add", f"{self.address(n)}/24", "dev", "eth0"),
                      ("-n", name, "link", "set", "eth0", "up"),
                      ("-n", name, "link", "set", "lo", "up")]
        for step in steps:
            done = self.ip(*step)
            if done is not True:
                self.__exit__()
                support.skip(f"no network namespaces here: ip {' '.join(step)}: {done}")
        return self

    def __exit__(self, *_):
        for n in range(self.count):
            self.ip("netns", "delete", self.name(n))
        self.ip("link", "delete", self.tag)
        self.ip("netns", "delete", self.tag)

    def name(self, n):
        return f"{self.tag}-{n}"

    def address(self, n):
        return f"{LINKS}.{10 + n}"

    def cut(self, a, b):
        """What they send each other goes to nobody."""
        for here, there in ((a, b), (b, a)):
            assert self.ip("-n", self.name(here), "neigh", "replace", self.address(there), "lladdr",
                           "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent") is True

    def heal(self, a, b):
        for here, there in ((a, b), (b, a)):
            assert self.ip("-n", self.name(here), "neigh", "delete", self.address(there), "dev",
                           "eth0") is True


def members(binary, scratch, network, count):
    made = []
    for n in range(count):
        node = support.Node(binary, scratch / f"n{n}", [
            f"cluster.endpoint={network.address(n)}:4700", "auth.token_secret=a secret of this test",
            "auth.mode=off", "log.partitions=6", "shards.snapshot_after_ms=500",
            "shards.commit_every_ms=100", "processor.max_events_per_10s=0",
            "triggers.consent=opt_in"], group="partition")
        node.host = network.address(n)
        node.within = ["ip", "netns", "exec", network.name(n)]
        made.append(node)
    return made


def answers(node, users):
    """Of each user whether the node answers from the user's actor, and the longest answer's time."""
    full, longest = {}, 0.0
    for user in users:
        began = time.monotonic()
        full[user] = support.answered_fully(node, user)
        longest = max(longest, time.monotonic() - began)
    return full, longest


def main():
    o = support.arguments(__doc__, ("--cuts", int, 2, "times"), ("--seed", int, 1, "of the run"))
    if not support.is_root():
        support.skip("network namespaces need root")
    with Network(3) as network, support.Scratch() as scratch:
        support.Broker.of_all_nodes = support.Broker(f"{LINKS}.1").start()
        nodes = members(o.binary, scratch, network, 3)
        with support.watched(nodes):
            run(o, network, nodes)


def run(o, network, nodes):
    dice = random.Random(o.seed)
    support.start_together(nodes)
    halt = threading.Event()
    shops = [cluster.Shop(n, 10, nodes, halt, o.seed) for n in range(3)]
    for shop in shops:
        shop.start()
    support.await_that(lambda: all(s.acknowledged > 50 for s in shops), "there is load")
    known = [u.id for s in shops for u in s.users if u.log]
    for node in nodes:
        support.await_that(lambda: all(answers(node, known)[0].values()), "all are answered fully")
    for number in range(o.cuts):
        a, b = dice.sample(range(3), 2)
        network.cut(a, b)
        lost = support.await_that(
            lambda: [u for u, full in answers(nodes[a], known)[0].items() if not full],
            "users on the other side are answered degraded")
        _, longest = answers(nodes[a], known)
        assert longest < 2, f"an answer took {longest:.1f} s during the cut"
        before = sum(s.acknowledged for s in shops)
        support.await_that(lambda: sum(s.acknowledged for s in shops) > before + 100,
                           "events are taken during the cut")
        network.heal(a, b)
        healed = time.monotonic()
        for node in (nodes[a], nodes[b]):
            support.await_that(lambda: all(answers(node, known)[0].values()),
                               "all are answered fully again", 30)
        print(f"cut {number}: {len(lost)} of {len(known)} users degraded, answers within "
              f"{longest * 1000:.0f} ms; full again after {time.monotonic() - healed:.1f} s")
    users = kill9.closed(shops, halt)
    for node in nodes:
        kill9.check(node, users)
    for node in nodes:
        node.stop()


if __name__ == "__main__":
    main()
