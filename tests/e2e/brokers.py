"""Three brokers with three copies of every record, and a controller in each: while one after the other is
killed and comes back, the leading controller among them, two nodes go on, and every acknowledged event is
counted exactly once."""

import concurrent.futures
import random

import cluster
import support

COPIES = ["default.replication.factor=3", "min.insync.replicas=2", "offsets.topic.replication.factor=3",
          "transaction.state.log.replication.factor=3", "transaction.state.log.min.isr=2"]


def three_brokers():
    brokers = [support.Broker(cluster="AAAAAAAAAAAAAAAAAAAAAA") for _ in range(3)]
    voters = ",".join(f"{id}@127.0.0.1:{b.port + 1}" for id, b in enumerate(brokers, 1))
    for id, broker in enumerate(brokers, 1):
        broker.properties = [*COPIES, f"node.id={id}", f"controller.quorum.voters={voters}"]
    # None is up before most of the controllers are.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(support.Broker.start, brokers))
    brokers[0].servers = ",".join(b.servers for b in brokers)
    return brokers


def kill_one(_, brokers, dice):
    cluster.outage(dice.choice(brokers), dice.uniform(0.5, 6))


def main():
    o = support.arguments(__doc__, ("--rounds", int, 4, "brokers killed"), ("--seed", int, 1, "of the run"),
                          ("--clients", int, 4, "threads"), ("--users", int, 20, "of each client"))
    o.nodes, o.only = 2, ""
    brokers = three_brokers()
    support.Broker.of_all_nodes = brokers[0]
    settings = ["shards.snapshot_after_ms=500", "shards.commit_every_ms=100", "log.partitions=6",
                "processor.max_events_per_10s=0", "triggers.consent=opt_in", "kafka.replication=3"]
    with support.Scratch() as scratch:
        nodes = cluster.members(o.binary, scratch, o.nodes, settings)
        with support.watched(nodes):
            cluster.run(o, nodes, brokers, random.Random(o.seed), {"broker": kill_one})


if __name__ == "__main__":
    main()
