"""`retargetiq import`: a file counts once when it is imported twice, when the import is interrupted
in the middle, and when the node is killed while it runs."""

import collections
import os
import random
import re
import signal
import subprocess

import support

EVENTS = {"VIEW": "VIEW", "CART": "ADD_TO_CART", "REMOVE_FROM_CART": "REMOVE_FROM_CART"}


def write_csv(path, lines, seed):
    """Like REES46's files, with some lines that cannot be read. Returns what must be counted."""
    dice = random.Random(seed)
    expected = collections.defaultdict(collections.Counter)
    spent = collections.Counter()
    now = 1_569_888_000
    with open(path, "w", encoding="utf-8") as out:
        out.write("user,item,event,timestamp,category,category_code,brand,price,session\n")
        for number in range(lines):
            now += dice.random() < 0.3
            user = f"u{dice.randrange(lines // 20 + 1)}"
            if number % 1000 == 999:
                out.write(f"{user},p1,NONSENSE,{now},,,,,\n")
                continue
            kind = dice.choices(["VIEW", "CART", "ORDER"], [90, 7, 3])[0]
            price = dice.randint(1, 500)
            out.write(f"{user},p{dice.randrange(500)},{kind},{now},21038074,electronics.audio,"
                      f"\"brand, {dice.randrange(9)}\",{price}.5,s{number // 7}\n")
            expected[user][kind] += 1
            if kind == "ORDER":
                spent[user] += price + 0.5
    return expected, spent


def check(node, expected, spent, what):
    totals_wrong = []

    def right():
        totals_wrong.clear()
        for user, kinds in expected.items():
            held = node.export(user)
            totals = held and held["state"]["totals"]
            got = totals and (totals["byType"][0], totals["byType"][4], totals["orders"],
                              round(totals["spent"], 2))
            wanted = (kinds["VIEW"], kinds["CART"], kinds["ORDER"], round(spent[user], 2))
            if got != wanted:
                totals_wrong.append(f"{user}: {got}, must be {wanted}")
                return False
        return True

    try:
        support.await_that(right, what, 30)
    except AssertionError:
        raise AssertionError(f"{what}: {totals_wrong}") from None


def run_import(o, node, path, scratch, *more):
    environment = dict(os.environ, XDG_STATE_HOME=str(scratch / "state"))
    return subprocess.Popen(
        [o.binary, "import", str(path), "--url", f"http://127.0.0.1:{node.port}", *more],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


def finish(process, code=0):
    out, _ = process.communicate(timeout=180)
    assert process.returncode == code, f"import ended with {process.returncode}: {out}"
    return out


def main():
    o = support.arguments(__doc__, ("--lines", int, 40_000, "of the file"),
                          ("--queue", int, 200_000, "records that the node's queue takes"))
    # A small queue is often full: the node then takes lines later, and must keep their order.
    settings = ["engine.time=stream", "processor.max_events_per_10s=0",
                f"log.queue_records={o.queue}"]
    with support.Scratch() as scratch:
        path = scratch / "events.csv"
        expected, spent = write_csv(path, o.lines, seed=3)
        rejected = o.lines // 1000
        with support.Node(o.binary, scratch / "data", settings) as node:
            node.start()
            interrupted(o, node, path, scratch)
            out = finish(run_import(o, node, path, scratch))
            assert "going on behind line" in out, out
            check(node, expected, spent, "after an interrupted and a second run")
            out = finish(run_import(o, node, path, scratch))
            assert "imported before" in out, out
            out = finish(run_import(o, node, path, scratch, "--again"))
            assert re.search(rf"\b{rejected} rejected", out) and "NONSENSE" in out, out
            check(node, expected, spent, "after importing all of it again")
            node.stop()
            elsewhere(o, node, path, scratch)
        killed(o, scratch, path, expected, spent, settings)
    print(f"import: {o.lines} lines counted once through interrupts, repetition and kill -9")


def elsewhere(o, node, path, scratch):
    """A node at the same address that begins with an empty folder has none of it."""
    node.data_dir = scratch / "empty"
    node.start()
    out = finish(run_import(o, node, path, scratch))
    assert f"{o.lines:,} lines" in out, out
    node.stop()


def interrupted(o, node, path, scratch):
    """Stops an import by Ctrl-C as soon as something of it has arrived."""
    process = run_import(o, node, path, scratch, "--batch", "200", "--connections", "2")
    first = path.read_text().splitlines()[1].split(",")[0]
    support.await_that(lambda: node.export(first), "the first lines arrive", 20, pause=0.001)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130 and "goes on from here" in out, (process.returncode, out)


def killed(o, scratch, path, expected, spent, settings):
    """The node dies and comes back while the import runs: the import waits and goes on."""
    with support.Node(o.binary, scratch / "data2", settings) as node:
        node.start()
        process = run_import(o, node, path, scratch, "--batch", "60", "--connections", "2")
        users, hit = sorted(expected), 0
        for share in (0.1, 0.4, 0.7):
            def far_enough():
                known = sum(1 for u in users[::20] if node.export(u))
                return known > share * len(users[::20]) or process.poll() is not None

            support.await_that(far_enough, "lines arrive", 30)
            hit += process.poll() is None
            node.kill()
            node.start()
        assert hit > 0, "the import was over before the first kill"
        finish(process)
        check(node, expected, spent, "after an import through kill -9")


if __name__ == "__main__":
    main()
