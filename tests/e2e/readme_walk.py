"""Runs the ```sh blocks with curl of README.md, in their order, against a fresh node.

The ports in the README are mapped to free ones. A line `# → TEXT` behind a call must stand in its
answer."""

import pathlib
import re
import subprocess

import support

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
DEFAULT_PORTS = dict(zip(
    support.PORT_SETTINGS, [8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089, 3000]))


def blocks(text):
    """The shell blocks that call a node, each a list of (command, expected texts)."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S):
        if "curl" in block:
            yield list(commands(block))


def commands(block):
    command, expected = "", []
    for line in block.replace("\\\n", " ").splitlines():
        note = re.match(r"\s*#\s*→\s*(.*\S)", line)
        if note:
            expected.append(note.group(1))
        elif line.strip() and not line.startswith("#"):
            if command:
                yield command, expected
            command, expected = line, []
    if command:
        yield command, expected


def main():
    o = support.arguments(__doc__)
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "data",
                                                    all_ports=True) as node:
        node.start()
        count = 0
        for block in blocks(README.read_text()):
            for command, expected in block:
                run(node, command, expected, scratch)
                count += 1
        assert count >= 5, f"the README has only {count} calls"
    print(f"README: {count} calls answered as it says")


def run(node, command, expected, scratch):
    for name, port in DEFAULT_PORTS.items():
        command = re.sub(rf"(localhost|127\.0\.0\.1):{port}\b", f"127.0.0.1:{node.ports[name]}",
                         command)
    command = command.replace("curl ", "curl --silent --show-error --fail-with-body --max-time 20 ", 1)
    done = subprocess.run(["bash", "-c", f"set -euo pipefail; {command}"], cwd=scratch,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{command}\nended with {done.returncode}\n{done.stdout}{done.stderr}"
    for text in expected:
        assert text in done.stdout, f"{command}\nanswered {done.stdout}\nwithout {text!r}"


if __name__ == "__main__":
    main()
