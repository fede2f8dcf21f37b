"""How fast `retargetiq import` brings a log of real events into users' states, durably: the events of
a CSV file for many times as many shoppers, woven so that no event is of the same user as the one
before. Yardstick of the same run: synced writes of 100 records into a bare RocksDB."""

import csv
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import support


def woven(rows, copies):
    """At each moment of the file every copy does something, each what another hour of it tells."""
    for at, now in enumerate(rows):
        for copy in range(copies):
            row = dict(rows[(at + copy * (len(rows) // copies)) % len(rows)])
            row["timestamp"] = now["timestamp"]
            row["user"] += f"-{copy}"
            row["session"] += f"-{copy}"
            yield row


def main():
    o = support.arguments(__doc__, ("--csv", str, "", "events with user, session and timestamp"),
                          ("--log-append", str, "", "the program log_append"),
                          ("--copies", int, 60, "shoppers for each one of the file"))
    with open(o.csv, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "node",
                                                    ["engine.time=stream"]) as node:
        bare = subprocess.run([o.log_append, scratch / "bare"], capture_output=True, text=True)
        written = int(re.search(r"calls of 100 .*bare RocksDB +(\d+)", bare.stdout)[1])
        path = scratch / "events.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(woven(rows, o.copies))
        node.start()
        start = time.monotonic()
        subprocess.run([o.binary, "import", "--url", f"http://127.0.0.1:{node.port}", path], check=True)
        sent = time.monotonic() - start
        n = len(rows) * o.copies
        node.await_events(n, 120, pause=0.02)
        took = time.monotonic() - start
        users = node.over_shards("resident")
        print(f"{n} events of {users} users: accepted {n / sent:.0f}/s, in the users' states "
              f"{n / took:.0f}/s, {node.cpu_seconds() / n * 1e6:.1f} us of processor time an event; "
              f"bare RocksDB, synced, 100 a write: {written} records/s, ratio {n / took / written:.2f}")


if __name__ == "__main__":
    main()
