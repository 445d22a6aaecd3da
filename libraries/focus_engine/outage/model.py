"""The words of an outage: what was asked, by which means, what was proven. Times are seconds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from focus_engine.clock import Clock

TTL_DEFAULT = timedelta(seconds=120)
TTL_MIN = timedelta(seconds=2)
TTL_MAX = timedelta(seconds=900)
LOCK_WAIT = timedelta(seconds=60)
LIFT_WAIT = timedelta(seconds=30)


class Scope(StrEnum):
    """On which side the dependency is cut off."""

    SERVER = "server"  # nobody reaches it
    CLIENT = "client"  # the Focus Server does not reach it, others do


class Established(StrEnum):
    """What must become of connections that were open before."""

    REQUIRE_CUT = "require_cut"  # dead, by whatever the environment has; else UNDETERMINED
    BREAK = "break"  # killed in the client's pod once new ones fail
    ACCEPT = "accept"  # may live on: the outage is labelled new-connections-only


class Backend(StrEnum):
    """What makes the outage: each name is a module of `focus_engine.outage.backends`."""

    AUTO = "auto"
    NETWORK_POLICY = "networkpolicy"
    PROXY = "proxy"
    POD_DELETION = "pod_deletion"


class Method(StrEnum):
    """By what a dependency was really made unreachable, in the words of the log."""

    POLICY = "NetworkPolicy"
    POLICY_AND_KILL = "NetworkPolicy, then ss -K in the client's pod"
    PROXY_DOWN = "proxy down"
    PROXY_HANG = "proxy hangs"
    PROXY_RESET = "proxy resets"
    PROXY_LATENCY = "proxy adds latency"
    PROXY_BANDWIDTH = "proxy limits bandwidth"
    PROXY_CUT_AFTER = "proxy cuts mid-reply"
    POD_DELETION = "pods deleted"


class ConnectionFault(StrEnum):
    """What a proxy can do to the connections that pass it."""

    DOWN = "down"
    HANG = "hang"
    RESET = "reset"
    LATENCY = "latency"
    BANDWIDTH = "bandwidth"
    CUT_AFTER = "cut_after"

    @property
    def method(self) -> Method:
        return Method[f"PROXY_{self.name}"]


class ConnectionKind(StrEnum):
    """Which connections a question is about."""

    NEW = "new"
    ESTABLISHED = "established"
    BOTH = "both"


class NewConnections(StrEnum):
    """How new connections failed while the outage was proven."""

    REFUSED = "refused"
    TIMED_OUT = "timed out"
    RESET = "reset"
    CLOSED = "closed without an answer"
    CUT = "cut mid-reply"
    SLOW = "slow"
    MIXED = "failed in several ways"


class EstablishedVerdict(StrEnum):
    """What became of the connection that was open before."""

    CUT = "cut"  # by the outage itself
    BROKEN = "broken"  # killed by us
    ALIVE = "alive"  # the outage is new-connections-only
    IMPAIRED = "impaired"  # a proxy that answers slowly or in part


class OutageState(StrEnum):
    """How far an outage is."""

    STARTING = "starting"  # locked, owned, looked at; nothing is cut
    IMPOSED = "imposed"  # something may be cut
    PROVEN = "proven"
    LIFTED = "lifted"
    LEFT_BEHIND = "left behind"  # the clean-up failed; the cluster ends it at `expires_at`


@dataclass(frozen=True)
class OutageRequest:
    """What a case asks for. `namespace` None is that of the environment."""

    dependency: str
    scope: Scope = Scope.SERVER
    ttl: float = TTL_DEFAULT.total_seconds()
    established: Established = Established.REQUIRE_CUT
    backend: Backend = Backend.AUTO
    namespace: str | None = None
    reason: str = ""
    lock_wait: float = LOCK_WAIT.total_seconds()
    fault: ConnectionFault = ConnectionFault.DOWN  # what a proxy does
    amount: float = 0.0  # of that fault: ms of latency, KB/s, or bytes
    clients: str = ""  # label selector of the client's pods; default from the environment


@dataclass(frozen=True)
class Moment:
    """One instant on both clocks: the monotonic one to measure with, the other for people."""

    monotonic: float
    wall: datetime

    @classmethod
    def now(cls, clock: Clock) -> "Moment":
        return cls(clock.monotonic(), datetime.fromtimestamp(clock.wall(), UTC))


@dataclass
class OutageEvidence:
    """What was done for an outage; `made` is what its backend created, by kind."""

    preflight: dict[str, Any] = field(default_factory=dict)
    lock_waited: float | None = None
    swept: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)
    connections_killed: int | None = None
    events_lost: list[str] = field(default_factory=list)
    ended_with_process: bool = False
    not_seen_at_end: str | None = None


@dataclass
class Outage:
    """One outage from its start to its end. Keywords pass it on; its id names it in the cluster."""

    id: str
    request: OutageRequest
    namespace: str
    run: str
    method: Method
    state: OutageState = OutageState.STARTING
    enforced: Moment | None = None
    lifted: Moment | None = None
    expires_at: datetime | None = None
    new_connections: NewConnections | None = None
    established: EstablishedVerdict | None = None
    evidence: OutageEvidence = field(default_factory=OutageEvidence)

    @property
    def dependency(self) -> str:
        return self.request.dependency

    @property
    def scope(self) -> Scope:
        return self.request.scope

    @property
    def t_enforced(self) -> float | None:
        """When the last of the proofs began to hold, by `time.monotonic()`."""
        return self.enforced.monotonic if self.enforced else None

    @property
    def t_lifted(self) -> float | None:
        """When the dependency was proven to answer again, by `time.monotonic()`."""
        return self.lifted.monotonic if self.lifted else None

    @property
    def new_connections_only(self) -> bool:
        return self.established is EstablishedVerdict.ALIVE

    @property
    def label(self) -> str:
        """One line that says what held."""
        if self.established is None:
            return f"{self.dependency}: {self.state} ({self.method})"
        only = "; new-connections-only" if self.new_connections_only else ""
        return (
            f"{self.dependency}: new connections {self.new_connections}, established ones "
            f"{self.established} ({self.method}{only})"
        )

    def __str__(self) -> str:
        return f"outage {self.id} of {self.label}"
