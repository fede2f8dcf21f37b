"""A network that is cut between two nodes which both live and both reach the broker and a third node:
packets just vanish. Each node is in a network namespace of the test's own. Events go on being taken by
all; users on the other side are answered degraded, in time; and after the cut everything is as before,
each event counted once."""

import contextlib
import random
import threading
import time

import cluster
import kill9
import support
from network import Network


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
    settings = ["log.partitions=6", "shards.snapshot_after_ms=500", "shards.commit_every_ms=100",
                "processor.max_events_per_10s=0", "triggers.consent=opt_in"]
    with contextlib.ExitStack() as stack:
        network = Network.entered(stack, 3)
        if not network:
            support.skip("network namespaces need root and iproute2")
        scratch = stack.enter_context(support.Scratch())
        support.Broker.of_all_nodes = support.Broker(network.broker).start()
        nodes = cluster.members(o.binary, scratch, 3, settings, network)
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
        a, b = dice.sample(nodes, 2)
        network.cut(a, b)
        lost = support.await_that(
            lambda: [u for u, full in answers(a, known)[0].items() if not full],
            "users on the other side are answered degraded")
        _, longest = answers(a, known)
        assert longest < 2, f"an answer took {longest:.1f} s during the cut"
        before = sum(s.acknowledged for s in shops)
        support.await_that(lambda: sum(s.acknowledged for s in shops) > before + 100,
                           "events are taken during the cut")
        network.heal(a, b)
        healed = time.monotonic()
        for node in (a, b):
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
