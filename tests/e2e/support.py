"""Running a node from a test: ports, data folder, start, stop and kill -9, and calls over HTTP.

Each test is a program of its own, run by ctest as `NAME.py --binary PATH`. It ends with 0 when all
was as expected, 77 when it cannot run here (ctest shows it as skipped), else with 1.
"""

import argparse
import atexit
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
PORT_SETTINGS = [
    "http", "activity", "orders", "event_processor", "analytics", "features", "retrieval",
    "ranking", "recommendations", "offers", "dashboard",
]


def arguments(description, *more):
    """Parses --binary and what the test adds: (name, type, default, help)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--binary", required=True, help="the program retargetiq")
    parser.add_argument("--kafka", action="store_true", help="run on a Kafka broker of its own")
    for name, kind, default, text in more:
        parser.add_argument(name, type=kind, default=default, help=f"{text} (default {default})")
    parsed = parser.parse_args()
    if parsed.kafka:
        Broker.of_all_nodes = Broker().start()
    return parsed


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def await_that(condition, what, seconds=30, pause=0.02):
    """Waits until condition() is true and returns what it gave; fails with `what` otherwise."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)


def free_ports(count):
    """Ports that nobody uses now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Scratch:
    """A folder that is gone at the end."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="riq-e2e-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Broker:
    """A Kafka broker of the test's own; `of_all_nodes` is what every node of the test runs on."""

    of_all_nodes = None
    other_client = None  # the program kafka_tool, of the tests that use it

    def __init__(self, address="127.0.0.1", properties=(), formatting="", cluster=""):
        self.address = address
        self.cluster = cluster  # brokers of one share its id
        self.properties, self.formatting = list(properties), formatting
        self.script = pathlib.Path(__file__).resolve().parents[2] / "script" / "broker"
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="riq-broker-"))
        # The port above it is the broker's too.
        self.port = next(p for p in free_ports(200) if is_free(p + 1))
        self.servers = f"{address}:{self.port}"

    def run(self, command):
        return subprocess.run([self.script, command, self.path / "data", str(self.port)],
                              capture_output=True, text=True,
                              env=dict(os.environ, BROKER_ADDRESS=self.address,
                                       BROKER_FORMAT=self.formatting,
                                       BROKER_CLUSTER=self.cluster))

    def tool(self, command, *arguments, value=b""):
        """What any other client could do; see kafka_tool.cpp."""
        ran = subprocess.run([self.other_client, command, self.servers, *arguments], input=value,
                             capture_output=True)
        assert ran.returncode == 0, (command, arguments, ran.stderr)

    def start(self):
        (self.path / "data").mkdir(exist_ok=True)
        (self.path / "data" / "more.properties").write_text("\n".join([*self.properties, ""]))
        started = self.run("start")
        if started.returncode == SKIPPED:
            shutil.rmtree(self.path, ignore_errors=True)
            skip(started.stderr.strip())
        assert started.returncode == 0, started.stderr
        atexit.register(self.remove)
        return self

    def stop(self):
        self.run("stop")

    def kill(self):
        self.run("kill")

    def pause(self):
        """It takes connections and answers nothing; it has to be killed."""
        os.kill(int((self.path / "data" / "pid").read_text()), signal.SIGSTOP)

    def restart(self):
        assert self.run("start").returncode == 0

    def remove(self):
        self.kill()
        shutil.rmtree(self.path, ignore_errors=True)

    def settings(self, prefix):
        return ["log.kind=kafka", f"kafka.bootstrap_servers={self.servers}",
                f"kafka.topic_prefix={prefix}.", f"kafka.group_id={prefix}",
                "kafka.session_timeout_ms=2000"]


def is_free(port):
    with socket.socket() as s:
        # As servers do: connections that have ended, of which some tests leave thousands, keep nobody off.
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


class Node:
    """One node. `settings` are --set values; with `all_ports` it also listens on the ten others."""

    def __init__(self, binary, data_dir, settings=(), all_ports=False, group=None):
        self.binary = binary
        self.group = group or pathlib.Path(data_dir).name  # nodes of one group share the users
        self.data_dir = pathlib.Path(data_dir)
        self.settings = list(settings)
        self.ports = dict(zip(PORT_SETTINGS, free_ports(len(PORT_SETTINGS) if all_ports else 1)))
        self.port = self.ports["http"]
        self.all_ports = all_ports
        self.host = "127.0.0.1"
        self.within = []  # a command that runs others in some surroundings
        self.log = self.data_dir.parent / f"{self.data_dir.name}.log"
        self.process = None

    def start(self, wait=True):
        command = [*self.within, self.binary, "serve", "--data-dir", str(self.data_dir)]
        if self.all_ports:
            for name, port in self.ports.items():
                command += ["--set", f"listen.{name}={port}"]
        else:
            command += ["--listen", f"{self.host}:{self.port}"]
        for setting in self.broker_settings() + self.settings:
            command += ["--set", setting]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        if wait:
            self.await_ready()
        return self

    def broker_settings(self):
        broker = Broker.of_all_nodes
        return broker.settings(self.group) if broker else []

    def await_ready(self, seconds=60):
        def ready():
            assert self.process.poll() is None, f"the node ended: {self.tail()}"
            try:
                return self.call("GET", "/readyz", raw=True)[0] == 200
            except OSError:
                return False

        await_that(ready, "the node is ready", seconds)

    def cpu_seconds(self):
        """Processor time it has taken since its start, of all threads."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def await_events(self, count, seconds, pause=0.1):
        """Until its users have so many events, since it started."""
        await_that(lambda: self.over_shards("events") >= count, "all events are applied", seconds,
                   pause=pause)

    def over_shards(self, figure, timeout=30):
        """The sum of a figure that its shards show of themselves, without those too busy to say."""
        shards = self.call("GET", "/api/inspect/shards", timeout=timeout)["shards"]
        return sum(s.get(figure, 0) for s in shards)

    def metrics(self):
        """The text of /metrics."""
        return self.call("GET", "/metrics", raw=True)[1].decode()

    def is_up(self):
        """Whether it answers at all; fails when it has ended."""
        assert self.process.poll() is None, f"the node ended: {self.tail()}"
        try:
            return bool(self.call("GET", "/healthz", raw=True))
        except OSError:
            return False

    def kill(self):
        """kill -9"""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """TERM; a node that hangs, had ended before or ends with anything but 0 is a failure."""
        gone = self.process.poll()
        assert gone is None, f"the node had ended with {gone}: {self.tail()}"
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the node did not stop: {self.tail()}")
        assert code == 0, f"told to stop, the node ended with {code}: {self.tail()}"

    def tail(self, lines=25):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def call(self, method, path, body=None, headers=None, raw=False, timeout=30):
        """The JSON of a good answer. With `raw` (status, bytes) of any answer."""
        client = Client(self.port, timeout, self.host)
        try:
            status, data = client.send(method, path, body, headers)
        finally:
            client.close()
        if raw:
            return status, data
        assert status < 300, f"{method} {path}: {status} {data[:400]!r}"
        return json.loads(data)

    def export(self, user):
        """All that is held of a user, None while nothing is."""
        status, data = self.call("GET", f"/api/users/{user}/export", raw=True)
        held = json.loads(data) if status == 200 else {}
        return held if held.get("known") else None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process and self.process.poll() is None:
            self.kill()
        if kind is not None:
            print(f"--- the node's log ends with\n{self.tail()}", file=sys.stderr)


@contextlib.contextmanager
def watched(nodes, lines=30):
    """Shows what the nodes logged last when the body fails, and ends those that still run. The body
    may add to the list."""
    try:
        yield
    except BaseException:
        for node in nodes:
            print(f"--- {node.data_dir.name} {node.port}\n{node.tail(lines)}")
        raise
    finally:
        for node in nodes:
            if node.process and node.process.poll() is None:
                node.kill()


def start_together(nodes, seconds=60):
    """Nodes of a group may wait for each other."""
    for node in nodes:
        node.start(wait=False)
    for node in nodes:
        node.await_ready(seconds)


def answered_fully(node, user):
    """Whether the recommendations come from the user's own actor."""
    status, data = node.call("GET", f"/api/recommendations/{user}", raw=True)
    assert status == 200, (status, data[:200])
    return b'"degraded":true' not in data


class Client:
    """One keep-alive connection."""

    def __init__(self, port, timeout=30, host="127.0.0.1"):
        self.connection = http.client.HTTPConnection(host, port, timeout=timeout)

    def send(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if self.connection.sock is None:
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def close(self):
        self.connection.close()


def is_root():
    return os.geteuid() == 0
