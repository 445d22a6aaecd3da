"""Faults seeded in the engine of outages: each breaks one promise of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from focus_engine.outage import engine, ownership
from focus_engine.outage.backends import network_policy
from focus_engine.outage.backends.base import Injection
from focus_engine.outage.backends.network_policy import NetworkPolicyBackend
from focus_engine.outage.lease import OutageLock
from focus_engine.outage.model import EstablishedVerdict, NewConnections, Scope
from focus_engine.outage.sweep import Sweeper
from focus_engine.outage.verification.protocol import Verification

Fault = Callable[[], AbstractContextManager[None]]
FOR_EVER = 600  # seconds


def _patched(target: object, name: str, replacement: object) -> Fault:
    @contextmanager
    def seeded() -> Iterator[None]:
        with patch.object(target, name, replacement):
            yield

    return seeded


def _believes(_self: object, injection: Injection, *_: object) -> None:
    """What is claimed is never looked at."""
    injection.outage.new_connections = NewConnections.REFUSED
    injection.proven(EstablishedVerdict.CUT)


def _isolates_everything(scope: Scope, *_: object) -> dict:
    kind = "Ingress" if scope is Scope.SERVER else "Egress"
    return {"podSelector": {}, "policyTypes": [kind]}


@contextmanager
def _is_too_broad() -> Iterator[None]:
    with (
        patch.object(network_policy, "policy_spec", _isolates_everything),
        patch.object(Verification, "require_controls", lambda _: None),
    ):
        yield


OUTAGE_FAULTS: dict[str, Fault] = {
    "outage-overlooks-policies": _patched(network_policy, "admitting", lambda *_: []),
    "outage-is-not-proven": _patched(NetworkPolicyBackend, "verify", _believes),
    "outage-is-too-broad": _is_too_broad,
    "outage-misses-no-control": _patched(Verification, "silent_controls", lambda *_: {}),
    "outage-never-ends": _patched(ownership, "whole_seconds", lambda _: FOR_EVER),
    "outage-refuses-nothing": _patched(engine, "require_allowed", lambda *_: None),
    "outage-sweeps-nothing": _patched(Sweeper, "chosen", lambda *_: []),
    "outage-ignores-the-lease": _patched(OutageLock, "_is_free", lambda *_: True),
}
