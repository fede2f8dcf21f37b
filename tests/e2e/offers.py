"""Budgets, caps and unique codes under load and kill -9: what was shown never exceeds a budget or a
cap, and every code is redeemed by exactly one of those who present it at once.

On the embedded log one node is killed and started again. A cluster on Kafka is disturbed in all the
ways of cluster.py, each call goes to any of its nodes, and shards move."""

import contextlib
import functools
import json
import random
import threading
import time

import cluster
import support

BUDGET = 400
USERS = 40
CAP = 3


class Nodes:
    """Any of the nodes that answers."""

    def __init__(self, nodes):
        self.nodes = nodes

    def call(self, dice, method, path, body=None):
        """(status, JSON) of the first answer that decides something; tried again while a node is
        away, a shard moves or a queue is full."""
        end = time.monotonic() + 90
        while True:
            try:
                status, data = dice.choice(self.nodes).call(method, path, body, raw=True, timeout=10)
                if status not in (429, 503, 504):
                    return status, json.loads(data)
            except (OSError, ValueError, support.http.client.HTTPException):
                status = "none"
            assert time.monotonic() < end, f"{method} {path}: no answer, last {status}"
            time.sleep(0.02)


class Shopper(threading.Thread):
    """Asks for offers of the campaigns and counts what it was shown."""

    def __init__(self, number, nodes, halt, seed):
        super().__init__(daemon=True)
        self.random = random.Random(seed * 100 + number)
        self.nodes, self.halt = nodes, halt
        self.shown = {"budget": 0, "money": 0.0, "capped": {}}
        self.failure = None

    def run(self):
        try:
            while not self.halt.is_set():
                self.ask(self.random.choice(["budget", "budget", "money", "capped"]))
        except Exception as e:  # reported by the main thread
            self.failure = e

    def ask(self, campaign):
        user = f"u{self.random.randrange(USERS)}"
        status, answer = self.nodes.call(self.random, "GET", f"/api/offers/{user}?campaign={campaign}")
        assert status in (200, 404), (status, answer)
        if status == 404:
            return False
        if campaign == "budget":
            self.shown["budget"] += 1
        elif campaign == "money":
            self.shown["money"] += {"dear": 7.5, "cheap": 0.5}[answer["offerId"]]
        else:
            self.shown["capped"][user] = self.shown["capped"].get(user, 0) + 1
        return True


def put_campaigns(nodes, dice):
    def put(name, body):
        status, answer = nodes.call(dice, "PUT", f"/api/campaigns/{name}", body)
        assert status == 200, answer

    put("budget", {"budget": BUDGET, "arms": [{"id": "a", "type": "free_shipping"},
                                              {"id": "b", "type": "free_shipping"}]})
    put("money", {"budget": BUDGET, "budget_unit": "cost",
                  "arms": [{"id": "dear", "type": "discount_code", "cost": 7.5},
                           {"id": "cheap", "type": "discount_code", "cost": 0.5}]})
    put("capped", {"cap_per_user_day": CAP, "arms": [{"id": "a", "type": "free_shipping"}]})
    put("codes", {"arms": [{"id": "a", "type": "discount_code", "unique_code": True}]})


def on_every_node(members, name):
    """Each has the campaign in force."""
    for node in members:
        support.await_that(lambda: node.call("GET", f"/api/campaigns/{name}", raw=True)[0] == 200,
                           f"campaign {name} is on every node")


def spending(nodes, dice, campaign):
    def whole():
        _, answer = nodes.call(dice, "GET", f"/api/campaigns/{campaign}")
        if answer["shards"] != answer["shardsAnswered"]:
            return None
        return answer["spending"][0] if answer["spending"] else {"leased": 0.0, "spent": 0.0}

    return support.await_that(whole, f"all shards tell what {campaign} spent", 60)


def kill_one(members, dice):
    """What happens to a node that has the log for itself."""
    node = dice.choice(members)
    node.kill()
    node.start(wait=False)


def check_limits(o, members, nodes, dice, disturb):
    halt = threading.Event()
    shoppers = [Shopper(n, nodes, halt, o.seed) for n in range(o.clients)]
    for s in shoppers:
        s.start()

    def asked():
        failures = [s.failure for s in shoppers if s.failure]
        assert not failures, failures
        return sum(s.shown["budget"] for s in shoppers)

    for number in range(o.rounds):
        before = asked()
        support.await_that(lambda: asked() >= min(before + 20, 0.8 * BUDGET),
                           f"offers are shown in round {number}", 90)
        time.sleep(dice.uniform(0, 0.3))
        disturb(dice)
    for node in members:
        node.await_ready(90)
    # To the end of the budget: until everybody is told that it is spent.
    support.await_that(lambda: spending(nodes, dice, "budget")["spent"] >= BUDGET - 8 and
                       asked() > 0, "the budget is used up", 90)
    halt.set()
    for s in shoppers:
        s.join(90)
        assert s.failure is None, s.failure

    shown = sum(s.shown["budget"] for s in shoppers)
    spent = spending(nodes, dice, "budget")
    assert shown <= spent["spent"] <= spent["leased"] <= BUDGET, (shown, spent)
    money = sum(s.shown["money"] for s in shoppers)
    spent_money = spending(nodes, dice, "money")
    assert money <= spent_money["spent"] <= spent_money["leased"] <= BUDGET, (money, spent_money)
    for user in range(USERS):
        had = sum(s.shown["capped"].get(f"u{user}", 0) for s in shoppers)
        assert had <= CAP, f"u{user} was shown {had} offers, the cap is {CAP}"

    # A larger budget opens the campaign again.
    status, _ = nodes.call(dice, "PUT", "/api/campaigns/budget",
                           {"budget": BUDGET + 50, "arms": [{"id": "a", "type": "free_shipping"}]})
    assert status == 200
    support.await_that(lambda: nodes.call(dice, "GET", "/api/offers/u1?campaign=budget")[0] == 200,
                       "the campaign is open again")
    return shown, spent["spent"]


def check_codes(o, nodes, dice, disturb):
    codes = []
    for number in range(o.codes):
        # Something to show, and shown: who was is looked at more closely when a fact comes.
        nodes.call(dice, "POST", "/api/users/activity", {"userId": f"b{number}", "eventType": "VIEW",
                                                         "productId": f"p{number}"})
        nodes.call(dice, "GET", f"/api/recommendations/c{number}")
        status, answer = nodes.call(dice, "GET", f"/api/offers/c{number}?campaign=codes")
        assert status == 200 and answer["codeExpires"] > time.time() * 1000, answer
        codes.append(answer["code"])
    assert len(set(codes)) == len(codes)
    won = {code: [] for code in codes}
    failures = []
    lock = threading.Lock()

    def present(number):
        own = random.Random(o.seed * 1000 + number)
        try:
            for code in own.sample(codes, len(codes)):
                order = f"order-{number}-{codes.index(code)}"
                status, answer = nodes.call(own, "POST", "/api/offers/redeem",
                                            {"code": code, "orderId": order})
                assert status in (200, 409), (status, answer)
                assert answer["redeemedAt"] > 0, answer
                if status == 200:
                    with lock:
                        won[code].append(order)
        except Exception as e:  # reported by the main thread
            failures.append(e)

    threads = [threading.Thread(target=present, args=[n], daemon=True) for n in range(6)]
    for t in threads:
        t.start()
    for _ in range(2):
        time.sleep(dice.uniform(0, 0.5))
        disturb(dice)
    for t in threads:
        t.join(180)
    assert not failures, failures
    assert all(len(orders) == 1 for orders in won.values()), {
        code[:12]: orders for code, orders in won.items() if len(orders) != 1}

    code, (order,) = next(iter(won.items()))
    redeem = lambda body: nodes.call(dice, "POST", "/api/offers/redeem", body)
    assert redeem({"code": code, "orderId": order})[0] == 200, "a retry is answered alike"
    assert redeem({"code": code})[0] == 409
    assert redeem({"code": code[:-1] + ("A" if code[-1] != "A" else "E")})[0] == 404
    assert redeem({"code": "SAVE10"})[0] == 404
    assert redeem({})[0] == 400


def check_explained(members, dice):
    """A decision is explained at once by every node, whichever made it."""
    for node in members:
        status, answer = Nodes([node]).call(dice, "GET", "/api/offers/e1?campaign=codes")
        assert status == 200, answer
        decision = answer["decisionId"]
        for other in members:
            status, told = Nodes([other]).call(dice, "GET", f"/api/explain/{decision}")
            assert status == 200 and told["decisionId"] == decision, (status, told)


def run(o, members, disturb):
    nodes = Nodes(members)
    dice = random.Random(o.seed)
    support.start_together(members, 90)
    put_campaigns(nodes, dice)
    for name in ("budget", "money", "capped", "codes"):
        on_every_node(members, name)
    check_explained(members, dice)
    shown, spent = check_limits(o, members, nodes, dice, disturb)
    check_codes(o, nodes, dice, disturb)
    # One that was killed last may hardly have begun; others answered for it.
    for node in members:
        node.await_ready(90)
    for node in members:
        node.stop()
    print(f"{o.rounds} disturbances: {shown} offers shown of a budget of {BUDGET} ({spent:.0f} spent), caps "
          f"kept, {o.codes} codes redeemed once each")


def main():
    o = support.arguments(__doc__, ("--rounds", int, 6, "disturbances under load"),
                          ("--seed", int, 1, "of the run"), ("--clients", int, 6, "threads"),
                          ("--codes", int, 25, "that are redeemed"),
                          ("--nodes", int, 0, "of a cluster on Kafka; 0: one on the embedded log"))
    settings = ["log.partitions=4", "shards.snapshot_after_ms=300", "shards.commit_every_ms=50",
                "shards.passivate_after_sec=2", "triggers.consent=opt_in"]
    with contextlib.ExitStack() as stack:
        if o.nodes:
            members, broker, disturbances = cluster.assembled(stack, o.binary, o.nodes, settings)
            disturb = functools.partial(cluster.disturb, members, broker, disturbances)
        else:
            scratch = stack.enter_context(support.Scratch())
            members = [support.Node(o.binary, scratch / "data", settings)]
            disturb = functools.partial(kill_one, members)
        stack.enter_context(support.watched(members))
        run(o, members, disturb)


if __name__ == "__main__":
    main()
