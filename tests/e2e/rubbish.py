"""Bytes that are no proper request: each gets a 4xx or a closed connection, and the node lives."""

import json
import random
import re
import socket
import time

import support

BODY = b'{"userId":"u","eventType":"VIEW","productId":"p"}'
PATHS = ["/api/users/activity", "/api/orders/place", "/api/users/activity/batch",
         "/api/items/batch", "/api/ranking/u"]


def request(path, body, extra=b"", length=None):
    length = len(body) if length is None else length
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n".encode()
            + extra + b"\r\n" + body)


def talk(port, data, close_writing=True, timeout=8):
    """What comes back until the node closes or nothing more comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as s:
        answer = b""
        try:
            s.sendall(data)
            if close_writing:
                s.shutdown(socket.SHUT_WR)
            while chunk := s.recv(65536):
                answer += chunk
                if len(answer) > 1 << 20:
                    break
        except OSError:
            pass
        return answer


def statuses(answer):
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def hostile_bodies():
    yield "broken UTF-8", b'{"userId":"\xff\xfe","eventType":"VIEW","productId":"p"}'
    yield "deep JSON", b"[" * 100_000
    yield "deep object", b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    yield "huge number", b'{"userId":"u","eventType":"VIEW","productId":"p","price":' + b"9" * 5000 + b"}"
    yield "huge exponent", b'{"userId":"u","eventType":"VIEW","productId":"p","price":1e999}'
    yield "negative price", b'{"userId":"u","eventType":"VIEW","productId":"p","price":-1}'
    yield "no object", b"[1,2,3]"
    yield "no JSON", b"\x00\x01\x02"
    yield "empty", b""
    yield "long id", b'{"userId":"' + b"u" * 100_000 + b'","eventType":"VIEW","productId":"p"}'
    yield "control characters", b'{"userId":"a\\u0000b","eventType":"VIEW","productId":"p"}'
    yield "wrong types", b'{"userId":{},"eventType":7,"productId":[]}'
    yield "unknown event", b'{"userId":"u","eventType":"STARE","productId":"p"}'
    yield "broken surrogate", b'{"userId":"\\ud800","eventType":"VIEW","productId":"p"}'
    yield "time beyond all bounds", b'{"userId":"u","eventType":"VIEW","productId":"p","timestamp":1e30}'
    yield "cut off", BODY[:-5]


def check_bodies(node):
    for what, body in hostile_bodies():
        answer = talk(node.port, request("/api/users/activity", body))
        codes = statuses(answer)
        assert codes and 400 <= codes[0] < 500, f"{what}: {answer[:300]!r}"
        head, _, problem = answer.partition(b"\r\n\r\n")
        assert b"application/problem+json" in head, f"{what}: {head!r}"
        assert json.loads(problem)["status"] == codes[0], f"{what}: {problem!r}"


def check_framing(node):
    lies = {
        "length too long": request(PATHS[0], BODY, length=10_000),
        "length negative": request(PATHS[0], BODY, length=-1),
        "length no number": request(PATHS[0], BODY, length="x"),
        "length beyond 64 bits": request(PATHS[0], BODY, length=10**30),
        "two lengths": request(PATHS[0], BODY, b"Content-Length: 3\r\n"),
        "length and chunks": request(PATHS[0], BODY, b"Transfer-Encoding: chunked\r\n"),
        "chunk size no number": b"POST /api/users/activity HTTP/1.1\r\nHost: x\r\n"
                                b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY + b"\r\n0\r\n\r\n",
        "endless header": b"GET / HTTP/1.1\r\nX: " + b"a" * 300_000,
        "many headers": b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(20_000)),
        "no version": b"GET /\r\n\r\n",
        "other version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "TLS hello": bytes.fromhex("16030100c8010000c40303") + bytes(200),
        "long target": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        "escape in target": b"GET /api/features/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "method nobody has": b"BREW /api/users/activity HTTP/1.1\r\nHost: x\r\n\r\n",
    }
    for what, data in lies.items():
        codes = statuses(talk(node.port, data))
        assert all(400 <= c < 600 and c != 500 for c in codes), f"{what}: {codes}"


def check_noise(node, dice, rounds):
    """Random bytes, and proper requests with random damage."""
    for _ in range(rounds):
        if dice.random() < 0.3:
            data = dice.randbytes(dice.randint(1, 4000))
        else:
            data = bytearray(request(dice.choice(PATHS), BODY + b"\n"))
            for _ in range(dice.randint(1, 12)):
                data[dice.randrange(len(data))] = dice.randrange(256)
        codes = statuses(talk(node.port, bytes(data)))
        assert 500 not in codes, f"{bytes(data)!r}: {codes}"


def check_pipelining(node):
    one = request(PATHS[0], BODY)
    codes = statuses(talk(node.port, one * 20 + request(PATHS[0], b"{") + one * 3))
    assert codes[:20] == [200] * 20 and codes[20] == 400, codes


def check_half_open(node):
    """Connections that say nothing are closed, and do not keep others out."""
    silent = [socket.create_connection(("127.0.0.1", node.port)) for _ in range(200)]
    started = time.monotonic()
    node.call("POST", PATHS[0], BODY, {"Content-Type": "application/json"})
    assert time.monotonic() - started < 2, "silent connections hold up others"
    for s in silent:
        s.settimeout(15)
        try:
            while s.recv(4096):
                pass
        except ConnectionError:
            pass
        s.close()


def main():
    o = support.arguments(__doc__, ("--rounds", int, 400, "damaged requests"),
                          ("--seed", int, 1, "of the damage"))
    settings = ["http.header_timeout_ms=2000", "http.body_timeout_ms=2000",
                "http.idle_timeout_ms=3000"]
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "data", settings) as node:
        node.start()
        check_bodies(node)
        check_framing(node)
        check_pipelining(node)
        check_noise(node, random.Random(o.seed), o.rounds)
        check_half_open(node)
        assert node.process.poll() is None, "the node ended"
        # Of all this only what was proper may have counted: the node still answers for it.
        assert node.call("GET", "/api/features/u")["userId"] == "u"
        node.stop()
    print(f"rubbish: {o.rounds} damaged requests and all the special ones were survived")


if __name__ == "__main__":
    main()
