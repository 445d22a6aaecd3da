"""Faults seeded in the engine of outages: each breaks one promise of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from focus_engine.outage import engine, making, owner, preflight
from focus_engine.outage.lease import OutageLock
from focus_engine.outage.live import Live
from focus_engine.outage.model import EstablishedVerdict, NewConnections, Scope
from focus_engine.outage.proof import Proof
from focus_engine.outage.sweep import Sweeper

Fault = Callable[[], AbstractContextManager[None]]
FOR_EVER = 600  # seconds


def _patched(target: object, name: str, replacement: object) -> Fault:
    @contextmanager
    def seeded() -> Iterator[None]:
        with patch.object(target, name, replacement):
            yield

    return seeded


def _believes(live: Live, *_: object) -> None:
    """What is claimed is never looked at."""
    live.outage.new_connections = NewConnections.REFUSED
    live.outage.established = EstablishedVerdict.CUT
    live.outage.enforced = live.clock.now()


def _isolates_everything(scope: Scope, *_: object) -> dict:
    kind = "Ingress" if scope is Scope.SERVER else "Egress"
    return {"podSelector": {}, "policyTypes": [kind]}


@contextmanager
def _is_too_broad() -> Iterator[None]:
    with (
        patch.object(making, "policy_spec", _isolates_everything),
        patch.object(Proof, "require_controls", lambda _: None),
    ):
        yield


OUTAGE_FAULTS: dict[str, Fault] = {
    "outage-overlooks-policies": _patched(preflight, "admitting", lambda *_: []),
    "outage-is-not-proven": _patched(engine, "prove", _believes),
    "outage-is-too-broad": _is_too_broad,
    "outage-misses-no-control": _patched(Proof, "silent_controls", lambda *_: {}),
    "outage-never-ends": _patched(owner, "whole_seconds", lambda _: FOR_EVER),
    "outage-refuses-nothing": _patched(engine, "require_allowed", lambda *_: None),
    "outage-sweeps-nothing": _patched(Sweeper, "chosen", lambda *_: []),
    "outage-ignores-the-lease": _patched(OutageLock, "_is_free", lambda *_: True),
}
