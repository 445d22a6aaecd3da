"""An outage as a fault of the proxy before the dependency (Toxiproxy)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from focus_engine.checks.finding import Finding, Severity
from focus_engine.environment import Outages
from focus_engine.outage.backends.base import (
    Injection,
    OutageBackend,
    OutagePlan,
    look,
)
from focus_engine.outage.backends.toxiproxy import ToxicName, ToxiproxyClient
from focus_engine.outage.context import Connections
from focus_engine.outage.discovery import Facts
from focus_engine.outage.model import Backend, Established, EstablishedVerdict, OutageRequest, Scope
from focus_engine.outage.rollback import Created, ObjectRole
from focus_engine.outage.verification.expectation import expectation_of
from focus_engine.verdict import ToolError, Undetermined


@dataclass
class ToxicSpec:
    """What the proxy is made to do; its name changes with its end."""

    proxy: str
    name: ToxicName | None = None


class ProxyBackend(OutageBackend):
    """The fault has no deadline in the cluster: its name says whose it is and until when."""

    name = Backend.PROXY

    def require_sensible(self, request: OutageRequest) -> None:
        expectation_of(request.fault, request.amount)

    def preference(self, request: OutageRequest, facts: Facts) -> int | None:
        if facts.proxy is None or request.scope is Scope.CLIENT:
            return None
        return 0 if request.established is Established.REQUIRE_CUT else 2

    def checks(
        self,
        request: OutageRequest,  # noqa: ARG002 - any request
        facts: Facts,
        limits: Outages,  # noqa: ARG002 - a proxy touches no pod
    ) -> Iterator[Finding]:
        check = "a proxy stands before the dependency"
        if facts.proxy:
            yield look(check, f"proxy '{facts.proxy}'", Severity.OK)
            return
        seen = (
            "no proxy stands before the dependency: install deploy/toxiproxy and set "
            "FOCUS_TOXIPROXY_URL."
        )
        yield look(check, seen)

    def plan(self, request: OutageRequest, facts: Facts) -> OutagePlan:
        expectation = expectation_of(request.fault, request.amount)
        return OutagePlan(request.fault.method, expectation, ToxicSpec(facts.proxy or ""))

    def apply(self, injection: Injection, owner: dict[str, Any], expires_at: datetime) -> None:  # noqa: ARG002
        toxic, request = _toxic(injection), injection.request
        toxic.name = _named(injection, expires_at)
        injection.record(
            Created(
                f"proxy {toxic.proxy} ({request.fault})",
                ObjectRole.EFFECT,
                lambda connections: self.undo(connections, injection),
                bounded=False,
                remains=lambda connections: _remains(connections, toxic),
            )
        )
        _toxiproxy(injection).impose(toxic.proxy, request.fault, request.amount, toxic.name)
        injection.outage.evidence.made["toxic"] = {"proxy": toxic.proxy, "name": str(toxic.name)}

    def verify(self, injection: Injection, limits: Outages) -> None:
        name, limit = injection.outage.dependency, limits.enforcement
        if not injection.new_connections_fail(limit):
            raise ToolError(
                f"the client's pod saw nothing of '{injection.outage.method}' within {limit:g} s: "
                f"does the Service of {name} lead to the proxy? See deploy/toxiproxy."
            )
        verdict = injection.verification.established()
        if (
            verdict is EstablishedVerdict.ALIVE
            and injection.request.established is not Established.ACCEPT
        ):
            raise Undetermined(
                f"new connections to {name} failed, but one that was open before lives on, and "
                f"{injection.outage.method} should have cut it: does it pass the proxy?"
            )
        injection.proven(verdict)

    def prolong(self, injection: Injection, expires_at: datetime) -> None:
        toxic, request = _toxic(injection), injection.request
        former, toxic.name = toxic.name, _named(injection, expires_at)
        if former is None or former == toxic.name:
            return
        toxiproxy = _toxiproxy(injection)
        toxiproxy.impose(toxic.proxy, request.fault, request.amount, toxic.name)
        toxiproxy.remove_toxic(toxic.proxy, former)

    def undo(self, connections: Connections, injection: Injection) -> None:
        toxic = _toxic(injection)
        if connections.toxiproxy is not None and toxic.name is not None:
            connections.toxiproxy.lift(toxic.proxy, toxic.name)


BACKEND = ProxyBackend()


def _toxic(injection: Injection) -> ToxicSpec:
    toxic: ToxicSpec = injection.plan.effect
    return toxic


def _named(injection: Injection, expires_at: datetime) -> ToxicName:
    named = ToxicName(injection.identity.run, injection.identity.outage, 0)
    return replace(named, expires_at=int(expires_at.timestamp()) + 1)


def _toxiproxy(injection: Injection) -> ToxiproxyClient:
    toxiproxy = injection.connections.toxiproxy
    assert toxiproxy is not None  # noqa: S101 - the preflight found a proxy in it
    return toxiproxy


def _remains(connections: Connections, toxic: ToxicSpec) -> str | None:
    """An answer that a toxic was removed is no proof: look."""
    toxiproxy = connections.toxiproxy
    if toxiproxy is None:
        return None
    left = [each for each in toxiproxy.ours() if each.name == toxic.name]
    if left:
        return f"its toxic {toxic.name} is still there, although its removal was accepted."
    return None if toxiproxy.is_enabled(toxic.proxy) else "it is still down."
