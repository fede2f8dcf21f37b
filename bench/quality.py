"""How well the next item is foreseen: a shop's log replayed over HTTP in stream time.

  python3 bench/quality.py [--binary build/retargetiq] [--data FILE.csv] [--split 0.8]

The file has the columns user,item,event,timestamp,category,category_code,brand,price,session. Its
lines in the order of time are split: the first part is loaded, and then for each event of the rest
the node is asked first and told after. Two ways of counting, both over 20 places:

- novel: events whose item the user has not met in the test part; the list without those met items.
- dist: events whose item is another than the user's last one; the list without the last one.

HR@20 is the share of them in the list, MRR@20 the mean of 1/place. RIQ_REES46 in the environment names the
file where --data does not. Ends with 1 when --min-hr or --min-mrr of novel is not reached, with 77 when
there is no file."""

import argparse
import csv
import json
import os
import pathlib
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import support  # noqa: E402

# Not a part of the repository: taken where it is beside it.
SLICE = ROOT.parent / "shared" / "data" / "rees46_slice.csv"
PLACES = 20
ORDERS = {"ORDER", "PURCHASE"}


def is_order(line):
    return line["event"].upper() in ORDERS


def as_json(line, event_id):
    """The line as the HTTP routes take it."""
    when = int(float(line["timestamp"]) * 1000)
    price = float(line["price"] or 0)
    if is_order(line):
        return {"orderId": event_id, "userId": line["user"], "timestamp": when,
                "items": [{"productId": line["item"], "quantity": 1, "price": price}],
                "totalAmount": price}
    kind = line["event"].upper()
    event = {"userId": line["user"], "productId": line["item"], "timestamp": when,
             "eventType": "ADD_TO_CART" if kind == "CART" else kind, "eventId": event_id}
    category = line.get("category_code") or line.get("category")
    for name, value in (("category", category), ("brand", line.get("brand")),
                        ("sessionId", line.get("session")), ("price", price)):
        if value:
            event[name] = value
    return event


class Score:
    def __init__(self):
        self.asked, self.hits, self.reciprocal = 0, 0, 0.0

    def count(self, items, wanted):
        self.asked += 1
        if wanted in items:
            self.hits += 1
            self.reciprocal += 1 / (items.index(wanted) + 1)

    def rates(self):
        return self.hits / max(self.asked, 1), self.reciprocal / max(self.asked, 1)


class Replay:
    def __init__(self, node):
        self.node, self.client = node, support.Client(node.port, timeout=120)
        self.met, self.position, self.waits = {}, {}, []
        self.novel, self.dist = Score(), Score()

    def call(self, method, path, body=None, kind="application/json"):
        status, data = self.client.send(method, path, body, {"Content-Type": kind})
        assert status == 200, f"{method} {path}: {status} {data[:300]!r}"
        return json.loads(data)

    def load(self, lines):
        """Runs of lines of one kind, each in one request, in the order of the file."""
        run, orders = [], False
        for number, line in enumerate(lines):
            if run and (is_order(line) != orders or len(run) == 2000):
                self.send(run, orders)
                run = []
            orders = is_order(line)
            run.append(json.dumps(as_json(line, f"train-{number}")))
        if run:
            self.send(run, orders)
        support.await_that(self.caught_up, "the training part is applied", 120, pause=0.2)

    def send(self, run, orders):
        path = "/api/orders/batch" if orders else "/api/users/activity/batch"
        answer = self.call("POST", path, "\n".join(run) + "\n", "application/x-ndjson")
        assert answer["accepted"] == len(run), answer

    def caught_up(self):
        shards = self.node.call("GET", "/api/inspect/shards")["shards"]
        return all(s["lag"] == 0 for s in shards)

    def test(self, lines):
        for number, line in enumerate(lines):
            user, item = line["user"], line["item"]
            met = self.met.setdefault(user, [])
            if met:
                self.ask(user, item, met)
            met.append(item)
            path = "/api/orders/place" if is_order(line) else "/api/users/activity"
            body = json.dumps(as_json(line, f"test-{number}"))
            self.position[user] = self.call("POST", path, body)["position"]

    def ask(self, user, item, met):
        query = {"limit": min(200, PLACES + len(set(met))), "includeSeen": "true",
                 "after": self.position[user]}
        started = time.perf_counter()
        answer = self.call("GET", f"/api/recommendations/{urllib.parse.quote(user, safe='')}?"
                           + urllib.parse.urlencode(query))
        self.waits.append(time.perf_counter() - started)
        items = [r["productId"] for r in answer["recommendations"]]
        if item != met[-1]:
            self.dist.count([i for i in items if i != met[-1]][:PLACES], item)
        if item not in met:
            self.novel.count([i for i in items if i not in met][:PLACES], item)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / "build" / "retargetiq"))
    parser.add_argument("--data", default=os.environ.get("RIQ_REES46") or (str(SLICE) if SLICE.exists() else ""),
                        help="the log of events; else what RIQ_REES46 names")
    parser.add_argument("--split", type=float, default=0.8, help="share of the lines to load")
    parser.add_argument("--part", type=int, default=0, help="test only so many lines, 0: all")
    parser.add_argument("--set", action="append", default=[], help="a setting of the node")
    parser.add_argument("--min-hr", type=float, default=0)
    parser.add_argument("--min-mrr", type=float, default=0)
    o = parser.parse_args()
    if not pathlib.Path(o.data).is_file():
        support.skip("there is no log of events; name a file by --data or RIQ_REES46")
    with open(o.data, newline="", encoding="utf-8") as file:
        lines = sorted(csv.DictReader(file), key=lambda line: float(line["timestamp"]))
    cut = int(len(lines) * o.split)
    train, test = lines[:cut], lines[cut:]
    settings = ["engine.time=stream", "processor.max_events_per_10s=0", *o.set]
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "data", settings) as node:
        node.start()
        replay = Replay(node)
        started = time.monotonic()
        replay.load(train)
        print(f"loaded {len(train)} events in {time.monotonic() - started:.1f} s")
        replay.test(test[:o.part] if o.part else test)
    for name, score in (("novel", replay.novel), ("dist", replay.dist)):
        hr, mrr = score.rates()
        print(f"{name:5}  n={score.asked}  HR@{PLACES} {hr:.4f}  MRR@{PLACES} {mrr:.4f}")
    waits = sorted(replay.waits)
    print(f"asked {len(waits)} times: p50 {waits[len(waits) // 2] * 1e3:.2f} ms, "
          f"p99 {waits[int(len(waits) * 0.99)] * 1e3:.2f} ms")
    hr, mrr = replay.novel.rates()
    sys.exit(0 if hr >= o.min_hr and mrr >= o.min_mrr else 1)


if __name__ == "__main__":
    main()
