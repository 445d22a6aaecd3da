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
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable  # noqa: UP035 - Python 3.7

HELLO = b"\x10hello\x00\x01\x00\x00\x00\x02$db\x00\x06\x00\x00\x00admin\x00\x00"
AMQP = b"AMQP\x00\x00\x09\x01"
LARGEST = 16 * 1024 * 1024  # bytes of one answer
AT_ONCE = 64 * 1024  # bytes of one read
START_OK, TUNE, TUNE_OK, OPEN, CLOSE_OK = (10, 11), (10, 30), (10, 31), (10, 40), (10, 51)
CHANNEL_OPEN, CHANNEL_CLOSE = (20, 10), (20, 40)
FRAME_END = b"\xce"
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00" + FRAME_END
LOGIN = b"\0guest\0guest"  # what a broker has as delivered; one that refuses it answers as well
WITHOUT_LOGIN = 3  # connections kept where the login is refused: each can be asked once
LOGIN_LIMIT = 8.0  # seconds: a broker drops whoever has not logged in for 10 s


class Closed(Exception):  # noqa: N818 - what the other side did
    """The connection ended before the whole answer had come."""


class Received:
    """How many bytes of the answer came."""

    count = 0


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


def method(number: tuple[int, int], arguments: bytes = b"", channel: int = 0) -> bytes:
    payload = struct.pack(">HH", *number) + arguments
    return struct.pack(">BHI", 1, channel, len(payload)) + payload + FRAME_END


class TcpConnection:
    """A connection on which nothing is said: that it opens is the answer."""

    said = "nothing can be said"  # by `hold`

    def __init__(self, asked: dict[str, Any], received: Received) -> None:
        self.where = (asked["host"], asked["port"])
        self.received = received
        self.connection = opened(asked)
        self.opened = time.monotonic()

    def answers_once(self) -> bool:
        """Whether it can be asked a single time only."""
        return False

    def is_spent(self) -> bool:
        """Whether its silence would say nothing."""
        return False

    def converse(self, number: int) -> None:
        """Say hello and wait for the whole answer."""

    def ask_again(self) -> str:
        """Say something that must be answered, on a connection that is held; what was said."""
        return "nothing can be asked"

    @classmethod
    def establish(cls, fresh: Fresh) -> str:
        """Fill `fresh` with connections that were answered; how far they were brought."""
        fresh.another()
        return cls.said

    def exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.connection.recv(min(AT_ONCE, size - len(data)))
            if not part:
                raise Closed
            self.received.count += len(part)
            data += part
        return data


class MongoDb(TcpConnection):
    """One that is asked `hello`."""

    said = "hello was answered"

    def converse(self, number: int) -> None:
        document = struct.pack("<i", 4 + len(HELLO)) + HELLO
        header = struct.pack("<iiii", 21 + len(document), number, 0, 2013)
        self.connection.sendall(header + b"\0\0\0\0\0" + document)
        (size,) = struct.unpack("<i", self.exactly(4))
        self.exactly(min(max(size, 4), LARGEST) - 4)

    def ask_again(self) -> str:
        self.converse(1)
        return self.said


refused_login: set[tuple[str, int]] = set()  # brokers that do not know LOGIN


class Amqp(TcpConnection):
    """One to a broker, which keeps it where it knows LOGIN, and soon drops it elsewhere."""

    logged_in = False

    def answers_once(self) -> bool:
        return not self.logged_in

    def is_spent(self) -> bool:
        return not self.logged_in and time.monotonic() - self.opened > LOGIN_LIMIT

    def converse(self, number: int) -> None:  # noqa: ARG002 - for those that number their words
        self.connection.sendall(AMQP)
        kind, _channel, size = struct.unpack(">BHI", self.exactly(7))
        if kind != ord("A"):  # else the server named the version it speaks: an answer too
            self.exactly(min(size, LARGEST) + 1)

    def ask_again(self) -> str:
        if not self.logged_in:
            accepted = self.log_in()
            return f"the login was answered ({'accepted' if accepted else 'refused'})"
        self.connection.sendall(HEARTBEAT + method(CHANNEL_OPEN, b"\0", 1))
        self.answer()
        self.connection.sendall(method(CHANNEL_CLOSE, b"\0\0\0\0\0\0\0", 1))
        self.answer()
        return "a heartbeat was sent, and a channel opened and closed"

    @classmethod
    def establish(cls, fresh: Fresh) -> str:
        first = fresh.another()
        if first.where not in refused_login:
            first.logged_in = first.log_in()
            if first.logged_in:
                return str(first.ask_again())
            refused_login.add(first.where)
            fresh.drop_last()
        while len(fresh.connections) < WITHOUT_LOGIN:
            fresh.another()
        return "the handshake was begun; the login is refused, so each can be asked once"

    def answer(self) -> tuple[int, int]:
        """The next method that the broker sends; its heartbeats are passed over."""
        while True:
            kind, _channel, size = struct.unpack(">BHI", self.exactly(7))
            payload = self.exactly(min(size, LARGEST) + 1)
            if kind == 1:
                return struct.unpack(">HH", payload[:4])

    def log_in(self) -> bool:
        """Go on to an open AMQP connection without heartbeats; False when the login is refused.

        The capability makes a broker say so; without it, it would close after a while, silently.
        """
        flag = b"\x1cauthentication_failure_closet\x01"
        table = b"\x0ccapabilitiesF" + struct.pack(">I", len(flag)) + flag
        properties = struct.pack(">I", len(table)) + table
        login = struct.pack(">I", len(LOGIN)) + LOGIN
        self.connection.sendall(method(START_OK, properties + b"\x05PLAIN" + login + b"\x05en_US"))
        if self.answer() != TUNE:
            self.connection.sendall(method(CLOSE_OK))
            return False
        self.connection.sendall(method(TUNE_OK, struct.pack(">HIH", 0, 131072, 0)))
        self.connection.sendall(method(OPEN, b"\x01/\0\0"))
        self.answer()
        return True


PROTOCOLS = {"tcp": TcpConnection, "mongodb": MongoDb, "amqp": Amqp}


class Fresh:
    """Connections that are being established, each answered once as soon as it is open."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked
        self.received = Received()
        self.connections: list[Any] = []

    def establish(self, received: Received) -> str:
        self.received = received
        return PROTOCOLS[self.asked["protocol"]].establish(self)

    def another(self) -> Any:
        self.connections.append(PROTOCOLS[self.asked["protocol"]](self.asked, self.received))
        self.connections[-1].converse(0)
        return self.connections[-1]

    def drop_last(self) -> None:
        self.connections.pop().connection.close()


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
        outcome, detail = "ok", str(work(received) or "")
    except (OSError, Closed) as error:
        outcome, detail = outcome_of(error, received), str(error)
    elapsed = time.monotonic() - start
    return {"outcome": outcome, "elapsed": elapsed, "bytes": received.count, "detail": detail}


def connect(asked: dict[str, Any]) -> dict[str, Any]:
    def work(received: Received) -> None:
        one = PROTOCOLS[asked["protocol"]](asked, received)
        try:
            for number in range(asked.get("exchanges", 1)):
                one.converse(number)
        finally:
            one.connection.close()

    return measured(work)


background = ThreadPoolExecutor(1)
held: list[Any] = []  # connections that were open before the outage


def hold(asked: dict[str, Any]) -> dict[str, Any]:
    """Open connections, speak on them, and keep them: what was established before the outage.

    Each has been answered, so each has lived through the network: one that only waits in the
    listener's backlog would die with the listener. Former ones are closed once the new ones are
    there, so that there are always some.
    """
    asking.clear()
    fresh = Fresh(asked)
    result = measured(fresh.establish)
    unneeded = list(held) if result["outcome"] == "ok" else fresh.connections
    if result["outcome"] == "ok":
        held[:] = fresh.connections
    for one in unneeded:
        one.connection.close()
    return result


asking: list[Any] = []  # a question that goes on while new connections are tried


def ask_meanwhile(asked: dict[str, Any]) -> dict[str, Any]:
    """Ask what is held and go on, unless that was done already; `ask_held` has the answer."""
    if not asking:
        asking.append(background.submit(question(asked)))
    return {"outcome": "ok", "elapsed": 0.0, "bytes": 0, "detail": "asked"}


def ask_held(asked: dict[str, Any]) -> dict[str, Any]:
    """What became of a connection that is held. One that answered a while ago is asked again."""
    earlier = asking.pop().result() if asking else None
    if earlier and earlier["outcome"] != "ok":
        return dict(earlier)
    return question(asked)()


def question(asked: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """What asks the youngest connection that is held. It is chosen at once."""
    usable = [one for one in held if not one.is_spent()]
    if not usable:
        detail = "what was held is too old to say anything" if held else "nothing is held"
        return lambda: {"outcome": "none", "elapsed": 0.0, "bytes": 0, "detail": detail}
    one = usable[-1]
    if one.answers_once():
        held.remove(one)

    def work(received: Received) -> str:
        one.connection.settimeout(asked["timeout"])
        one.received = received
        return str(one.ask_again())

    return lambda: measured(work)


def resolve(asked: dict[str, Any]) -> dict[str, Any]:
    def work(_received: Received) -> None:
        resolved(asked["host"], asked["port"], asked["timeout"])

    return measured(work)


DEEDS = {
    "connect": connect,
    "hold": hold,
    "ask_meanwhile": ask_meanwhile,
    "ask_held": ask_held,
    "resolve": resolve,
}


def serve(life: float) -> None:
    print(json.dumps({"ready": True}), flush=True)
    while select.select([sys.stdin], [], [], life)[0]:
        line = sys.stdin.readline()
        if not line:
            return
        asked = json.loads(line)
        print(json.dumps(DEEDS[asked["do"]](asked)), flush=True)
