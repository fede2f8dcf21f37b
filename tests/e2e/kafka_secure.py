"""A broker that wants TLS, a client certificate, or a name and password (PLAIN and SCRAM): a node that
has what is asked does its whole job; one that has not ends with a message that says what is wrong."""

import shutil

import links
import support

SECRET = "a-secret-of-this-test"
SCRAM = ["SCRAM-SHA-256", "SCRAM-SHA-512"]


def secured_broker(folder):
    """TLS with a name and password on one port, with a client's certificate on another."""
    named, mutual = support.free_ports(2)
    store = folder / "broker-store.pem"
    store.write_text((folder / "broker.key").read_text() + (folder / "broker.pem").read_text())
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    broker = support.Broker(formatting=" ".join(
        f"--add-scram {mechanism}=[name=shop,password={SECRET}]" for mechanism in SCRAM))
    inner = f"PLAINTEXT://{broker.servers}"
    broker.properties = [
        f"listeners={inner},CONTROLLER://127.0.0.1:{broker.port + 1},NAMED://127.0.0.1:{named},"
        f"MUTUAL://127.0.0.1:{mutual}",
        f"advertised.listeners={inner},NAMED://127.0.0.1:{named},MUTUAL://127.0.0.1:{mutual}",
        "listener.security.protocol.map="
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,NAMED:SASL_SSL,MUTUAL:SSL",
        "inter.broker.listener.name=PLAINTEXT",
        "ssl.keystore.type=PEM", f"ssl.keystore.location={store}",
        "ssl.truststore.type=PEM", f"ssl.truststore.location={folder}/ours.pem",
        "listener.name.mutual.ssl.client.auth=required",
        f"sasl.enabled.mechanisms=PLAIN,{','.join(SCRAM)}",
        f'listener.name.named.plain.sasl.jaas.config={plain} required user_shop="{SECRET}";',
        *(f"listener.name.named.{m.lower()}.sasl.jaas.config={scram} required;" for m in SCRAM),
    ]
    return broker, named, mutual


def node_with(o, scratch, name, port, *settings):
    return support.Node(o.binary, scratch / name, [
        "log.kind=kafka", f"kafka.bootstrap_servers=127.0.0.1:{port}", f"kafka.topic_prefix={name}.",
        f"kafka.group_id={name}", "log.partitions=2", *(f"kafka.{s}" for s in settings)])


def does_its_job(node):
    with node.start():
        told = node.call("POST", "/api/users/activity?recommend=1",
                         {"userId": "u1", "eventType": "VIEW", "productId": "p1"})
        assert told["position"], told
        features = node.call("GET", "/api/features/u1")
        assert features["features"]["views_7d"] == 1, features
        # What it keeps comes back through the transactional producer's topic.
        node.kill()
        shutil.rmtree(node.data_dir)
        node.start()
        support.await_that(lambda: node.call("GET", "/api/features/u1")["features"]["views_7d"] == 1,
                           "the state is restored from the broker")
        node.stop()


def refuses(node, *words):
    node.start(wait=False)
    assert node.process.wait(timeout=60) in (1, 2)
    told = [line for line in node.tail().splitlines() if " critical " in line]
    assert len(told) == 1 and all(w.lower() in told[0].lower() for w in words), node.tail()


def main():
    o = support.arguments(__doc__)
    if not shutil.which("openssl"):
        support.skip("no openssl to make certificates with")
    with support.Scratch() as scratch:
        for name in ("ours", "theirs"):
            links.authority(scratch, name)
        for name, by in (("broker", "ours"), ("client", "ours"), ("stranger", "theirs")):
            links.certificate(scratch, name, by)
        broker, named, mutual = secured_broker(scratch)
        broker.start()
        ours = f"ssl_ca_location={scratch}/ours.pem"
        sasl = ("security_protocol=sasl_ssl", ours, "sasl_username=shop")

        def client(name):
            return (f"ssl_certificate_location={scratch}/{name}.pem",
                    f"ssl_key_location={scratch}/{name}.key")

        does_its_job(node_with(o, scratch, "plain", named, *sasl, f"sasl_password={SECRET}"))
        for mechanism in SCRAM:
            does_its_job(node_with(o, scratch, mechanism.lower(), named, *sasl,
                                   f"sasl_mechanism={mechanism}", f"sasl_password={SECRET}"))
        does_its_job(node_with(o, scratch, "mutual", mutual, "security_protocol=ssl", ours,
                               *client("client")))
        refuses(node_with(o, scratch, "wrong", named, *sasl, "sasl_password=guessed"),
                "authentication")
        refuses(node_with(o, scratch, "unknown", named, "security_protocol=sasl_ssl",
                          f"ssl_ca_location={scratch}/theirs.pem", "sasl_username=shop",
                          f"sasl_password={SECRET}"), "certificate")
        refuses(node_with(o, scratch, "bare", mutual, "security_protocol=ssl", ours), "certificate")
        refuses(node_with(o, scratch, "nofile", named, "security_protocol=ssl",
                          "ssl_ca_location=/nowhere.pem"), "ssl.ca.location")
    print("a secured broker: PLAIN, SCRAM and client certificates work, what is wrong is said")


if __name__ == "__main__":
    main()
