"""A million carts that are left behind in the same minute: posted with times of half an hour ago, so that
all their reminders fall due within one minute. Tells how many fired, how long that took, and the node's
memory on the way: those who are due are woken in parts, whatever their number."""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import support

LINES = 4_000


def resident_mib(pid):
    for line in open(f"/proc/{pid}/status", encoding="ascii"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def post_carts(node, users, due):
    """One cart a user; the first is left behind for half an hour at `due`, the last a minute later."""
    client = support.Client(node.port, 120)
    begin = int((due - 30 * 60) * 1_000)
    for first in range(0, users, LINES):
        body = "".join(
            f'{{"userId":"u{u}","eventType":"ADD_TO_CART","productId":"p{u % 5_000}","price":{5 + u % 90},'
            f'"timestamp":{begin + u * 60_000 // users}}}\n' for u in range(first, min(users, first + LINES)))
        status, answer = client.send("POST", "/api/users/activity/batch", body,
                                     {"Content-Type": "application/x-ndjson"})
        assert status == 200, answer[:300]
    client.close()


def main():
    o = support.arguments(__doc__, ("--users", int, 1_000_000, "carts"),
                          ("--resident", int, 100_000, "users that may be in memory"),
                          ("--lead", int, 90, "seconds until the first is due"))
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "node", [
            f"shards.resident_users={o.resident}", "processor.max_events_per_10s=0",
            "shards.passivate_after_sec=10"]) as node:
        node.start()
        due = time.time() + o.lead
        post_carts(node, o.users, due)
        support.await_that(lambda: node.over_shards("events", 120) >= o.users, "every cart is known", 300, pause=0.5)
        print(f"{o.users} carts known {due - time.time():.0f} s before the first is due, node "
              f"{resident_mib(node.process.pid):.0f} MiB", flush=True)
        most, told = 0, 0
        while True:
            time.sleep(1)
            most = max(most, resident_mib(node.process.pid))
            fired = node.over_shards("triggersFired", 120)
            if fired >= o.users:
                break
            if time.time() - told > 20:
                told = time.time()
                print(f"  {time.time() - due:6.0f} s after the first was due: {fired} fired, "
                      f"{node.over_shards('resident', 120)} resident, {most:.0f} MiB", flush=True)
            assert time.time() - due < 1_800, f"{fired} of {o.users} fired in half an hour"
        print(f"all fired {time.time() - due:.0f} s after the first was due, at most {most:.0f} MiB; "
              f"fired {fired}, so none twice" if fired == o.users else f"{fired} fired: some twice")


if __name__ == "__main__":
    main()
