"""The storage contract's tests against a real broker."""

import os
import subprocess
import sys

import support


def main():
    o = support.arguments(__doc__, ("--storage-test", str, "", "the program storage_test"))
    broker = support.Broker().start()
    environment = dict(os.environ, RIQ_TEST_BROKER=broker.servers)
    ran = subprocess.run([o.storage_test, "--gtest_filter=*kafka_broker*"], env=environment)
    sys.exit(ran.returncode)


if __name__ == "__main__":
    main()
