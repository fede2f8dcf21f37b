"""How long users wait for another node when theirs goes: after kill -9, which takes the group's session
timeout to notice, and after SIGTERM. Three nodes on one broker, every user once seen; a sample of users
over all partitions is asked of one survivor, over and over, until each is answered from full state.

On one machine the nodes share its cores, so restoring is slower than on three."""

import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import support

PARTITIONS = 12

# Heap and collector as Kafka's own start script sets them. (script/broker's, which tests use, hold a tenth of
# a second up every few seconds under load.)
BROKER_HEAP = ("-XX:-UseSerialGC -XX:+UseG1GC -Xms1g -Xmx1g -XX:MaxGCPauseMillis=20 "
               "-XX:InitiatingHeapOccupancyPercent=35")


def members(binary, scratch, count, session_ms, group="takeover"):
    """Nodes that share this machine's cores, as docs/operations.md has it."""
    threads = max(1, len(os.sched_getaffinity(0)) // count)
    made = []
    for n in range(count):
        endpoint = f"127.0.0.1:{support.free_ports(1)[0]}"
        made.append(support.Node(binary, scratch / f"{group}{n}", [
            f"cluster.endpoint={endpoint}", "auth.token_secret=a secret of this bench",
            f"log.partitions={PARTITIONS}", "triggers.consent=opt_in",
            "processor.max_events_per_10s=0", f"node.worker_threads={threads}",
            f"kafka.session_timeout_ms={session_ms}"], group=group))
    return made


def shards(node):
    return [s for s in node.call("GET", "/api/inspect/shards")["shards"] if "error" not in s]


def await_applied(nodes, events):
    def applied():
        mine = [s for n in nodes for s in shards(n)]
        return len(mine) == PARTITIONS and sum(s["appliedOffset"] + 1 for s in mine) >= events

    support.await_that(applied, "every event is applied", 400, pause=0.5)


def await_stored(nodes):
    support.await_that(lambda: not any(s["dirty"] or s["saving"] for n in nodes for s in shards(n)),
                       "every user is stored", 200, pause=0.5)


def until_full(client, users, since):
    """Seconds until every one of the users has been answered from full state."""
    left = list(users)
    while left:
        assert time.monotonic() - since < 120, f"{len(left)} users are still answered degraded"
        still = []
        for user in left:
            status, data = client.send("GET", f"/api/recommendations/{user}")
            if status != 200 or b'"degraded":true' in data:
                still.append(user)
        left = still
    return time.monotonic() - since


def main():
    o = support.arguments(__doc__, ("--bare", str, "", "the program kafka_bare"),
                          ("--users", int, 300_000, "users"), ("--session", int, 6_000, "ms"),
                          ("--sample", int, 500, "users who are asked for"))
    os.environ["BROKER_JAVA"] = BROKER_HEAP
    support.Broker.of_all_nodes = broker = support.Broker().start()
    with support.Scratch() as scratch:
        nodes = members(o.binary, scratch, 3, o.session)
        with support.watched(nodes):
            support.start_together(nodes)
            ran = subprocess.run([o.bare, "produce", broker.servers, "takeover.user-activity-topic",
                                  str(PARTITIONS), str(o.users), str(o.users)], capture_output=True)
            assert ran.returncode == 0, ran.stderr
            await_applied(nodes, o.users)
            await_stored(nodes)
            users = [f"user{i * (o.users // o.sample)}" for i in range(o.sample)]
            client = support.Client(nodes[0].port)
            until_full(client, users, time.monotonic())
            for how in ("kill -9", "SIGTERM"):
                goes = nodes[2]
                since = time.monotonic()
                if how == "kill -9":
                    goes.kill()
                else:
                    goes.process.terminate()
                took = until_full(client, users, since)
                beyond = took - (o.session / 1000 if how == "kill -9" else 0)
                restores = [s["restore"] for n in nodes[:2] for s in shards(n) if "restore" in s]
                print(f"{how} of one of three nodes with {o.users} users: all answered from full state "
                      f"after {took:.2f} s, {beyond:.2f} s beyond what it takes to notice; the longest "
                      f"restore took {max((r['tookMs'] for r in restores), default=0):.0f} ms, of "
                      f"{max((r['records'] for r in restores), default=0)} records", flush=True)
                if how == "kill -9":
                    goes.start(wait=False)
                    for node in nodes:
                        node.await_ready()
                    until_full(client, users, time.monotonic())
                    await_stored(nodes)


if __name__ == "__main__":
    main()
