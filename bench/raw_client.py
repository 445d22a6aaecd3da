"""The least a Python client can do: an asyncio protocol per connection, no HTTP library.

`python bench/raw_client.py PORT CONNECTIONS SECONDS` prints {"requests_per_second", "p50"} as
JSON (seconds). It is the yardstick of `bench.run`, and runs in a process of its own as the
engine does.
"""

import asyncio
import json
import sys
import time
from typing import cast

REQUEST = b"GET /channels HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n"
HEAD_END = b"\r\n\r\n"
LENGTH = b"Content-Length: "


class Client(asyncio.Protocol):
    """Sends the next request when an answer is complete; keeps every time."""

    def __init__(self, end: float) -> None:
        self.times: list[float] = []
        self.done = asyncio.get_running_loop().create_future()
        self._end = end
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(HEAD_END)
        if not found:
            return
        start = head.index(LENGTH) + len(LENGTH)
        if len(body) < int(head[start:].split(b"\r\n", 1)[0]):
            return
        now = time.perf_counter()
        self.times.append(now - self._sent)
        self._buffer = b""
        if now < self._end:
            self._send()
        else:
            self._transport.close()
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(REQUEST)


async def measure(port: int, connections: int, seconds: float) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Client(begin + seconds), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.done for _, client in made))
    times = sorted(value for _, client in made for value in client.times)
    return {"requests_per_second": len(times) / seconds, "p50": times[len(times) // 2]}


def _loop_factory() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415 - where it installs
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=_loop_factory) as runner:
        port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
        print(json.dumps(runner.run(measure(port, connections, seconds))))
