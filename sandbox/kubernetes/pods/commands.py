"""What runs in a pod: python as a child, files that are mounted, `ss -K` on the pod's network."""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sandbox.kubernetes.addresses import API_SERVER
from sandbox.kubernetes.api.responses import forbidden
from sandbox.kubernetes.objects.store import Object
from sandbox.kubernetes.pods.network import PodNetwork
from sandbox.kubernetes.pods.socket_kill import SocketKill, read_socket_kill
from sandbox.kubernetes.workloads.server_objects import ServerWorkload

_RESOLVER = Path(__file__).with_name("pod_python")
_PYTHONS = ("python", "python3")
_FILE_COMMANDS = ("cat", "sha256sum")
_BYPASSES_RESOLVER = set("EIsS")
_HTTPS = 443
_INHERITED = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR")


@dataclass(frozen=True)
class Ending:
    """What a command wrote, and its exit code."""

    code: int
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True)
class Child:
    """A process to start."""

    arguments: list[str]
    environment: dict[str, str]


Run: TypeAlias = Ending | Child


class Commands:
    """Decides what a command in a container of a pod is."""

    def __init__(self, server: ServerWorkload, network: PodNetwork) -> None:
        self._server = server
        self._network = network

    def run(self, pod: Object, container: Object, command: Sequence[str]) -> Run:
        """How that command ends, or the child that it is. Raises ApiError 403."""
        metadata = pod["metadata"]
        program, arguments = Path((command or [""])[0]).name, list(command[1:])
        if program in _FILE_COMMANDS and len(arguments) == 1 and self._is_server(metadata):
            return self._read(program, arguments[0])
        if program in _PYTHONS and not _bypasses(arguments):
            return Child([sys.executable, *arguments], self._environment(metadata))
        if program == "ss" and (kill := read_socket_kill(arguments)):
            return self.kill(pod, container, kill)
        why = f"the sandbox runs python, cat, sha256sum and ss -K in pods, not {list(command)}"
        raise forbidden("pods", metadata["name"], why)

    def kill(self, pod: Object, container: Object, kill: SocketKill) -> Ending:
        """End connections of a pod; only with NET_ADMIN."""
        capabilities = container.get("securityContext", {}).get("capabilities", {})
        if "NET_ADMIN" not in capabilities.get("add", []):
            return Ending(0, kill.header, b"SOCK_DESTROY answers: Operation not permitted\n")
        metadata = pod["metadata"]
        killed = self._network.kill_sockets(
            metadata["namespace"], metadata["name"], kill.destination, kill.port
        )
        return Ending(0, kill.header + kill.line * killed)

    def _is_server(self, metadata: Object) -> bool:
        return self._server.owns(metadata["namespace"], metadata["name"], None)

    def _read(self, program: str, path: str) -> Ending:
        content = self._server.file(path)
        if content is None:
            return Ending(1, stderr=f"{program}: {path}: No such file or directory\n".encode())
        if program == "cat":
            return Ending(0, stdout=content)
        return Ending(0, stdout=f"{hashlib.sha256(content).hexdigest()}  {path}\n".encode())

    def _environment(self, metadata: Object) -> dict[str, str]:
        routes = {**self._network.routes(metadata["namespace"], metadata["name"])}
        return {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "HOSTNAME": metadata["name"],
            "KUBERNETES_SERVICE_HOST": API_SERVER,
            "KUBERNETES_SERVICE_PORT": str(_HTTPS),
            "PYTHONPATH": str(_RESOLVER),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SANDBOX_ROUTES": json.dumps(routes),
        }


def _bypasses(arguments: Sequence[str]) -> bool:
    """Whether python would start without what stands in for the pod's resolver."""
    for argument in arguments:
        if not argument.startswith("-") or argument == "-":
            return False
        letters = argument[1:].partition("c")[0]
        if _BYPASSES_RESOLVER & set(letters):
            return True
        if "c" in argument or "m" in letters:
            return False
    return False
