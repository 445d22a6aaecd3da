"""What a way to make an outage must do, and what it is given to do it with."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, cast

from focus_engine.checks.finding import Finding, Severity
from focus_engine.clock import Clock
from focus_engine.environment import Outages
from focus_engine.kubernetes.selectors import matches
from focus_engine.outage.context import Connections
from focus_engine.outage.discovery.facts import Facts
from focus_engine.outage.discovery.pods import Pod
from focus_engine.outage.discovery.rights import Right
from focus_engine.outage.leftovers import Leftover
from focus_engine.outage.model import (
    Backend,
    EstablishedVerdict,
    Method,
    Moment,
    Outage,
    OutageRequest,
)
from focus_engine.outage.ownership import Identity
from focus_engine.outage.rollback import Created, Rollback
from focus_engine.outage.verification.protocol import ProbeExpectation, Verification, in_a_word
from focus_engine.verdict import Undetermined


def look(subject: str, sentence: str, severity: Severity = Severity.FAIL) -> Finding:
    """One look of the preflight: what fails is in the way of an outage, a warning in nobody's."""
    return Finding("", severity, sentence, subject=subject)


@dataclass(frozen=True)
class OutagePlan:
    """What will be made, and what must be seen then. Made once; nothing is computed again."""

    method: Method
    expectation: ProbeExpectation
    effect: Any = None  # what the backend needs to make it


@dataclass
class Injection:
    """One outage while it is made: everything that a backend works with."""

    outage: Outage
    identity: Identity
    connections: Connections
    facts: Facts
    plan: OutagePlan
    verification: Verification
    rollback: Rollback

    @property
    def request(self) -> OutageRequest:
        return self.outage.request

    @property
    def clock(self) -> Clock:
        return self.rollback.clock

    def record(self, created: Created) -> None:
        """Note what is created next, so that it is undone whatever happens."""
        self.rollback.add(created)
        self.outage.evidence.created.append(created.what)

    def new_connections_fail(self, limit: float) -> bool:
        """Wait up to `limit` (s) for new connections to fail; the control targets must answer.

        Raises Undetermined when they fail only now and then, ToolError for too broad an outage.
        """
        row = self.verification.new_connections_fail(limit)
        if row is None and self.verification.saw_any_fail():
            raise Undetermined(
                f"new connections to {self.outage.dependency} failed only now and then within "
                f"{limit:g} s after the {self.outage.method}: the outage does not hold."
            )
        if row is None:
            return False
        self.outage.new_connections = in_a_word(row)
        self.verification.require_controls()
        return True

    def proven(self, verdict: EstablishedVerdict) -> None:
        """Note what became of the connection that was open, and that the outage holds."""
        self.outage.established = verdict
        self.outage.enforced = Moment.now(self.clock)


class OutageBackend(ABC):
    """One way to make a dependency unreachable. It keeps nothing: what it made is in the plan."""

    name: Backend
    rights: Sequence[Right] = ()  # on top of those that every outage needs
    ends_by_itself = False  # whether the outage is over when something else has repaired it

    def require_sensible(self, request: OutageRequest) -> None:  # noqa: B027 - most have nothing to say
        """Raise ToolError for a request that could not be proven; nothing is asked for it."""

    @abstractmethod
    def preference(self, request: OutageRequest, facts: Facts) -> int | None:
        """How gladly `backend=auto` takes it: the lowest first, None never."""

    @abstractmethod
    def checks(self, request: OutageRequest, facts: Facts, limits: Outages) -> Iterator[Finding]:
        """What speaks for and against it; pure."""

    @abstractmethod
    def plan(self, request: OutageRequest, facts: Facts) -> OutagePlan:
        """What will be made; pure. Called only where no check blocks."""

    def dry_run(
        self,
        connections: Connections,  # noqa: ARG002 - for those that can be tried
        identity: Identity,  # noqa: ARG002
        plan: OutagePlan,  # noqa: ARG002
    ) -> Iterator[Finding]:
        """What the cluster itself thinks of the plan, where it can be asked without making it."""
        yield from ()

    @abstractmethod
    def apply(self, injection: Injection, owner: dict[str, Any], expires_at: datetime) -> None:
        """Make it; each object is recorded on the rollback stack before it is created.

        `owner` goes on objects of ours alone: its end deletes what carries it. What is changed of
        somebody else's is not `bounded`, and its marks are found by `leftovers` (see `proxy.py`).
        """

    @abstractmethod
    def verify(self, injection: Injection, limits: Outages) -> None:
        """When everything holds that was asked for, and is in the evidence.

        Raises PreconditionUnmet where nothing is enforced, ToolError for an outage that is too
        broad, Undetermined where connections that were open live on and nothing may cut them.
        """

    def prolong(self, injection: Injection, expires_at: datetime) -> None:  # noqa: B027
        """Write the new end on what it made; the owner has it already."""

    @abstractmethod
    def undo(self, connections: Connections, injection: Injection) -> None:
        """Remove what `apply` made; nothing happens when it is gone."""

    def leftovers(self, connections: Connections) -> Iterator[Leftover]:  # noqa: ARG002
        """What outages of this kind left behind, expired or not; for the sweep."""
        yield from ()


def backend_of(name: Backend) -> OutageBackend:
    """The backend of that name: `BACKEND` of the module that bears it."""
    module = import_module(f"focus_engine.outage.backends.{name.name.lower()}")
    return cast("OutageBackend", module.BACKEND)


def backends() -> list[OutageBackend]:
    return [backend_of(name) for name in Backend if name is not Backend.AUTO]


def few_pods(what: str, selected: Sequence[str], most: int) -> Iterator[Finding]:
    """Refuses more pods than may be touched: every one counts that the selector selects."""
    if len(selected) > most:
        seen = f"{len(selected)} {what} would be touched; at most {most} may be."
        yield look("few pods are touched", seen)


def no_client_among(facts: Facts) -> Iterator[Finding]:
    """Refuses a dependency whose selector also selects the client: the two cannot be parted."""
    target = facts.target
    if target is None or not target.selector:
        return
    inside = [each.name for each in facts.clients if _is_selected(each, target.selector)]
    if inside:
        seen = (
            f"the selector of Service {target.service} also selects {', '.join(inside)}, the "
            "client itself. Correct the labels."
        )
        yield look("the client is no pod of the dependency", seen)


def _is_selected(pod: Pod, selector: Any) -> bool:
    return matches({"matchLabels": selector}, pod.labels)
