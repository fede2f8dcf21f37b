"""Triggers from outside: a cart is left, a rule with steps of seconds fires, webhooks are called.

Three receivers: one that fails at first, one that is slow, one that is down until the end. The node is
killed with -9 in the middle. In the end every receiver has every trigger, under the same key however
often it came, with a good signature; the slow one has delayed nobody; and an order is attributed.
"""

import collections
import hashlib
import hmac
import http.server
import json
import re
import subprocess
import threading
import time

from support import Node, Scratch, arguments, await_that, free_ports

SECRET = "a secret of sixteen or more"
USERS = 40


class Receiver:
    """A shop's endpoint. `plan(n)` says what the n-th call gets: (seconds to wait, status)."""

    def __init__(self, port, plan):
        self.port = port
        self.plan = plan
        self.calls = 0
        self.lock = threading.Lock()
        self.taken = collections.defaultdict(list)  # idempotency key → bodies that were answered 2xx
        self.wrong = []
        self.server = None

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.calls += 1
                    number = receiver.calls
                parts = dict(p.split("=", 1) for p in self.headers["X-RetargetIQ-Signature"].split(","))
                expected = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256)
                if not hmac.compare_digest(expected.hexdigest(), parts["v1"]):
                    receiver.wrong.append("signature")
                if abs(time.time() - int(parts["t"])) > 60:
                    receiver.wrong.append("time")
                key = self.headers["Idempotency-Key"]
                if json.loads(body)["id"] != key:
                    receiver.wrong.append("key")
                wait, status = receiver.plan(number)
                time.sleep(wait)
                if status < 300:
                    with receiver.lock:
                        receiver.taken[key].append(body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass  # the node was killed meanwhile

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self


def target(name, port, **more):
    fields = {"timeout_ms": 3000, "first_backoff_ms": 50, "max_backoff_ms": 400, "max_attempts": 100,
              "breaker_failures": 4, "breaker_open_ms": 300, **more}
    rest = "".join(f"{key} = {value}\n" for key, value in fields.items())
    return (f'[[triggers.targets]]\nname = "{name}"\nurl = "http://127.0.0.1:{port}/hook"\n'
            f'secret = "{SECRET}"\n{rest}\n')


def config_text(ports):
    return ('[log]\npartitions = 2\n'
            # A resident user's timers are seen once its state is stored.
            '[shards]\nsnapshot_after_ms = 1000\n[triggers]\nmax_per_user_day = 0\nmax_per_user_week = 0\n'
            + target("flaky", ports[0]) + target("slow", ports[1]) + target("down", ports[2])
            + target("dead", ports[3], max_attempts=2, breaker_failures=1000)
            + '[[triggers.rules]]\nid = "other"\nkind = "win_back"\nafter = ["300d"]\n')


class ConfiguredNode(Node):
    def __init__(self, binary, data_dir, config):
        super().__init__(binary, data_dir)
        self.config = config

    def start(self, wait=True):
        command = [self.binary, "serve", "--config", str(self.config), "--data-dir", str(self.data_dir),
                   "--listen", f"127.0.0.1:{self.port}"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        if wait:
            self.await_ready()
        return self


def put_in_cart(node, user):
    node.call("POST", "/api/users/activity",
              {"userId": user, "eventType": "ADD_TO_CART", "productId": "lamp", "price": 30,
               "properties": {"consent": True, "timeZone": "Europe/Berlin"}})


def fill_shelf(node):
    for number in range(5):
        node.call("POST", "/api/users/activity",
                  {"userId": f"browser{number}", "eventType": "VIEW", "productId": f"sofa{number}"})
    await_that(lambda: node.call("GET", "/api/recommendations/anybody")["recommendations"],
               "there is something to recommend")


def check_rules(node):
    """Rules at run time: refused by the field, in force at once, the same after a restart."""
    status, body = node.call("PUT", "/api/triggers/rules/cart", {"after": ["soon"]}, raw=True)
    assert status == 400 and json.loads(body)["field"] == "/after/0", (status, body)
    status, body = node.call("PUT", "/api/triggers/rules/cart",
                             {"after": ["1h"], "targets": ["http://127.0.0.1/"]}, raw=True)
    assert status == 400 and json.loads(body)["field"] == "/targets/0", (status, body)
    assert node.call("GET", "/api/triggers/rules/cart", raw=True)[0] == 404
    rule = node.call("PUT", "/api/triggers/rules/cart",
                     {"kind": "cart_abandoned", "after": ["1s", "3s"], "campaign": "default",
                      "targets": ["flaky", "slow", "down", "dead"]})
    assert rule["version"] == 1 and rule["origin"] == "api", rule
    assert node.call("DELETE", "/api/triggers/rules/other") == {"deleted": "other"}


def check_looks(node):
    """Dry run and what-if say what would be, and leave no trace."""
    put_in_cart(node, "thinker")
    before = await_that(lambda: node.export("thinker"), "the user is known")
    dry = node.call("GET", "/api/triggers/dry-run/thinker?inMinutes=1")
    assert [a["rule"] for a in dry["armed"]] == ["cart"], dry
    assert dry["now"][0]["items"][0]["productId"] == "lamp", dry
    imagined = node.call("POST", "/api/what-if/thinker",
                         {"events": [{"eventType": "VIEW", "productId": "sofa", "price": 500},
                                     {"eventType": "ADD_TO_CART", "productId": "sofa", "price": 500}]})
    assert imagined["applied"] == 2 and imagined["features"]["cartItems"] == 2, imagined
    assert imagined["offer"]["decisionId"] == "", imagined
    bought = node.call("POST", "/api/what-if/thinker",
                       {"events": [{"orderId": "x", "items": [{"productId": "lamp", "price": 30}],
                                    "totalAmount": 30}]})
    assert bought["features"]["segment"] == "high_value" and bought["timers"] == [], bought
    status, body = node.call("POST", "/api/what-if/thinker",
                             {"events": [{"eventType": "VIEW"}]}, raw=True)
    assert status == 400 and json.loads(body)["field"] == "events[0].productId", (status, body)
    after = node.export("thinker")
    for part in ("cart", "touches", "totals", "bandit", "orders"):
        assert after["state"][part] == before["state"][part], part


def delivered(node, target):
    """Webhooks that this life of the node counts as taken by `target`."""
    found = re.search(r'^riq_webhook_delivered_total\{target="%s"\} (\d+)$' % target,
                      node.metrics(), re.MULTILINE)
    return int(found.group(1))


def main():
    args = arguments(__doc__)
    ports = free_ports(4)
    flaky = Receiver(ports[0], lambda n: (0, 500 if n % 3 else 200)).start()
    slow = Receiver(ports[1], lambda n: (0.4, 200)).start()
    down = Receiver(ports[2], lambda n: (0, 204))  # started later
    with Scratch() as scratch:
        config = scratch / "node.toml"
        config.write_text(config_text(ports))
        with ConfiguredNode(args.binary, scratch / "data", config) as node:
            node.start()
            fill_shelf(node)
            check_rules(node)
            check_looks(node)
            for i in range(USERS):
                put_in_cart(node, f"u{i}")
                # Who was shown something is looked at more closely when a fact comes.
                assert node.call("GET", f"/api/recommendations/u{i}")["recommendations"]
            await_that(lambda: len(flaky.taken) >= 10, "the first webhooks arrive")
            node.kill()
            node.start()
            assert node.call("GET", "/api/triggers/rules/cart")["after"] == ["1s", "3s"]

            expected = 2 * (USERS + 1)

            def fired():
                return node.call("GET", "/api/triggers?limit=1000")["triggers"]

            await_that(lambda: len(fired()) >= expected, "both steps of all fire", 60)
            # The slow one and the one that is down have held up nobody.
            await_that(lambda: len(flaky.taken) >= expected, "the flaky one has all", 60)
            down.start()
            await_that(lambda: len(down.taken) >= expected, "the one that was down has all", 60)
            await_that(lambda: len(slow.taken) >= expected, "the slow one has all", 120)
            assert len(fired()) == expected, len(fired())

            series = collections.Counter((t["userId"], t["rule"], t["step"]) for t in fired())
            assert max(series.values()) == 1 and len(series) == expected, series.most_common(3)
            ids = {t["id"] for t in fired()}
            for receiver in (flaky, slow, down):
                assert not receiver.wrong, receiver.wrong[:3]
                assert set(receiver.taken) == ids, set(receiver.taken) ^ ids
                for key, bodies in receiver.taken.items():
                    assert len(set(bodies)) == 1, f"{key} came with two bodies"

            # What never was delivered is a dead letter with the reason, and says so in the list.
            def all_dead():
                return all(any(d["target"] == "dead" and d["state"] == "dead" for d in t["deliveries"])
                           for t in fired())

            await_that(all_dead, "the target that is not there has dead letters", 60)
            letters = node.call("GET", "/api/event-processor/dead-letters?limit=1000")["deadLetters"]
            assert len(letters) >= expected and letters[0]["reason"] == "undeliverable", letters[:1]
            assert any(d["state"] == "delivered" for d in fired()[0]["deliveries"]), fired()[0]

            one = next(t for t in fired() if t["userId"] == "u1" and t["step"] == 2)
            assert one["offer"]["decisionId"] and one["items"][0]["productId"] == "lamp", one
            assert one["because"][0]["event"] == "ADD_TO_CART", one
            node.call("POST", "/api/orders/place",
                      {"orderId": "o1", "userId": "u1", "totalAmount": 30,
                       "items": [{"productId": "lamp", "quantity": 1, "price": 30}]})

            def converted():
                mine = node.call("GET", f"/api/triggers?id={one['id']}")["triggers"]
                return mine and mine[0]["conversion"]

            assert await_that(converted, "the order is the trigger's")["orderId"] == "o1"
            rewarded = [p for p in node.export("u1")["state"]["bandit"]["pending"] if p["rewarded"]]
            assert rewarded, "the offer that it carried was not credited"
            # The counters are written with each tick of a target's actor, a little behind its calls.
            await_that(lambda: delivered(node, "down") == expected, "the metrics count each once")
            assert "riq_triggers_converted_total" in node.metrics()
            node.call("DELETE", "/api/users/u2")
            await_that(lambda: not node.call("GET", "/api/triggers?userId=u2")["triggers"],
                       "an erased user's triggers are gone")
            node.stop()
    print(f"{expected} triggers: flaky {flaky.calls} calls, slow {slow.calls}, down {down.calls}")


if __name__ == "__main__":
    main()
