"""Mutual TLS between nodes: those that show a certificate of the cluster's authority ask each other,
others are refused and disturb nobody; half a configuration and unusable files stop the start with the
setting's name."""

import shutil
import socket
import subprocess

import support


def openssl(folder, *arguments):
    ran = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(folder, name, by):
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key", "-out",
            f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key",
            "-CAcreateserial", "-copy_extensions", "copy", "-days", "2", "-out", f"{name}.pem")


def with_tls(folder, name, by):
    return [f"cluster.tls.certificate={folder}/{name}.pem", f"cluster.tls.key={folder}/{name}.key",
            f"cluster.tls.ca={folder}/{by}.pem"]


def member(binary, scratch, name, tls):
    endpoint = f"127.0.0.1:{support.free_ports(1)[0]}"
    made = support.Node(binary, scratch / name, [
        f"cluster.endpoint={endpoint}", "auth.token_secret=a secret of this test",
        "log.partitions=4", "triggers.consent=opt_in", *tls], group="links")
    made.endpoint = endpoint
    return made


def full_answers(node, users):
    """How many users' recommendations come from their own actor."""
    return sum(support.answered_fully(node, user) for user in users)


def refuses_to_start(node, *words):
    node.start(wait=False)
    assert node.process.wait(timeout=30) in (1, 2)
    assert all(w in node.tail() for w in words), node.tail()


def main():
    o = support.arguments(__doc__)
    if not shutil.which("openssl"):
        support.skip("no openssl to make certificates with")
    support.Broker.of_all_nodes = support.Broker().start()
    with support.Scratch() as scratch:
        for name in ("ours", "theirs"):
            authority(scratch, name)
        for name, by in (("a", "ours"), ("b", "ours"), ("stranger", "theirs")):
            certificate(scratch, name, by)
        wrong_files(o, scratch)
        nodes = []
        with support.watched(nodes):
            run(o, scratch, nodes)


def wrong_files(o, scratch):
    good = with_tls(scratch, "a", "ours")
    refuses_to_start(member(o.binary, scratch, "half", good[:2]), "cluster.tls.ca", "must be set too")
    refuses_to_start(member(o.binary, scratch, "none", [good[0], good[1], "cluster.tls.ca=/nowhere"]),
                     "cluster.tls.ca", "/nowhere")
    refuses_to_start(member(o.binary, scratch, "other", [good[0], good[2], with_tls(
        scratch, "b", "ours")[1]]), "cluster.tls.key")


def no_tls_at_all(node):
    """A connection that says what is no TLS is closed."""
    host, port = node.endpoint.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as stranger:
        stranger.sendall(b"GET / HTTP/1.0\r\n\r\n")
        while True:
            try:
                if not stranger.recv(4096):
                    return
            except ConnectionResetError:
                return


def run(o, scratch, nodes):
    a = member(o.binary, scratch, "a", with_tls(scratch, "a", "ours"))
    b = member(o.binary, scratch, "b", with_tls(scratch, "b", "ours"))
    nodes += [a, b]
    support.start_together(nodes)
    users = [f"u{i}" for i in range(40)]
    for user in users:
        a.call("POST", "/api/users/activity", {"userId": user, "eventType": "VIEW", "productId": "p1"})
    for node in nodes:
        support.await_that(lambda: full_answers(node, users) == len(users),
                           "both nodes answer for everybody")
    # Two that open a link in the same instant may drop it again, at the start.
    gone = [node.log.read_text().count("is gone") for node in (a, b)]
    # One without a certificate, and one of another authority, reach no user.
    for name, tls in (("plain", []), ("stranger", with_tls(scratch, "stranger", "theirs"))):
        c = member(o.binary, scratch, name, tls + ["node.roles=gateway"])
        nodes.append(c)
        c.start()
        support.await_that(lambda: c.log.read_text().count("is not reached yet") == 2 or
                           "connected to" in c.log.read_text(), "it has tried to reach both")
        assert full_answers(c, users) == 0, "a stranger is told of users"
        c.stop()
    for node, before in zip((a, b), gone):
        no_tls_at_all(node)
        assert full_answers(node, users) == len(users), "members go on asking each other"
        assert node.log.read_text().count("is gone") == before, "a stranger broke the members' link"
    for node in (a, b):
        node.stop()
    print("links with TLS: members ask each other, strangers are refused")


if __name__ == "__main__":
    main()
