"""pods/exec over WebSocket: a command's streams and its end (v4 and v5.channel.k8s.io)."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Coroutine
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.kubernetes.pods.commands import Child, Ending

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255
_CHUNK = 32_768
_MOST_AT_ONCE = 32
_STARTS_OWN_GROUP = hasattr(os, "killpg")


class ExecSessions:
    """All commands that run in pods; none outlives its connection or the sandbox."""

    def __init__(self) -> None:
        self._children: set[asyncio.subprocess.Process] = set()

    @property
    def is_full(self) -> bool:
        """Whether no more commands may run at once."""
        return len(self._children) >= _MOST_AT_ONCE

    def close(self) -> None:
        """End every child."""
        for child in list(self._children):
            _kill(child)

    async def serve(self, websocket: WebSocket, run: Ending | Child, *, stdin: bool) -> None:
        """Run a command on an accepted connection; returns when it is over."""
        ending = run if isinstance(run, Ending) else await self._run(websocket, run, stdin=stdin)
        if ending is None:
            return
        for channel, content in ((_STDOUT, ending.stdout), (_STDERR, ending.stderr)):
            if content:
                await _send(websocket, channel, content)
        await _send(websocket, _STATUS, _status_of(ending.code))
        await websocket.close()

    async def _run(self, websocket: WebSocket, run: Child, *, stdin: bool) -> Ending | None:
        """Run a child; None when the connection ended before it did."""
        child = await asyncio.create_subprocess_exec(
            *run.arguments,
            env=run.environment,
            stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=_STARTS_OWN_GROUP,
        )
        self._children.add(child)
        try:
            return await _until_either_ends(_outputs(websocket, child), _inputs(websocket, child))
        finally:
            _kill(child)
            await child.wait()
            self._children.discard(child)


async def _until_either_ends(
    outputs: Coroutine[Any, Any, Ending], inputs: Coroutine[Any, Any, None]
) -> Ending | None:
    """How the child ended; None when the connection did first."""
    ending, connection = asyncio.ensure_future(outputs), asyncio.ensure_future(inputs)
    tasks: tuple[asyncio.Future[Any], ...] = (ending, connection)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return ending.result() if ending.done() else None
    except (WebSocketDisconnect, RuntimeError):  # sending on a connection that has just ended
        return None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _outputs(websocket: WebSocket, child: asyncio.subprocess.Process) -> Ending:
    await asyncio.gather(
        _pump(websocket, _STDOUT, child.stdout), _pump(websocket, _STDERR, child.stderr)
    )
    code = await child.wait()
    return Ending(code if code >= 0 else 128 - code)


async def _pump(websocket: WebSocket, channel: int, stream: asyncio.StreamReader | None) -> None:
    while stream is not None and (content := await stream.read(_CHUNK)):
        await _send(websocket, channel, content)


async def _inputs(websocket: WebSocket, child: asyncio.subprocess.Process) -> None:
    """Hand on what comes in; returns when the connection ends."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        content = message.get("bytes") or (message.get("text") or "").encode("latin-1")
        if content and child.stdin is not None:
            await _take(content, child.stdin)


async def _take(content: bytes, stdin: asyncio.StreamWriter) -> None:
    channel, rest = content[0], content[1:]
    with contextlib.suppress(ConnectionError):  # the child may have closed its stdin
        if channel == _STDIN and rest:
            stdin.write(rest)
            await stdin.drain()
        elif channel == _CLOSE and rest[:1] == bytes([_STDIN]):
            stdin.close()


async def _send(websocket: WebSocket, channel: int, content: bytes) -> None:
    await websocket.send_bytes(bytes([channel]) + content)


def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        if _STARTS_OWN_GROUP:
            os.killpg(child.pid, signal.SIGKILL)
        elif child.returncode is None:
            child.kill()


def _status_of(code: int) -> bytes:
    if code == 0:
        return json.dumps({"metadata": {}, "status": "Success"}).encode()
    cause = {"reason": "ExitCode", "message": str(code)}
    return json.dumps(
        {
            "metadata": {},
            "status": "Failure",
            "message": f"command terminated with non-zero exit code: exit status {code}",
            "reason": "NonZeroExitCode",
            "details": {"causes": [cause]},
        }
    ).encode()
