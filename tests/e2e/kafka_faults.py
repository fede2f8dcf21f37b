"""What may happen to a node's topics and broker: records that no gateway would have written, a broker
that is away for long or says nothing, and a topic that is deleted under the node."""

import json
import threading
import time

import kill9
import support

PREFIX = "faults"
RAW = f"{PREFIX}.user-activity-topic"


def refused(node):
    return node.call("GET", "/api/event-processor/stats")["refused"]


def events_of(node, user):
    """That the user's state counts, None while nothing is held of the user."""
    held = node.export(user)
    return held and held["state"]["totals"]["events"]


def strange_records(broker, node):
    """Each is refused by itself, and what comes behind it is taken."""
    good = json.dumps({"userId": "foreign", "eventType": "VIEW", "productId": "p1"}).encode()
    wrong = [("u1", b"rubbish \xff\x00"), ("u2", b"{}"), ("other", good), ("u3", b"[1, 2"),
             ("u4", b'{"userId":"u4","eventType":"VIEW","productId":"' + b"p" * 10_000_000 + b'"}'),
             ("u5", b"x" * 10_000_000), ("u7", b""), ("", good)]
    for key, value in wrong:
        broker.tool("put", RAW, key, value=value)
    broker.tool("bury", RAW, "u6")
    broker.tool("put", RAW, "foreign", value=good)
    support.await_that(lambda: refused(node) == len(wrong) + 1, "all wrong records are refused")
    support.await_that(lambda: events_of(node, "foreign") == 1, "the good one is applied, once")
    letters = node.call("GET", "/api/event-processor/dead-letters")["deadLetters"]
    assert len(letters) == len(wrong) + 1, len(letters)
    assert {x["reason"] for x in letters} == {"invalid", "wrong_key"}, letters
    cut = next(x for x in letters if x["userId"] == "u5")
    status, data = node.call("POST", f"/api/event-processor/dead-letters/{cut['offset']}/resubmit",
                             raw=True)
    assert status == 413, (status, data)
    node.await_ready()


def outage(broker, node, shops, seconds):
    """Reads are answered from memory all the time, also when the session is long over, writes are
    refused in time, and nothing acknowledged is lost."""
    known = shops[0].users[0].id
    broker.kill()
    end = time.monotonic() + seconds
    refusals = 0
    while time.monotonic() < end:
        began = time.monotonic()
        assert support.answered_fully(node, known), node.tail()
        assert node.call("GET", f"/api/features/{known}", raw=True)[0] == 200, node.tail()
        assert time.monotonic() - began < 2, "a read waited"
        began = time.monotonic()
        body = {"userId": "nobody", "eventType": "SEARCH", "query": "q"}
        status, _ = node.call("POST", "/api/users/activity", body, raw=True)
        assert status == 503 and time.monotonic() - began < 6, status
        refusals += 1
    assert node.call("GET", "/healthz", raw=True)[0] == 503
    assert "answer from memory" in node.log.read_text(), "the outage was no longer than the session"
    broker.restart()
    before = [s.acknowledged for s in shops]
    support.await_that(lambda: all(s.acknowledged > b + 5 for s, b in zip(shops, before)),
                       "events are acknowledged again", 60)
    support.await_that(lambda: node.call("GET", "/healthz", raw=True)[0] == 200,
                       "the node is well again")
    print(f"a broker away for {seconds} s: {refusals} calls refused in time")


def unready(node):
    """Why the node is not ready, empty when it is."""
    status, data = node.call("GET", "/readyz", raw=True)
    return "" if status == 200 else data.decode()


def deleted_topic(broker, node, user):
    """Nothing is acknowledged that would be lost, what was applied stays, and a topic that counts
    from 0 again is not taken for the old one."""
    held = events_of(node, user)
    assert held
    broker.tool("delete", RAW)
    body = {"userId": user, "eventType": "SEARCH", "query": "q"}
    support.await_that(
        lambda: node.call("POST", "/api/users/activity", body, raw=True)[0] == 503,
        "writes to a topic that is gone are refused", 60)
    assert events_of(node, user) == held
    node.stop()
    node.start(wait=False)
    assert node.process.wait(timeout=60) not in (0, None), "a node must not make the topic anew"
    assert f"Topic {RAW} is missing" in node.tail(), node.tail()

    broker.tool("make", RAW, "2", "12000000")
    node.start(wait=False)
    support.await_that(lambda: node.is_up() and "the topic was deleted" in unready(node),
                       "a topic that was made anew is refused", 60)
    assert events_of(node, user) == held


def recreated_topic(broker, node, user):
    """The same while the node runs."""
    topic = f"{PREFIX}.order-topic"
    body = {"orderId": "o1", "userId": user, "totalAmount": 1,
            "items": [{"productId": "p1", "quantity": 1, "price": 1}]}
    node.call("POST", "/api/orders/place", body)
    support.await_that(lambda: node.export(user)["state"]["totals"]["orders"] == 1, "the order counts")
    broker.tool("delete", topic)
    support.await_that(
        lambda: node.call("POST", "/api/orders/place", dict(body, orderId="o2"), raw=True)[0] == 503,
        "orders are refused", 60)
    broker.tool("make", topic, "2", "12000000")
    support.await_that(lambda: "the topic was deleted" in unready(node),
                       "a topic that was made anew under the node is refused", 60)


def silent_broker(scratch, o):
    """A node that is told to stop while no broker answers ends in time, and has lost nothing."""
    broker = support.Broker.of_all_nodes = support.Broker().start()
    sent = 50
    with support.Node(o.binary, scratch / "silent", ["log.partitions=2"], group="silent") as node:
        node.start()
        body = {"userId": "u", "eventType": "SEARCH", "query": "q"}
        for _ in range(sent):
            node.call("POST", "/api/users/activity", body)
        broker.pause()
        node.stop()
        broker.kill()
        broker.restart()
        node.start()
        support.await_that(lambda: events_of(node, "u") == sent, "each event counts, once")
        node.stop()


def main():
    o = support.arguments(__doc__, ("--outage", int, 30, "seconds without a broker"),
                          ("--tool", str, "", "the program kafka_tool"))
    support.Broker.other_client = o.tool
    broker = support.Broker().start()
    support.Broker.of_all_nodes = broker
    broker.tool("make", RAW, "2", "12000000")
    settings = ["log.partitions=2", "kafka.delivery_timeout_ms=3000", "triggers.consent=opt_in",
                "processor.max_events_per_10s=0", "shards.commit_every_ms=100"]
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "node", settings,
                                                    group=PREFIX) as node:
        node.start()
        strange_records(broker, node)
        halt = threading.Event()
        shops = [kill9.Shop(n, 10, node, halt, 1) for n in range(2)]
        for shop in shops:
            shop.start()
        support.await_that(lambda: all(s.acknowledged > 50 for s in shops), "there is load")
        # One that is asked for during the outage.
        support.await_that(lambda: shops[0].users[0].log, "the first user has events")
        outage(broker, node, shops, o.outage)
        users = kill9.closed(shops, halt)
        kill9.check(node, users)
        recreated_topic(broker, node, users[0].id)
        deleted_topic(broker, node, users[0].id)
        node.stop()
        broker.kill()
        silent_broker(scratch, o)


if __name__ == "__main__":
    main()
