"""A small HTTP server whose slowness is known, to judge clients by.

`python bench/server.py [--delay MS] [--per-second N] [--stall-at S --stall-for S [--stall-every S]]
[--port N] [--certificate FILE]` prints its port and serves until its standard input closes, over
TLS with a certificate (PEM, with its key). Every answer is 200 with what any endpoint answers.
With `--stall-at` nothing is answered for `--stall-for` seconds that long after the first request,
once or again `--stall-every` seconds. With `--per-second` it answers one after another, so many in
a second, and the others wait.

`/status/500` answers 500, `/empty` answers `{}`, `/ack` nothing, `/large` a megabyte, `/close`
closes the connection, `/hang` never answers, `/redirect` answers 302 and `/count` tells how many
requests there were.
"""

import argparse
import asyncio
import contextlib
import json
import ssl
import sys
import time
from dataclasses import dataclass
from typing import cast

HEAD_END = b"\r\n\r\n"
COARSE = 0.002  # seconds: a timer of the event loop may be a millisecond early or late
BODY = json.dumps(
    {
        "job_id": "1-1",
        "stream_port": "1",
        "lowest_channel": 1,
        "highest_channel": 2,
        "prr": 1000.0,
        "dx": 1.0,
    }
).encode()
LARGE = json.dumps({"job_id": "1-1", "frequencies_list": [0.1 * i for i in range(60_000)]}).encode()


@dataclass
class Behaviour:
    """Seconds; `stall_at` None never stalls."""

    delay: float = 0.0
    stall_at: float | None = None
    stall_for: float = 1.0
    stall_every: float | None = None
    per_second: float | None = None
    free_at: float = 0.0
    first_request: float | None = None
    requests: int = 0
    jobs: int = 0

    def wait_until(self) -> float:
        """When the request that came now may be answered."""
        now = time.perf_counter()
        if self.first_request is None:
            self.first_request = now
        ready = now + self.delay
        if self.per_second is not None:
            self.free_at = max(now, self.free_at) + 1 / self.per_second
            ready = max(ready, self.free_at)
        if self.stall_at is None:
            return ready
        begin = self.first_request + self.stall_at
        if self.stall_every is not None and now > begin:
            begin += (now - begin) // self.stall_every * self.stall_every
        end = begin + self.stall_for
        return end + self.delay if begin <= now < end else ready


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests on it are answered one by one."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while HEAD_END in self._buffer:
            head, rest = self._buffer.split(HEAD_END, 1)
            length = _content_length(head)
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._answer(head.split(b" ", 2)[1])

    def _answer(self, path: bytes) -> None:
        self._behaviour.requests += 1
        ready = self._behaviour.wait_until()
        if not path.endswith(b"/hang"):
            self._send_at(ready, path)

    def _send_at(self, ready: float, path: bytes) -> None:
        """Actively waits the last stretch: rounded delays would differ from client to client."""
        loop, wait = asyncio.get_running_loop(), ready - time.perf_counter()
        if wait <= 0:
            self._send(path)
        elif wait > COARSE:
            loop.call_later(wait - COARSE, self._send_at, ready, path)
        else:
            loop.call_soon(self._send_at, ready, path)

    def _send(self, path: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if path.endswith(b"/close"):
            transport.close()
            return
        transport.write(_reply(path, self._behaviour))


def _reply(path: bytes, behaviour: Behaviour) -> bytes:
    status, body = b"200 OK", BODY
    if b"/status/" in path:
        status = path.rsplit(b"/", 1)[1] + b" Status"
    elif path.endswith(b"/empty"):
        body = b"{}"
    elif path.endswith(b"/ack"):
        body = b""
    elif path.endswith(b"/large"):
        body = LARGE
    elif path.endswith(b"/redirect"):
        status = b"302 Found\r\nLocation: /elsewhere"
    elif path.endswith(b"/count"):
        body = json.dumps({"requests": behaviour.requests}).encode()
    elif path.endswith(b"/configure"):
        behaviour.jobs += 1
        body = json.dumps({"job_id": f"1-{behaviour.jobs}"}).encode()
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(body)) + body


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":", 1)[1])
    return 0


async def _serve(behaviour: Behaviour, port: int, tls: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(behaviour), "127.0.0.1", port, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.to_thread(sys.stdin.read)


def _tls(certificate: str | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def _loop_factory() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415 - where it installs
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds")
    parser.add_argument("--stall-at", type=float, default=None, help="seconds")
    parser.add_argument("--stall-for", type=float, default=1.0, help="seconds")
    parser.add_argument("--stall-every", type=float, default=None, help="seconds")
    parser.add_argument("--per-second", type=float, default=None, help="answers")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", help="PEM file with its key; serves TLS")
    asked = parser.parse_args()
    behaviour = Behaviour(
        delay=asked.delay / 1000,
        stall_at=asked.stall_at,
        stall_for=asked.stall_for,
        stall_every=asked.stall_every,
        per_second=asked.per_second,
    )
    with asyncio.Runner(loop_factory=_loop_factory) as runner:
        runner.run(_serve(behaviour, asked.port, _tls(asked.certificate)))


if __name__ == "__main__":
    main()
