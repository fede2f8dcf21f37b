"""Each of three nodes does one thing: one answers clients, one runs event processors, one owns the
users. Together they are a whole, and the one without shards never has a user's state. The processing
node is killed under load and replaced, and a second node of shards joins and leaves."""

import threading

import kill9
import support


def made(binary, scratch, name, roles, *settings):
    endpoint = f"127.0.0.1:{support.free_ports(1)[0]}"
    return support.Node(binary, scratch / name, [
        f"node.roles={roles}", f"cluster.endpoint={endpoint}",
        "auth.token_secret=a secret of this test", "log.partitions=6",
        "processor.max_events_per_10s=0", "shards.commit_every_ms=100",
        "shards.snapshot_after_ms=300", "triggers.consent=opt_in", *settings], group="roles")


def shards_here(node):
    return [s["partition"] for s in node.call("GET", "/api/inspect/shards")["shards"]
            if "error" not in s]


def processors_here(node):
    return len(node.call("GET", "/api/event-processor/stats")["partitions"])


def serves_operators_only(node):
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/api/inspect/node"):
        assert node.call("GET", path, raw=True)[0] == 200, path
    for path in ("/api/features/u", "/api/recommendations/u", "/"):
        assert node.call("GET", path, raw=True)[0] == 404, path
    body = {"userId": "u", "eventType": "SEARCH"}
    assert node.call("POST", "/api/users/activity", body, raw=True)[0] == 404


def load(shops, more):
    before = sum(s.acknowledged for s in shops)
    support.await_that(lambda: any(s.failure for s in shops) or
                       sum(s.acknowledged for s in shops) >= before + more,
                       f"{more} events are acknowledged", 60)
    assert not any(s.failure for s in shops), [s.failure for s in shops]


def main():
    o = support.arguments(__doc__, ("--events", int, 300, "between two changes"))
    support.Broker.of_all_nodes = support.Broker().start()
    with support.Scratch() as scratch:
        gateway = made(o.binary, scratch, "gateway", "gateway")
        processing = made(o.binary, scratch, "processing", "processor")
        owning = made(o.binary, scratch, "owning", "shards")
        nodes = [gateway, processing, owning]
        with support.watched(nodes):
            support.start_together(nodes)
            run(o, scratch, gateway, processing, owning, nodes)


def run(o, scratch, gateway, processing, owning, nodes):
    serves_operators_only(processing)
    serves_operators_only(owning)
    halt = threading.Event()
    shops = [kill9.Shop(n, 10, gateway, halt, 1) for n in range(3)]
    for shop in shops:
        shop.start()
    load(shops, o.events)
    assert [len(shards_here(n)) for n in nodes] == [0, 0, 6]
    support.await_that(lambda: [processors_here(n) for n in nodes] == [0, 6, 0],
                       "every event processor runs where it may")
    processing.kill()
    load(shops, o.events)  # the log takes them, and they wait there
    processing.start(wait=False)
    helper = made(o.binary, scratch, "helper", "shards,processor")
    nodes.append(helper)
    helper.start(wait=False)
    helper.await_ready()
    support.await_that(lambda: shards_here(helper) and processors_here(helper),
                       "the fourth node has its share")
    load(shops, o.events)
    helper.stop()
    load(shops, o.events)
    users = kill9.closed(shops, halt)
    for node in (gateway, processing, owning):
        node.await_ready()
    kill9.check(gateway, users)
    kill9.check_numbers(gateway, users)
    assert support.answered_fully(gateway, users[0].id)
    assert len(shards_here(owning)) == 6 and not shards_here(gateway)
    kafka = owning.call("GET", "/api/inspect/kafka")
    assert kafka["transactions"]["count"] > 0, kafka
    metrics = owning.metrics()
    for name in ("riq_shard_commit_seconds_bucket", "riq_kafka_transaction_seconds_count",
                 "riq_kafka_rebalances_total", "riq_shard_restore_seconds"):
        assert name in metrics, name
    for node in (gateway, processing, owning):
        node.stop()
    print(f"{sum(s.acknowledged for s in shops)} acknowledged events through three nodes of one role "
          f"each, counted exactly once")


if __name__ == "__main__":
    main()
