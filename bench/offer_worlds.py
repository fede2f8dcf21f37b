"""Worlds of known truth, played through a node over HTTP: what share of the gap from a random offer
to the best one a policy captures.

  python3 bench/offer_worlds.py --binary build/retargetiq [--runs A:epsilon_greedy,…] [--seeds 10]

A: four segments, ten offers with click rates of 2-12 %, another best offer in each. B: a logistic
reward over five dense features. C: world A, whose offers are permuted half-way. 500 users, each seen
many times. Every run has a node and a data folder of its own; its seeds are campaigns that are played
side by side, each decision followed by its outcome. Writes a table, and a chart for each world, into
--out, where results.json keeps the runs of before. Ends with 1 when a world's floor is not reached."""

import argparse
import json
import math
import multiprocessing
import pathlib
import random
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
sys.path.insert(0, str(ROOT / "bench"))
import support  # noqa: E402
from line_chart import line_chart  # noqa: E402

ARMS, FEATURES, SEGMENTS, USERS = 10, 5, 4, 500
POINTS = 50  # of a chart's line
RUNS = "A:epsilon_greedy,A:thompson,A:uniform,B:linucb,B:lin_ts,B:epsilon_greedy,C:epsilon_greedy,C:thompson"
# What has to be reached: (captured, captured in the last tenth).
FLOORS = {"A:epsilon_greedy": (0.80, None), "B:linucb": (0.90, None), "C:epsilon_greedy": (0.50, 0.60)}


class World:
    """Circumstances and truth of each decision."""

    def __init__(self, kind, seed, decisions):
        dice = random.Random(f"{kind} {seed}")
        self.kind, self.decisions, self.dice = kind, decisions, dice
        self.before = []
        for _ in range(SEGMENTS):
            rates = [dice.uniform(0.02, 0.05) for _ in range(ARMS)]
            best, second = dice.sample(range(ARMS), 2)
            rates[best], rates[second] = 0.12, 0.08
            self.before.append(rates)
        self.after = [dice.sample(r, ARMS) for r in self.before] if kind == "C" else self.before
        self.weights = [[dice.gauss(0, 0.8) for _ in range(FEATURES)] for _ in range(ARMS)]
        self.bias = [dice.gauss(-1.5, 0.3) for _ in range(ARMS)]

    def moment(self, number):
        """(segment, features, rate of each offer)"""
        x = [self.dice.gauss(0, 1) for _ in range(FEATURES)]
        segment = self.dice.randrange(SEGMENTS)
        if self.kind != "B":
            rates = self.before if number < self.decisions / 2 else self.after
            return segment, x, rates[segment]
        scores = [b + sum(w * v for w, v in zip(ws, x)) for ws, b in zip(self.weights, self.bias)]
        return 0, x, [1 / (1 + math.exp(-z)) for z in scores]


def play(job):
    """One seed. For each part of the run: (gained, random, best) summed; and the propensities."""
    port, kind, policy, seed, decisions = job
    world = World(kind, seed, decisions)
    client = support.Client(port)
    name = f"{kind}{seed}"

    def call(method, path, body):
        while True:
            status, data = client.send(method, path, body)
            if status == 408:
                client.close()
            if status == 200:
                return json.loads(data)
            # 408: this program got no time between the head and the body.
            assert status in (408, 429, 503, 504), (path, status, data[:300])
            time.sleep(0.01)

    call("PUT", f"/api/campaigns/{name}", {
        "policy": {"kind": policy}, "categorical": ["segment"],
        "numeric": [f"f{i}" for i in range(FEATURES)],
        "arms": [{"id": f"o{k}", "type": "discount_code"} for k in range(ARMS)]})
    parts = [[0.0, 0.0, 0.0] for _ in range(POINTS)]
    inverse, estimate, truth = 0.0, [], 0.0
    for number in range(decisions):
        segment, x, rates = world.moment(number)
        made = call("POST", "/api/offers/decide", {
            "userId": f"{name}-{number % USERS}", "campaign": name,
            "context": {"segment": f"seg{segment}", **{f"f{i}": v for i, v in enumerate(x)}}})
        rate = rates[int(made["offerId"][1:])]
        reward = 1.0 if world.dice.random() < rate else 0.0
        call("POST", f"/api/offers/{made['decisionId']}/outcome", {"reward": reward})
        part = parts[number * POINTS // decisions]
        part[0] += rate
        part[1] += sum(rates) / ARMS
        part[2] += max(rates)
        inverse += 1 / made["propensity"] / decisions
        estimate.append(reward / ARMS / made["propensity"])
        truth += sum(rates) / ARMS / decisions
    half = 1.96 * statistics.pstdev(estimate) / math.sqrt(decisions)
    return parts, inverse, abs(statistics.fmean(estimate) - truth) <= half


def captured(parts):
    gained, chance, best = (sum(p[i] for p in parts) for i in range(3))
    return (gained - chance) / (best - chance)


def run(o, kind, policy):
    """The seeds of one world and policy."""
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "data", [
            "processor.max_events_per_10s=0"]) as node:
        node.start()
        jobs = [(node.port, kind, policy, seed, o.decisions)
                for seed in range(o.first_seed, o.first_seed + o.seeds)]
        start = time.monotonic()
        with multiprocessing.Pool(o.side_by_side) as pool:
            played = pool.map(play, jobs, chunksize=1)
        took = time.monotonic() - start
        node.stop()
    whole = [captured(parts) for parts, _, _ in played]
    last = [captured(parts[POINTS * 9 // 10:]) for parts, _, _ in played]
    line = [(o.decisions * (i + 0.5) / POINTS,
             statistics.fmean(captured([parts[i]]) for parts, _, _ in played)) for i in range(POINTS)]
    out = {"world": kind, "policy": policy, "captured": statistics.fmean(whole),
           "sd": statistics.stdev(whole) if len(whole) > 1 else 0.0,
           "last": statistics.fmean(last), "inverse": statistics.fmean(p[1] for p in played),
           "covered": sum(p[2] for p in played), "seeds": len(played),
           "line": [(x, round(y, 4)) for x, y in line]}
    print(f"world {kind} {policy}: captured {out['captured']:.3f} sd {out['sd']:.3f}, last tenth "
          f"{out['last']:.3f}; mean 1/p {out['inverse']:.2f}; IPS covers the truth in "
          f"{out['covered']} of {out['seeds']}; {took:.0f} s", flush=True)
    return out


def table(results, o):
    lines = ["| world | policy | captured (sd of a seed) | last tenth | mean of 1/p, 10 arms | "
             "IPS of uniform covers the truth |", "|---|---|---|---|---|---|"]
    for r in results:
        lines.append(f"| {r['world']} | {r['policy']} | {r['captured']:.3f} ({r['sd']:.3f}) | "
                     f"{r['last']:.3f} | {r['inverse']:.2f} | {r['covered']} of {r['seeds']} |")
    return (f"Written by `bench/offer_worlds.py`: {o.decisions:,} decisions a seed, over HTTP, each "
            "followed by its outcome.\n\n" + "\n".join(lines) + "\n")


def write(new, o):
    out = pathlib.Path(o.out)
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "results.json"
    known = json.loads(kept.read_text()) if kept.exists() else []
    names = {(r["world"], r["policy"]) for r in new}
    results = sorted([r for r in known if (r["world"], r["policy"]) not in names] + new,
                     key=lambda r: (r["world"], r["policy"]))
    kept.write_text(json.dumps(results, indent=1) + "\n")
    kinds = sorted({r["world"] for r in results})
    text = table(results, o)
    for kind in kinds:
        of_kind = [r for r in results if r["world"] == kind]
        floors = {f"{kind}: average {f[0]:.2f}": f[0] for k, f in FLOORS.items()
                  if k in {f"{kind}:{r['policy']}" for r in of_kind}}
        chart = line_chart(f"World {kind}: share of the gap from random to the best offer",
                           "decisions", "captured in this part",
                           [(r["policy"], r["line"]) for r in of_kind], (-0.2, 1.0),
                           [("asked of the average", y) for y in floors.values()])
        (out / f"world-{kind}.svg").write_text(chart)
        text += f"\n![World {kind}](world-{kind}.svg)\n"
    (out / "README.md").write_text("# Offers that learn\n\n" + text)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build" / "retargetiq"))
    parser.add_argument("--runs", default=RUNS, help="WORLD:policy, comma-separated")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--side-by-side", type=int, default=5, help="seeds that are played at once")
    parser.add_argument("--out", default=str(ROOT / "bench" / "offer_worlds"))
    o = parser.parse_args()
    results = []
    for name in o.runs.split(","):
        kind, policy = name.split(":")
        results.append(run(o, kind, policy))
        write(results, o)
    failed = []
    for r in results:
        floor, last = FLOORS.get(f"{r['world']}:{r['policy']}", (None, None))
        if floor is not None and r["captured"] < floor or last is not None and r["last"] < last:
            failed.append(f"{r['world']}:{r['policy']}")
    if failed:
        print("below what is asked: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
