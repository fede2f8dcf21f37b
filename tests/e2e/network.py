"""A network of the test's own, in namespaces, of which any connection can be cut: packets just vanish."""

import os
import subprocess

LINKS = "10.231.77"  # of the test's bridge


class Unavailable(Exception):
    """Needs root and iproute2."""


class Network:
    """A bridge, and a namespace with an address on it for each node. The broker has an address other
    than the test, so that a node can lose the one and still be asked by the other."""

    broker = f"{LINKS}.2"

    def __init__(self, count):
        self.tag = f"riq{os.getpid() % 100_000}"
        self.count = count

    @staticmethod
    def entered(stack, count):
        """One that ends with the stack; None where there can be none, and a line says so."""
        try:
            return stack.enter_context(Network(count))
        except Unavailable as e:
            print(f"no network is cut: {e}")
            return None

    def ip(self, *arguments):
        try:
            ran = subprocess.run(["ip", *arguments], capture_output=True, text=True)
        except FileNotFoundError:
            return "there is no iproute2"
        return ran.returncode == 0 or ran.stderr.strip()

    def __enter__(self):
        # The bridge has a namespace too: this machine's own firewall may forward nothing.
        steps = [("netns", "add", self.tag),
                 ("-n", self.tag, "link", "add", "bridge", "type", "bridge"),
                 ("-n", self.tag, "link", "set", "bridge", "up"),
                 ("link", "add", self.tag, "type", "veth", "peer", "name", "test", "netns", self.tag),
                 ("-n", self.tag, "link", "set", "test", "master", "bridge", "up"),
                 ("address", "add", f"{LINKS}.1/24", "dev", self.tag),
                 ("address", "add", f"{self.broker}/24", "dev", self.tag),
                 ("link", "set", self.tag, "up")]
        for n in range(self.count):
            name = self.name(n)
            steps += [("netns", "add", name),
                      ("-n", self.tag, "link", "add", f"node{n}", "type", "veth", "peer", "name",
                       "eth0", "netns", name),
                      ("-n", self.tag, "link", "set", f"node{n}", "master", "bridge", "up"),
                      ("-n", name, "address", "add", f"{self.address(n)}/24", "dev", "eth0"),
                      ("-n", name, "link", "set", "eth0", "up"),
                      ("-n", name, "link", "set", "lo", "up")]
        for step in steps:
            done = self.ip(*step)
            if done is not True:
                self.__exit__()
                raise Unavailable(f"no namespaces here: ip {' '.join(step)}: {done}")
        return self

    def __exit__(self, *_):
        for n in range(self.count):
            self.ip("netns", "delete", self.name(n))
        self.ip("link", "delete", self.tag)
        self.ip("netns", "delete", self.tag)

    def name(self, n):
        return f"{self.tag}-{n}"

    def address(self, n):
        return f"{LINKS}.{10 + n}"

    def place(self, node, n):
        """The node will run in the n-th namespace and listen there."""
        node.host = self.address(n)
        node.within = ["ip", "netns", "exec", self.name(n)]

    def neighbour(self, node, command, address, *how):
        """In the table that says who has an address."""
        namespace = node.within[-1]
        assert self.ip("-n", namespace, "neigh", command, address, "dev", "eth0", *how) is True

    def lose(self, node, address):
        """What the node sends there goes to nobody."""
        self.neighbour(node, "replace", address, "lladdr", "02:00:00:00:00:99", "nud", "permanent")

    def find(self, node, address):
        self.neighbour(node, "delete", address)

    def cut(self, a, b):
        """The two nodes hear nothing of each other."""
        self.lose(a, b.host)
        self.lose(b, a.host)

    def heal(self, a, b):
        self.find(a, b.host)
        self.find(b, a.host)
