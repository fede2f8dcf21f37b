"""A disk that fills up: writes are refused with 507, reads go on, nothing acknowledged is lost, and
with room again it goes on. Needs root for its small file system."""

import random
import string
import subprocess

import support


def main():
    o = support.arguments(__doc__)
    if not support.is_root():
        support.skip("mounting a small file system needs root")
    with support.Scratch() as scratch:
        disk = scratch / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(disk)]).returncode:
            support.skip("cannot mount a tmpfs here")
        try:
            fill_and_recover(o, disk)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=False)
    print("disk full: refused with 507, nothing acknowledged lost, went on with room")


DICE = random.Random(5)


def event(number):
    # Random text, because the log compresses.
    filler = "".join(DICE.choices(string.ascii_letters, k=3000))
    return {"userId": f"u{number % 20}", "eventType": "VIEW", "productId": f"p{number}",
            "eventId": f"e{number}", "properties": {"filler": filler}}


def post_until(node, number, wanted, limit=20_000):
    """Posts events until one is answered `wanted`; returns the numbers of the acknowledged ones."""
    client = support.Client(node.port)
    acknowledged = []
    for n in range(number, number + limit):
        status, data = client.send("POST", "/api/users/activity", event(n))
        if status == 200:
            acknowledged.append(n)
        if status == wanted:
            return acknowledged
        assert status in (200, 503, 507), (status, data[:300])
    raise AssertionError(f"no {wanted} in {limit} events")


def fill_and_recover(o, disk):
    settings = ["log.partitions=2", "log.reserve_bytes=25165824", "log.cache_bytes=8388608",
                "log.tail_bytes=65536", "processor.max_events_per_10s=0"]
    ballast = disk / "ballast"
    with support.Node(o.binary, disk / "data", settings) as node:
        node.start()
        ballast.write_bytes(bytes(16 << 20))
        acknowledged = post_until(node, 0, 507)
        assert acknowledged, "the disk was full before the first event"
        status, data = node.call("GET", "/healthz", raw=True)
        assert status == 503, (status, data[:300])
        assert node.call("GET", "/api/features/u1")["userId"] == "u1", "reads go on"

        ballast.unlink()

        def takes_again():
            status, _ = node.call("POST", "/api/users/activity", event(900_000), raw=True)
            return status == 200

        support.await_that(takes_again, "writes are taken again", 30)
        acknowledged.append(900_000)
        node.kill()
        node.start()
        check(node, acknowledged)
        node.stop()


def check(node, acknowledged):
    for user in range(20):
        wanted = sum(1 for n in acknowledged if n % 20 == user)

        def counted():
            held = node.export(f"u{user}")
            return held and held["state"]["totals"]["byType"][0] == wanted

        if wanted:
            support.await_that(counted, f"u{user} has {wanted} views", 20)


if __name__ == "__main__":
    main()
