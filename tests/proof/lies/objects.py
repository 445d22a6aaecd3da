"""Lies told by the Kubernetes API: an object's state is another than it is."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from proof.lies.changes import BY_TYPE, changed_at, changes_of, paths_of
from proof.lies.harmless import EXTRA_KEYS, REWRITES
from proof.lies.lie import Channel, Lie

from focus_engine.kubernetes.connection import ApiRequest, Connection

PREFIX = "Kubernetes "
_PLACE = re.compile(r".*/namespaces/[^/]+/(?P<kind>[a-z]+)(?P<one>/[^/]+)?$")
DEPTH = 8
# By kind, the keys by which a case tells what became of an object.
RESTS_ON = {
    "pods": re.compile(
        r"\.(phase|ready|restartCount|waiting|terminated|running|reason|exitCode|startedAt|items)(\[\d\])?$"
    ),
    "deployments": re.compile(
        r"\.(replicas|(updated|ready|available)Replicas|(observedG|g)eneration|items)(\[\d\])?$"
    ),
    "configmaps": re.compile(r"\.managedFields\[\d\]\.time$"),
    "events": re.compile(r"\.(items|type|reason)$"),
}
# What only accuses: it may be gone, or say something else that accuses nobody.
ACCUSING = "events"


def place_of(request: ApiRequest) -> str:
    """`Kubernetes pods, selected` for some of a kind, `…, one` for an object; empty for all else.

    Lists of all objects of a kind are what a watch begins with, and nothing is judged by them.
    """
    found = _PLACE.match(request.path) if request.method == "GET" else None
    if not found:
        return ""
    if found["one"]:
        return f"{PREFIX}{found['kind']}, one"
    selected = any(name.endswith("Selector") for name, _ in request.query)
    return f"{PREFIX}{found['kind']}, selected" if selected else ""


def object_lies(answers: Mapping[str, Any]) -> Iterator[Lie]:
    """Each state that an object tells, changed in each way of its type; each written otherwise."""
    for place, body in answers.items():
        if not place.startswith(PREFIX):
            continue
        kind = place.removeprefix(PREFIX).partition(",")[0]
        for path, value in paths_of(body, depth=DEPTH):
            for change in changes_of(value) if _rests_on(kind, path) else ():
                if kind != ACCUSING or change == BY_TYPE:
                    yield Lie(Channel.OBJECT, place, path, change)
        for rewrite in sorted(REWRITES.keys() - {EXTRA_KEYS}):  # labels and data take no such keys
            yield Lie(Channel.OBJECT, place, "the answer", rewrite, harmless=True)


def _rests_on(kind: str, path: str) -> bool:
    return kind in RESTS_ON and RESTS_ON[kind].search(path) is not None


class ObjectTeller:
    """Changes answers of one place; `told` counts those that say something else."""

    def __init__(self, lie: Lie) -> None:
        self._lie = lie
        self._lock = threading.Lock()
        self.told = 0

    def start_over(self) -> None:
        """Every answer lies alike."""

    def heard(self, place: str, answer: bytes) -> bytes:
        """What the client hears instead of `answer`."""
        if place != self._lie.place:
            return answer
        body = json.loads(answer)
        if self._lie.harmless:
            told = REWRITES[self._lie.change](body).encode()
        else:
            changed = changed_at(body, self._lie.subject, self._lie.change)
            told = answer if changed == body else json.dumps(changed).encode()
        with self._lock:
            self.told += told != answer
        return told


@contextmanager
def overheard(heard: Callable[[str, bytes], bytes]) -> Iterator[None]:
    """Every answer of the Kubernetes API to a GET goes through `heard` meanwhile."""
    send = Connection.send

    def sent(self: Connection, request: ApiRequest) -> bytes:
        answer, place = send(self, request), place_of(request)
        return heard(place, answer) if place else answer

    with patch.object(Connection, "send", sent):
        yield


@contextmanager
def telling(lie: Lie) -> Iterator[ObjectTeller]:
    """The API lies meanwhile to this process."""
    teller = ObjectTeller(lie)
    with overheard(teller.heard):
        yield teller
