"""HTTP servers on sockets of our own, in one event loop, without uvicorn's signal handling."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn
from starlette.types import ASGIApp

_GRACE_S = 1
_POLL_S = 0.005


class HttpServer:
    """Serves one application on one port, of the loopback address if no other is named."""

    def __init__(
        self,
        app: ASGIApp,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        websockets: bool = False,
        keep_alive_s: int = 5,
    ) -> None:
        """Bind at once; OSError when the port is taken."""
        self._socket = socket.create_server((host, port), backlog=2048)
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="wsproto" if websockets else "none",
                timeout_keep_alive=keep_alive_s,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    @property
    def url(self) -> str:
        """`http://address:port`."""
        host, port = self.address
        return f"http://{host}:{port}"

    async def start(self) -> None:
        """When requests are served. Raises RuntimeError when serving ends before."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                raise RuntimeError(f"The server of {self.url} did not start.")
            await asyncio.sleep(_POLL_S)

    async def stop(self) -> None:
        """Finish the requests in flight, for a second at most, and close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()


class _Server(uvicorn.Server):
    """Leaves signals to the sandbox."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
