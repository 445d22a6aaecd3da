"""One HTTP/2 connection of a gRPC client: calls come in, flow control is kept, GOAWAY ends it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError

from sandbox.streams.grpc_call import Call

Serve = Callable[[Call], Coroutine[Any, Any, None]]

LAST_WORDS = b"Cancelling all calls"
"""What the real server says in its GOAWAY, with error code 2, when a job ends."""
LINGER_S = 1.0  # for a client to hear that the connection ends


class GrpcConnection(asyncio.Protocol):
    """Starts `serve` for each call; `open_ones` holds the connection while it is open."""

    def __init__(self, serve: Serve, open_ones: set["GrpcConnection"]) -> None:
        self._serve = serve
        self._open_ones = open_ones
        self._http2 = H2Connection(H2Configuration(client_side=False))
        self._bodies: dict[int, bytearray] = {}
        self._paths: dict[int, str] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._over = False  # the last words were said; the client may still write
        self._room = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the client."""
        self._transport = cast("asyncio.Transport", transport)
        self._open_ones.add(self)
        self._http2.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Take what the client sent; a client that breaks the protocol is let go."""
        if self._over:
            return
        try:
            events = self._http2.receive_data(data)
        except ProtocolError:
            self._close()
            return
        for event in events:
            self._handle(event)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the calls of a client that has gone."""
        del exc
        self._open_ones.discard(self)
        self._cancel_calls()

    def pause_writing(self) -> None:
        """The client does not read: wait."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._writable.set()

    async def send_data(self, stream: int, data: bytes) -> None:
        """Send `data`, waiting for the client's windows."""
        rest = memoryview(data)
        while rest:
            size = min(
                self._http2.local_flow_control_window(stream),
                self._http2.max_outbound_frame_size,
                len(rest),
            )
            if size <= 0:
                self._room.clear()
                await self._room.wait()
                continue
            self._http2.send_data(stream, bytes(rest[:size]))
            rest = rest[size:]
            self._flush()
            await self._writable.wait()

    def send_headers(self, stream: int, headers: list[tuple[str, str]], *, end: bool) -> None:
        """Send headers, or trailers that end the stream."""
        self._http2.send_headers(stream, headers, end_stream=end)
        self._flush()

    def go_away(self) -> None:
        """End all calls as the real server does: GOAWAY, then the connection is closed.

        Only our half of it at first: a client that still writes to a closed one is answered by a
        reset, which may overtake the last frames.
        """
        if not self._over and not self._transport.is_closing():
            self._http2.close_connection(ErrorCodes.INTERNAL_ERROR, LAST_WORDS)
            self._cancel_calls()
            self._flush()
            self._over = True
            self._transport.write_eof()
            asyncio.get_running_loop().call_later(LINGER_S, self._transport.close)

    def cut(self) -> None:
        """Reset the connection without a word."""
        self._cancel_calls()
        self._transport.abort()

    def _handle(self, event: Event) -> None:
        match event:
            case RequestReceived():
                self._paths[event.stream_id] = dict(event.headers)[b":path"].decode()
                self._bodies[event.stream_id] = bytearray()
            case DataReceived():
                self._bodies[event.stream_id] += event.data
                self._http2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded():
                self._start(event.stream_id)
            case StreamReset():
                self._stop(event.stream_id)
            case WindowUpdated() | RemoteSettingsChanged():
                self._room.set()
            case ConnectionTerminated():
                self._close()

    def _start(self, stream: int) -> None:
        call = Call(self, stream, self._paths.pop(stream), bytes(self._bodies.pop(stream)))
        task = asyncio.get_running_loop().create_task(self._serve(call))
        self._tasks[stream] = task
        task.add_done_callback(lambda _: self._tasks.pop(stream, None))

    def _stop(self, stream: int) -> None:
        self._paths.pop(stream, None)
        self._bodies.pop(stream, None)
        task = self._tasks.pop(stream, None)
        if task is not None:
            task.cancel()

    def _close(self) -> None:
        self._cancel_calls()
        self._flush()
        self._transport.close()

    def _cancel_calls(self) -> None:
        """Stop the calls before they write to a connection that is over."""
        for task in self._tasks.values():
            task.cancel()

    def _flush(self) -> None:
        data = self._http2.data_to_send()
        if data and not self._over and not self._transport.is_closing():
            self._transport.write(data)
