"""An outage as a fault of the proxy before the dependency (Toxiproxy)."""

from collections.abc import Callable, Iterator
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
from focus_engine.outage.backends.toxiproxy import OurToxic, ToxicName, ToxiproxyClient
from focus_engine.outage.context import Connections
from focus_engine.outage.discovery.facts import Facts
from focus_engine.outage.leftovers import Leftover, believable
from focus_engine.outage.model import (
    Backend,
    ConnectionFault,
    Established,
    EstablishedVerdict,
    OutageRequest,
    Scope,
)
from focus_engine.outage.ownership import STILL_THERE
from focus_engine.outage.rollback import Created, ObjectRole
from focus_engine.outage.verification.probe import TIMEOUT
from focus_engine.outage.verification.protocol import UNREACHABLE, ProbeExpectation
from focus_engine.verdict import ToolError, Undetermined

_LEAST_DELAY = 0.05  # seconds: less cannot be told from a slow answer
_PART = 0.5  # of the delay that is asked for must be seen; proxies count in their own rhythm
_USUAL_ANSWER = 150  # bytes of an answer to hello: the least that servers send
_MOST_BYTES = 100_000  # that may pass before a cut, or proving it takes too long
_HUNG = frozenset({"timeout"})
_RESET = frozenset({"reset", "closed"})
_CUT = frozenset({"cut", "closed", "reset"})


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

    def leftovers(self, connections: Connections) -> Iterator[Leftover]:
        toxiproxy = connections.toxiproxy
        if toxiproxy is None:
            return
        ours, now = list(toxiproxy.ours()), connections.cluster.now
        for found in ours:
            expiry = believable(found.name.expiry, now)
            yield Leftover(
                kind="toxic",
                name=f"{found.name.outage or found.raw} in proxy {found.proxy}",
                dependency=found.name.outage.partition("-")[0],
                run=found.name.run,
                expires_at=expiry,
                expired=expiry is not None and expiry < now,
                remove=_lifting(toxiproxy, found, alone=_is_alone(found, ours)),
                illegible="" if expiry else found.raw,
                held=STILL_THERE,
            )


BACKEND = ProxyBackend()


def expectation_of(fault: ConnectionFault, amount: float) -> ProbeExpectation:
    """What a fault of a proxy looks like. Raises ToolError for an amount that cannot be proven."""
    if amount and fault not in {
        ConnectionFault.LATENCY,
        ConnectionFault.BANDWIDTH,
        ConnectionFault.CUT_AFTER,
    }:
        raise ToolError(f"amount {amount:g} has no effect on a fault '{fault}'. Leave it out.")
    if fault is ConnectionFault.DOWN:
        return UNREACHABLE
    if fault is ConnectionFault.HANG:
        return ProbeExpectation(_HUNG)
    if fault is ConnectionFault.RESET:
        return ProbeExpectation(_RESET)
    if amount <= 0:
        raise ToolError(f"a proxy fault '{fault}' needs an amount above 0: {_unit(fault)}.")
    if fault is ConnectionFault.CUT_AFTER:
        return _cut_after(int(amount))
    return _slow(fault, amount)


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


def _cut_after(size: int) -> ProbeExpectation:
    if size > _MOST_BYTES:
        raise ToolError(
            f"a cut after {size} bytes cannot be proven in reasonable time; "
            f"at most {_MOST_BYTES} bytes."
        )
    return ProbeExpectation(_CUT, exchanges=size // _USUAL_ANSWER + 2, kills=False)


def _slow(fault: ConnectionFault, amount: float) -> ProbeExpectation:
    full = amount / 1000 if fault is ConnectionFault.LATENCY else _USUAL_ANSWER / (amount * 1000)
    delay = full * _PART if fault is ConnectionFault.BANDWIDTH else full * 0.9
    if delay < _LEAST_DELAY:
        raise ToolError(
            f"a proxy fault '{fault}' of {amount:g} ({_unit(fault)}) delays an answer by "
            f"{full * 1000:.0f} ms, too little to be proven. Choose a stronger one."
        )
    return ProbeExpectation(_HUNG, delay, timeout=TIMEOUT + 3 * full, kills=False)


def _unit(fault: ConnectionFault) -> str:
    return {
        ConnectionFault.LATENCY: "milliseconds",
        ConnectionFault.BANDWIDTH: "kB/s",
        ConnectionFault.CUT_AFTER: "bytes",
    }.get(fault, "no unit")


def _is_alone(found: OurToxic, ours: list[OurToxic]) -> bool:
    """Whether nothing else of ours lives in the proxy that still needs it as it is."""
    end = found.name.expires_at or 0
    return not any(
        other.proxy == found.proxy and (other.name.expires_at or 0) > end for other in ours
    )


def _lifting(toxiproxy: ToxiproxyClient, found: OurToxic, *, alone: bool) -> Callable[[], object]:
    def remove() -> None:
        if alone:
            toxiproxy.enable(found.proxy)
        toxiproxy.remove_named(found.proxy, found.raw)

    return remove
