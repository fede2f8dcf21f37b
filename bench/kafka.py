"""How fast a node takes a backlog of events from Kafka into its users' states, commits included,
against a bare consumer of the same records on the same broker, one after the other in one run."""

import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import support
import takeover


def main():
    o = support.arguments(__doc__, ("--bare", str, "", "the program kafka_bare"),
                          ("--records", int, 500_000, "events"), ("--users", int, 20_000, "users"))
    partitions = takeover.PARTITIONS
    os.environ["BROKER_JAVA"] = takeover.BROKER_HEAP
    broker = support.Broker().start()
    support.Broker.of_all_nodes = broker
    with support.Scratch() as scratch, support.Node(
            o.binary, scratch / "node", [f"log.partitions={partitions}"]) as node:
        node.start()
        node.stop()  # it has made the topics
        topic = "node.user-activity-topic"

        def bare(*arguments):
            ran = subprocess.run([o.bare, *map(str, arguments)], capture_output=True, text=True)
            assert ran.returncode == 0, ran.stderr
            return int(ran.stdout)

        produced = bare("produce", broker.servers, topic, partitions, o.records, o.users)
        consumed = bare("consume", broker.servers, topic, partitions, o.records)
        start = time.monotonic()
        node.start(wait=False)
        node.await_ready()
        node.await_events(o.records, 220)
        took = time.monotonic() - start
        rate = o.records / took
        print(f"bare producer {produced}/s, bare consumer {consumed}/s, a node {rate:.0f}/s from its "
              f"start on: {rate / consumed:.3f} of the bare consumer")


if __name__ == "__main__":
    main()
