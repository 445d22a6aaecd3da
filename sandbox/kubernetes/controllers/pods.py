"""What a node does with pods: ephemeral containers run, deleted pods and emptied namespaces go."""

import time
from collections.abc import Sequence
from typing import Any

from sandbox.kubernetes.api.options import DeleteOptions, Propagation
from sandbox.kubernetes.api.responses import ApiError
from sandbox.kubernetes.objects.deletion import delete
from sandbox.kubernetes.objects.discovery import RESOURCES
from sandbox.kubernetes.objects.store import Change, ChangeType, Key, Object, Store, key_of
from sandbox.kubernetes.pods.commands import Commands, Ending
from sandbox.kubernetes.pods.socket_kill import read_socket_kill

_STOPPING_S = 0.5
_AT_ONCE = DeleteOptions(Propagation.BACKGROUND, grace_period_s=0)
_NOT_FOUND = 127


class PodController:
    """Follows the store; acts when it is ticked."""

    def __init__(self, store: Store, commands: Commands) -> None:
        self._store = store
        self._commands = commands
        self._ending: dict[Key, float] = {}
        self._starting: dict[Key, None] = {}
        self._logs: dict[tuple[str, str], bytes] = {}
        store.follow(self._note)

    def log(self, pod: Object, container: str) -> bytes:
        """What an ephemeral container has written."""
        return self._logs.get((pod["metadata"]["uid"], container), b"")

    def tick(self) -> None:
        """Start containers, remove what has stopped."""
        starting, self._starting = self._starting, {}
        for key in starting:
            if pod := self._store.find(*key):
                self._start_containers(key, pod)
        now = time.monotonic()
        for key in [key for key, due in self._ending.items() if due <= now]:
            self._end(key)

    def _note(self, change: Change) -> None:
        if change.plural not in {"pods", "namespaces"}:
            return
        key = key_of(change.plural, change.object)
        if change.type is ChangeType.DELETED:
            self._ending.pop(key, None)
        elif "deletionTimestamp" in change.object["metadata"]:
            self._ending.setdefault(key, time.monotonic() + _STOPPING_S)
        elif change.plural == "pods" and _not_started(change.object):
            self._starting[key] = None

    def _start_containers(self, key: Key, pod: Object) -> None:
        statuses = list(pod["status"].get("ephemeralContainerStatuses", []))
        for container in _not_started(pod):
            command = [*container.get("command", []), *container.get("args", [])]
            ending = self._run(pod, container, command)
            if ending is not None:
                self._logs[pod["metadata"]["uid"], container["name"]] = (
                    ending.stdout + ending.stderr
                )
            statuses.append(_status(container, ending, self._store.timestamp()))
        self._store.update(*key, {"status": {"ephemeralContainerStatuses": statuses}})

    def _run(self, pod: Object, container: Object, command: Sequence[str]) -> Ending | None:
        """How the container ended, None when it runs on."""
        program = (command or ["sleep"])[0].rpartition("/")[2]
        if program == "sleep":
            return None
        kill = read_socket_kill(command[1:]) if program == "ss" else None
        if kill is None:
            return Ending(_NOT_FOUND, stderr=f"{program}: not found\n".encode())
        return self._commands.kill(pod, container, kill)

    def _end(self, key: Key) -> None:
        del self._ending[key]
        item = self._store.find(*key)
        if item is None:
            return
        plural, _, name = key
        if plural == "namespaces" and self._empty(name):
            self._ending[key] = time.monotonic() + _STOPPING_S
        elif not item["metadata"].get("finalizers"):
            self._store.remove(*key)

    def _empty(self, namespace: str) -> bool:
        """Delete what is in a namespace; say whether there was anything."""
        found = False
        for resource in RESOURCES:
            for item in self._store.list(resource.plural, namespace) if resource.namespaced else ():
                found = True
                if "deletionTimestamp" not in item["metadata"]:
                    delete(self._store, resource, item, _AT_ONCE)
        return found


def container_of(pod: Object, name: str) -> Object:
    """A container that runs; "" is the pod's first one. Raises ApiError 400."""
    spec = pod["spec"]
    usual, added = spec.get("containers", []), spec.get("ephemeralContainers", [])
    for container in (*usual, *added):
        if name in ("", container["name"]):
            return dict(container)
    what = pod["metadata"]["name"]
    raise ApiError(400, "BadRequest", f"container {name} is not valid for pod {what}")


def _not_started(pod: Object) -> list[Object]:
    statuses = pod.get("status", {}).get("ephemeralContainerStatuses", [])
    known = {status["name"] for status in statuses}
    added = pod["spec"].get("ephemeralContainers", [])
    return [container for container in added if container["name"] not in known]


def _status(container: Object, ending: Ending | None, now: str) -> Object:
    state: dict[str, Any] = {"running": {"startedAt": now}}
    if ending is not None:
        reason = "Error" if ending.code else "Completed"
        times = {"startedAt": now, "finishedAt": now}
        state = {"terminated": {"exitCode": ending.code, "reason": reason, **times}}
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": False,
        "restartCount": 0,
        "state": state,
        "lastState": {},
    }
