"""pods/exec of the Focus Server's pod, over WebSocket (v4.channel.k8s.io).

Nothing is executed: two commands are answered from the mounted files, all others are refused.
"""

import hashlib
import json
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from sandbox.kubernetes.responses import bad_request, status
from sandbox.kubernetes.server_objects import ServerWorkload

PATH = "/api/v1/namespaces/{namespace}/pods/{name}/exec"
PROTOCOL = "v4.channel.k8s.io"
_STDOUT, _STDERR, _STATUS = b"\x01", b"\x02", b"\x03"
_WORDS = 2  # a command and its one path


@dataclass(frozen=True)
class Ending:
    """What a command wrote, and its exit code."""

    code: int
    stdout: bytes = b""
    stderr: bytes = b""


def exec_route(server: ServerWorkload) -> WebSocketRoute:
    """Return the route."""

    async def run(websocket: WebSocket) -> None:
        refusal = _refusal(server, websocket)
        if refusal is not None:
            await websocket.send_denial_response(refusal)
            return
        ending = _answer(server, *_command(websocket))
        await websocket.accept(subprotocol=PROTOCOL)
        for channel, content in ((_STDOUT, ending.stdout), (_STDERR, ending.stderr)):
            if content:
                await websocket.send_bytes(channel + content)
        await websocket.send_bytes(_STATUS + _status_of(ending))
        await websocket.close()

    return WebSocketRoute(PATH, run)


def _command(websocket: WebSocket) -> list[str]:
    return websocket.query_params.getlist("command")


def _refusal(server: ServerWorkload, websocket: WebSocket) -> Response | None:
    """Return why the command is not answered, None when it is."""
    place = websocket.path_params
    container = websocket.query_params.get("container")
    if not server.owns(place["namespace"], place["name"], container):
        return bad_request(f"the sandbox has no container {place['name']}/{container or ''}")
    if PROTOCOL not in websocket.scope.get("subprotocols", []):
        return bad_request(f"the sandbox speaks {PROTOCOL} only")
    command = _command(websocket)
    if len(command) != _WORDS or command[0] not in ("cat", "sha256sum"):
        return status(403, "Forbidden", f"the sandbox answers cat and sha256sum, not {command}")
    return None


def _answer(server: ServerWorkload, program: str, path: str) -> Ending:
    content = server.file(path)
    if content is None:
        return Ending(1, stderr=f"{program}: {path}: No such file or directory\n".encode())
    if program == "cat":
        return Ending(0, stdout=content)
    return Ending(0, stdout=f"{hashlib.sha256(content).hexdigest()}  {path}\n".encode())


def _status_of(ending: Ending) -> bytes:
    if ending.code == 0:
        return json.dumps({"metadata": {}, "status": "Success"}).encode()
    cause = {"reason": "ExitCode", "message": str(ending.code)}
    return json.dumps(
        {
            "metadata": {},
            "status": "Failure",
            "message": f"command terminated with exit code {ending.code}",
            "reason": "NonZeroExitCode",
            "details": {"causes": [cause]},
        }
    ).encode()
