"""kill -9 in the middle of load, over and over; then every user's state against a replay.

Each client thread owns users and posts their events one after the other, so it knows the order of
each user's acknowledged events. A call that failed is sent again with the same eventId until it is
acknowledged, except for some views that are given up on purpose: those may count once or not at
all. Some acknowledged events are sent a second time, which must not count."""

import json
import random
import threading
import time

import oracle
import support


class Shop(threading.Thread):
    """One client: its users, what it sent, and what was acknowledged."""

    def __init__(self, number, users, node, stop, seed):
        super().__init__(daemon=True)
        self.random = random.Random(seed * 1000 + number)
        self.users = [oracle.User(f"u{number}_{k}", carts=k % 2 == 0) for k in range(users)]
        self.node, self.stop = node, stop
        self.client = None
        self.acknowledged = 0
        self.failure = None

    def run(self):
        try:
            while not self.stop.is_set():
                user = self.random.choice(self.users)
                event = user.next_event(self.random)
                give_up = event.kind == "VIEW" and self.random.random() < 0.2
                if self.post(event, give_up):
                    user.acknowledge(event)
                    self.acknowledged += 1
                    if self.random.random() < 0.05:
                        self.post(event, give_up=True)
                else:
                    user.leave_open(event)
        except Exception as e:  # reported by the main thread
            self.failure = e

    def post(self, event, give_up):
        """True once acknowledged. With `give_up` one failure is the end of it."""
        while True:
            try:
                if self.client is None:
                    node = self.node
                    self.client = support.Client(node.port, timeout=10, host=node.host)
                status, data = self.client.send("POST", event.path, event.body)
                if status == 200:
                    return True
                assert status in (429, 503, 504), f"{event.path}: {status} {data[:300]!r}"
            except (OSError, support.http.client.HTTPException):
                self.client = None
            if give_up:
                return False
            time.sleep(0.01)


def main():
    o = support.arguments(__doc__, ("--rounds", int, 12, "kills"), ("--seed", int, 1, "of the run"),
                          ("--clients", int, 4, "threads"), ("--users", int, 25, "of each client"))
    dice = random.Random(o.seed)
    settings = ["shards.snapshot_after_ms=300", "shards.passivate_after_sec=2",
                "shards.commit_every_ms=50", "processor.max_events_per_10s=0", "log.partitions=4",
                "shards.resident_users=60",
                "triggers.consent=opt_in"]  # nobody is made an offer, which would count as an event
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "data",
                                                    settings) as node:
        stop = threading.Event()
        shops = [Shop(n, o.users, node, stop, o.seed) for n in range(o.clients)]
        node.start()
        for shop in shops:
            shop.start()
        for number in range(o.rounds):
            before = sum(s.acknowledged for s in shops)
            # Load must be flowing, then the kill comes at any point: in a write, a commit, a
            # snapshot, or while the node still restores.
            support.await_that(lambda: any(s.failure for s in shops) or
                               sum(s.acknowledged for s in shops) > before + 50,
                               f"events are acknowledged in round {number}", 60)
            assert not any(s.failure for s in shops), [s.failure for s in shops]
            time.sleep(dice.uniform(0, 0.7))
            node.kill()
            node.start(wait=False)
            if dice.random() < 0.2:
                time.sleep(dice.uniform(0, 0.2))
                node.kill()
                node.start(wait=False)
        node.await_ready()
        users = closed(shops, stop)
        total = sum(s.acknowledged for s in shops)
        check(node, users)
        check_numbers(node, users)
        node.stop()
        node.start()
        check(node, users)  # and an orderly restart keeps it all
        check_numbers(node, users)
    print(f"kill -9: {o.rounds} rounds, {total} acknowledged events of {len(users)} users, each "
          f"counted exactly once")


def closed(shops, halt, seconds=60):
    """Ends the load; all users, with what was acknowledged of each."""
    halt.set()
    for shop in shops:
        shop.join(seconds)
        assert shop.failure is None, shop.failure
    return [u for s in shops for u in s.users]


def check(node, users):
    """Each user's state, once everything acknowledged has been applied, against the replay."""
    for user in users:
        if not user.log:
            continue

        def differences():
            status, data = node.call("GET", f"/api/users/{user.id}/export", raw=True)
            if status != 200:
                return [f"export: {status} {data[:200]!r}"]
            return user.differences(json.loads(data)["state"])

        end = time.monotonic() + 20
        while (wrong := differences()) and time.monotonic() < end:
            time.sleep(0.1)
        assert not wrong, f"{user.id}: {wrong}\nlog: {user.log[-12:]}"


TYPES = ["VIEW", "CLICK", "SCROLL", "TIME_ON_PAGE", "ADD_TO_CART", "REMOVE_FROM_CART", "SEARCH"]


def check_numbers(node, users):
    """The shop's numbers against the sum of what its users hold, which was just checked."""
    expected = dict.fromkeys(TYPES + ["orders", "cancellations", "units"], 0)
    revenue = 0.0
    for user in users:
        status, data = node.call("GET", f"/api/users/{user.id}/export", raw=True)
        assert status == 200, data[:200]
        totals = json.loads(data)["state"]["totals"]
        for name, n in zip(TYPES, totals["byType"]):
            expected[name] += n
        for name in ("orders", "cancellations", "units"):
            expected[name] += totals[name]
        revenue += totals["spent"]
    since = int(time.time() * 1000) - 100 * 86_400_000
    counted = {}
    for name in ("events", "revenue"):
        status, data = node.call("GET", f"/api/analytics/{name}?from={since}", raw=True)
        assert status == 200, data[:200]
        answer = json.loads(data)
        assert not answer["partial"] and answer["tooOld"] == 0, data[:300]
        counted.update(answer["totals"])
    wrong = {k: (v, counted[k]) for k, v in expected.items() if counted[k] != v}
    assert not wrong, f"analytics (expected, counted): {wrong}"
    assert abs(counted["revenue"] - revenue) < 0.01, (counted["revenue"], revenue)


if __name__ == "__main__":
    main()
