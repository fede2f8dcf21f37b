"""A rebalance storm: beside two nodes that stay, others join and leave every few seconds, some in
order and some by kill -9, while clients post to all. Afterwards each user's state on every node is that
of a single-threaded replay; no shard was ready on two nodes for longer than a session, and the memory
of the nodes that stayed is bounded."""

import random
import threading
import time

import cluster
import kill9
import support


class Watch(threading.Thread):
    """Looks again and again which node says that it has which shard."""

    def __init__(self, nodes, stop):
        super().__init__(daemon=True)
        self.nodes, self.stop = nodes, stop
        self.since = {}  # of shards on several nodes
        self.longest = 0.0
        self.memory = {}
        self.looks = 0

    def run(self):
        while not self.stop.wait(0.2):
            owners = {}
            for node in self.nodes:
                try:
                    shards = node.call("GET", "/api/inspect/shards", timeout=3)["shards"]
                    facts = node.call("GET", "/api/inspect/node", timeout=3)
                except (OSError, AssertionError, support.http.client.HTTPException):
                    continue
                self.memory.setdefault(node, []).append(facts["memoryBytes"])
                for s in shards:
                    if s.get("ready"):
                        owners.setdefault(s["partition"], []).append(node)
            now = time.monotonic()
            self.looks += 1
            shared = {p for p, of in owners.items() if len(of) > 1}
            self.since = {p: self.since.get(p, now) for p in shared}
            self.longest = max([self.longest, *(now - t for t in self.since.values())])


def storm(guests, seconds, dice):
    """Until the time is over: in about every two seconds a guest comes, or goes."""
    here, changes = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        away = [g for g in guests if g not in here]
        if away and (not here or dice.random() < 0.5):
            guest = dice.choice(away)
            guest.start(wait=False)
            here.append(guest)
        else:
            guest = here.pop(dice.randrange(len(here)))
            if dice.random() < 0.7:
                guest.stop()
            else:
                guest.kill()
        changes += 1
        time.sleep(dice.uniform(1, 3))
    for guest in here:
        guest.stop()
    return changes


def main():
    o = support.arguments(__doc__, ("--seconds", int, 60, "of storm"),
                          ("--seed", int, 1, "of the run"), ("--guests", int, 2, "that come and go"),
                          ("--assignor", str, "auto", "of the group"),
                          ("--most-growth", int, 250, "MB of a node that stays"))
    support.Broker.of_all_nodes = support.Broker().start()
    # One thread each, as nodes have that share few cores: none may wait in it for another.
    settings = ["node.worker_threads=1", "shards.snapshot_after_ms=500", "shards.commit_every_ms=100",
                "processor.max_events_per_10s=0", "log.partitions=6", "triggers.consent=opt_in",
                f"kafka.assignor={o.assignor}"]
    with support.Scratch() as scratch:
        nodes = cluster.members(o.binary, scratch, 2 + o.guests, settings)
        with support.watched(nodes):
            run(o, nodes)


def run(o, nodes):
    staying, guests = nodes[:2], nodes[2:]
    support.start_together(staying)
    halt, done = threading.Event(), threading.Event()
    shops = [cluster.Shop(n, 20, staying, halt, o.seed) for n in range(3)]
    for shop in shops:
        shop.start()
    support.await_that(lambda: all(s.acknowledged > 100 for s in shops), "there is load")
    watch = Watch(nodes, done)
    watch.start()
    changes = storm(guests, o.seconds, random.Random(o.seed))
    for node in staying:
        node.await_ready(60)
    users = kill9.closed(shops, halt)
    done.set()
    watch.join(30)
    for node in staying:
        kill9.check(node, users)
    kill9.check_numbers(staying[0], users)
    assert watch.looks > o.seconds, watch.looks
    # A look asks one node after the other, so a shard that moves meanwhile may be seen twice.
    assert watch.longest <= cluster.SESSION_MS / 1000 + 1, f"{watch.longest:.1f} s on two nodes"
    grown = {n.data_dir.name: (min(m), max(m)) for n, m in watch.memory.items() if n in staying}
    for name, (least, most) in grown.items():
        assert most - least < o.most_growth << 20, f"{name} grew from {least} to {most} bytes"
    for node in staying:
        node.stop()
    total = sum(s.acknowledged for s in shops)
    print(f"{changes} nodes came or went in {o.seconds} s: {total} acknowledged events of "
          f"{len(users)} users, each counted exactly once; memory {grown}; "
          f"a shard on two nodes for at most {watch.longest:.1f} s")


if __name__ == "__main__":
    main()
