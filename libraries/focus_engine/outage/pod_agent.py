"""Runs inside the client's pod: tries connections there and says, line by line, what happened.

Its source is sent over standard input of `python3` in the container, so it needs the standard
library alone and keeps to what Python 3.7 understands. It ends with its input, or after `life`
seconds without a request.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
import threading
import time
from typing import Any, Callable  # noqa: UP035 - Python 3.7

HELLO = b"\x10hello\x00\x01\x00\x00\x00\x02$db\x00\x06\x00\x00\x00admin\x00\x00"
AMQP = b"AMQP\x00\x00\x09\x01"
LARGEST = 16 * 1024 * 1024  # bytes of one answer
AT_ONCE = 64 * 1024  # bytes of one read
HELD_OF_AMQP = 3
held: list[tuple[socket.socket, str]] = []  # connections that were opened before the outage


class Closed(Exception):  # noqa: N818 - what the other side did
    """The connection ended before the whole answer had come."""


class Received:
    """How many bytes of the answer came."""

    count = 0


def mongodb_hello(number: int) -> bytes:
    document = struct.pack("<i", 4 + len(HELLO)) + HELLO
    header = struct.pack("<iiii", 21 + len(document), number, 0, 2013)
    return header + b"\0\0\0\0\0" + document


def exactly(connection: socket.socket, size: int, received: Received) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(min(AT_ONCE, size - len(data)))
        if not part:
            raise Closed
        received.count += len(part)
        data += part
    return data


def converse(connection: socket.socket, protocol: str, number: int, received: Received) -> None:
    """Say hello and wait for the whole answer."""
    if protocol == "mongodb":
        connection.sendall(mongodb_hello(number))
        (size,) = struct.unpack("<i", exactly(connection, 4, received))
        exactly(connection, min(max(size, 4), LARGEST) - 4, received)
    elif protocol == "amqp":
        connection.sendall(AMQP)
        kind, _channel, size = struct.unpack(">BHI", exactly(connection, 7, received))
        if kind != ord("A"):  # else the server named the version it speaks: an answer too
            exactly(connection, min(size, LARGEST) + 1, received)


def resolved(host: str, port: int, timeout: float) -> Any:
    """The first address of `host`; the resolver has no time-out of its own."""
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0])
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=look_up)
    thread.daemon = True
    thread.start()
    thread.join(timeout)
    if not found:
        raise socket.gaierror(f"no answer from the resolver in {timeout:g} s")
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def opened(asked: dict[str, Any]) -> socket.socket:
    where = resolved(asked["host"], asked["port"], asked["timeout"])
    connection = socket.socket(where[0], where[1], where[2])
    connection.settimeout(asked["timeout"])
    try:
        connection.connect(where[4])
    except OSError:
        connection.close()
        raise
    return connection


def outcome_of(error: Exception, received: Received) -> str:
    if isinstance(error, Closed):
        return "cut" if received.count else "closed"
    for kinds, word in (
        ((socket.gaierror,), "dns"),
        ((socket.timeout,), "timeout"),
        ((ConnectionRefusedError,), "refused"),
        ((ConnectionResetError, BrokenPipeError, ConnectionAbortedError), "reset"),
    ):
        if isinstance(error, kinds):
            return word
    return "unreachable"  # no route, not permitted: how some networks reject


def measured(work: Callable[[Received], Any]) -> dict[str, Any]:
    """What `work` came to: outcome, seconds, bytes of the answer."""
    received = Received()
    start = time.monotonic()
    try:
        work(received)
        outcome, detail = "ok", ""
    except (OSError, Closed) as error:
        outcome, detail = outcome_of(error, received), str(error)
    elapsed = time.monotonic() - start
    return {"outcome": outcome, "elapsed": elapsed, "bytes": received.count, "detail": detail}


def connect(asked: dict[str, Any]) -> dict[str, Any]:
    def work(received: Received) -> None:
        connection = opened(asked)
        try:
            for number in range(asked.get("exchanges", 1)):
                converse(connection, asked["protocol"], number, received)
        finally:
            connection.close()

    return measured(work)


def hold(asked: dict[str, Any]) -> dict[str, Any]:
    """Open connections and keep them: what was established before the outage.

    AMQP says hello once per connection: each can be asked once, and none before the outage.
    Former ones are closed once the new ones are open, so that there are always some.
    """
    amqp = asked["protocol"] == "amqp"
    fresh: list[tuple[socket.socket, str]] = []

    def work(received: Received) -> None:
        for _ in range(HELD_OF_AMQP if amqp else 1):
            fresh.append((opened(asked), asked["protocol"]))
            if not amqp:
                converse(fresh[-1][0], asked["protocol"], 0, received)

    result = measured(work)
    unneeded = list(held) if result["outcome"] == "ok" else list(fresh)
    if result["outcome"] == "ok":
        held[:] = fresh
    for connection, _protocol in unneeded:
        connection.close()
    return result


def ask_held(asked: dict[str, Any]) -> dict[str, Any]:
    if not held:
        return {"outcome": "none", "elapsed": 0.0, "bytes": 0, "detail": "nothing is held"}
    connection, protocol = held[-1]
    if protocol == "amqp":
        held.pop()

    def work(received: Received) -> None:
        connection.settimeout(asked["timeout"])
        converse(connection, protocol, 1, received)

    return measured(work)


def resolve(asked: dict[str, Any]) -> dict[str, Any]:
    return measured(lambda _received: resolved(asked["host"], asked["port"], asked["timeout"]))


DEEDS = {"connect": connect, "hold": hold, "ask_held": ask_held, "resolve": resolve}


def serve(life: float) -> None:
    print(json.dumps({"ready": True}), flush=True)
    while select.select([sys.stdin], [], [], life)[0]:
        line = sys.stdin.readline()
        if not line:
            return
        asked = json.loads(line)
        print(json.dumps(DEEDS[asked["do"]](asked)), flush=True)
