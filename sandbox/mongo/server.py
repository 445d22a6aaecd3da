"""Listens for MongoDB clients in a thread of its own, one command at a time."""

import asyncio
import itertools
import logging
import socket
import threading

from sandbox.mongo.engine import CommandEngine
from sandbox.mongo.sasl import Conversation
from sandbox.mongo.wire import (
    HEADER_LENGTH,
    ProtocolError,
    WireCommand,
    format_answer,
    parse_header,
    parse_request,
)

_LOG = logging.getLogger(__name__)


class MongoServer:
    """The embedded MongoDB. It has its own thread so that slow commands do not stop HTTP."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._engine = CommandEngine()
        self._request_ids = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mongo", daemon=True)
        self._stopping = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """`host:port` that it listens on."""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def start(self) -> None:
        """Begin to serve; connections made before wait in the backlog."""
        self._thread.start()

    def stop(self) -> None:
        """Close the listener and every connection."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, sock=self._socket)
        await self._stopping.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        # Also those accepted a moment ago, whose conversation has not begun.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stopping.is_set():
            writer.close()
            return
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            self._engine.count_connections(len(self._connections))
        try:
            await self._converse(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            _LOG.debug("A client went away.")
        except ProtocolError as error:
            _LOG.warning("A connection is closed: %s", error)
        except asyncio.CancelledError:
            _LOG.debug("A connection is closed at the end.")
        finally:
            if task is not None:
                self._connections.discard(task)
                self._engine.count_connections(len(self._connections))
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = Conversation()
        while True:
            request = await self._next_request(reader)
            answer = self._engine.execute(request.command, conversation)
            if request.wants_answer:
                writer.write(format_answer(request, answer, next(self._request_ids)))
                await writer.drain()

    async def _next_request(self, reader: asyncio.StreamReader) -> WireCommand:
        header = parse_header(await reader.readexactly(HEADER_LENGTH))
        payload = await reader.readexactly(header.length - HEADER_LENGTH)
        return parse_request(header, payload)
