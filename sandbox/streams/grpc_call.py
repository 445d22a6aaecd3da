"""One gRPC call as a stream of HTTP/2 sees it: message frames out, one status at the end."""

import struct
from enum import Enum
from typing import Protocol

_PREFIX = struct.Struct(">BI")
"""Before each message: a byte that says whether it is compressed, and its length."""


class GrpcStatus(Enum):
    """The status codes of gRPC that the sandbox answers with."""

    OK = 0
    INVALID_ARGUMENT = 3
    RESOURCE_EXHAUSTED = 8
    UNIMPLEMENTED = 12
    INTERNAL = 13


class CallConnection(Protocol):
    """What a call needs of the connection that it came by."""

    async def send_data(self, stream: int, data: bytes) -> None:
        """Send, as fast as the client's window allows."""

    def send_headers(self, stream: int, headers: list[tuple[str, str]], *, end: bool) -> None:
        """Send headers or, with `end`, trailers."""

    def go_away(self) -> None:
        """End all calls of the connection as a server does that shuts down."""


class Call:
    """One call: `path` names the method, `request` is the whole body as it came."""

    def __init__(self, connection: CallConnection, stream: int, path: str, body: bytes) -> None:
        self._connection = connection
        self._stream = stream
        self._answered = False
        self.path = path
        self._body = body

    @property
    def request(self) -> bytes:
        """The request message; empty when the body holds none."""
        return self._body[_PREFIX.size :]

    async def send(self, message: bytes) -> None:
        """Send one message of the answer."""
        if not self._answered:
            self._send_headers(end=False)
        await self._connection.send_data(self._stream, _PREFIX.pack(0, len(message)) + message)

    def end(self, status: GrpcStatus, words: str) -> None:
        """End the call with a status."""
        trailers = [("grpc-status", str(status.value)), ("grpc-message", words)]
        if self._answered:
            self._connection.send_headers(self._stream, trailers, end=True)
        else:
            self._send_headers(*trailers, end=True)

    def end_all(self) -> None:
        """End every call of this connection with GOAWAY."""
        self._connection.go_away()

    def _send_headers(self, *more: tuple[str, str], end: bool) -> None:
        self._answered = True
        headers = [(":status", "200"), ("content-type", "application/grpc"), *more]
        self._connection.send_headers(self._stream, headers, end=end)
