"""The protocol that verifies an outage, and its end, with probes from the client's pods."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from focus_engine.clock import Clock
from focus_engine.outage.model import EstablishedVerdict, Moment, NewConnections
from focus_engine.outage.verification.probe import TIMEOUT, Endpoint, Probe, Prober
from focus_engine.verdict import PreconditionUnmet, ToolError

IN_A_ROW = 3  # probes that must agree
TRIES = 2  # an ordinary network loses a packet now and then
INTERVAL = 0.1  # seconds between them
NAMES_RESOLVE = "names resolve"  # the control target that is always checked
_WORDS = {
    "refused": NewConnections.REFUSED,
    "unreachable": NewConnections.REFUSED,
    "timeout": NewConnections.TIMED_OUT,
    "reset": NewConnections.RESET,
    "closed": NewConnections.CLOSED,
    "cut": NewConnections.CUT,
    "ok": NewConnections.SLOW,
}
_FAILED = frozenset({"refused", "unreachable", "timeout", "reset", "closed"})


@dataclass(frozen=True)
class ProbeExpectation:
    """How a probe looks that shows the fault. `delay` (s) is asked of those that succeed."""

    outcomes: frozenset[str]
    delay: float = 0.0
    timeout: float = TIMEOUT
    exchanges: int = 1
    kills: bool = True  # whether connections that were open must be dead

    def is_met(self, probe: Probe) -> bool:
        if probe.ok:
            return self.delay > 0 and probe.elapsed >= self.delay
        return probe.outcome in self.outcomes

    def of_established(self, probe: Probe) -> EstablishedVerdict:
        if not probe.ok:
            return EstablishedVerdict.CUT
        return EstablishedVerdict.ALIVE if self.kills else EstablishedVerdict.IMPAIRED


UNREACHABLE = ProbeExpectation(_FAILED)


def in_a_word(probes: list[Probe]) -> NewConnections:
    """How the probes failed, when they failed alike."""
    words = {_WORDS.get(probe.outcome, NewConnections.MIXED) for probe in probes}
    return words.pop() if len(words) == 1 else NewConnections.MIXED


@dataclass(frozen=True)
class ProtocolEntry:
    """One probe of the protocol, for the evidence."""

    at: Moment
    phase: str
    target: str
    probe: Probe


@dataclass
class Verification:
    """One outage's protocol. Every probe ends up in `entries`."""

    prober: Prober
    target: Endpoint
    controls: Mapping[str, Endpoint]
    expectation: ProbeExpectation
    clock: Clock
    entries: list[ProtocolEntry] = field(default_factory=list)

    def baseline(self) -> None:
        """Everything answers.

        Raises PreconditionUnmet when the dependency or a control target does not answer.
        """
        self.require_reachable(IN_A_ROW, TRIES)
        silent = self.silent_controls("before")
        if silent:
            raise PreconditionUnmet(
                f"before the outage {_listed(silent)} did not answer from the client's pod, so "
                "whether the outage is too broad could not be told. Repair that first."
            )

    def hold_connection(self) -> None:
        """Open a connection right before the outage, be answered on it, and keep it.

        Raises PreconditionUnmet when it is not answered.
        """
        held = self._note("held", str(self.target), self.prober.hold(self.target))
        if not held.ok:
            raise PreconditionUnmet(
                f"no connection to {self.target} could be held open before the outage: {held}."
            )

    def require_reachable(self, times: int, tries: int = 1) -> float:
        """The slowest of `times` new connections (s); one that is late has `tries`.

        Raises PreconditionUnmet for a failure.
        """
        slowest = 0.0
        for _ in range(times):
            probe = self._reached_in(tries)
            if not probe.ok:
                raise PreconditionUnmet(
                    f"{self.target} is not reachable from the client's pod: {probe}. "
                    "Repair that first; an outage of it would prove nothing."
                )
            slowest = max(slowest, probe.elapsed)
        return slowest

    def _reached_in(self, tries: int) -> Probe:
        probe = self._note("before", str(self.target), self.prober.reach(self.target))
        late = probe.outcome == "timeout"
        return self._reached_in(tries - 1) if late and tries > 1 else probe

    def new_connections_fail(self, within: float) -> list[Probe] | None:
        """The probes in a row that show the fault; None when there was no such row in time.

        While connections still succeed the held one is opened anew, so that it is known to have
        lived when the outage began; where that fails, the former one is kept. Once they wait in
        vain the held one is asked as well, so that all wait together.
        """
        return self._row("new", IN_A_ROW, within, self._fresh_or_held, self.expectation.is_met)

    def saw_any_fail(self) -> bool:
        """Whether any new connection has shown the fault since the outage was made."""
        return any(
            self.expectation.is_met(entry.probe) for entry in self.entries if entry.phase == "new"
        )

    def try_new(self) -> Probe:
        """One new connection, while the outage begins."""
        return self._note("new", str(self.target), self._fresh())

    def still_holds(self, times: int) -> Probe | None:
        """The first probe that does not show the fault, None when all do."""
        for _ in range(times):
            probe = self._note("during", str(self.target), self._fresh())
            if not self.expectation.is_met(probe):
                return probe
        return None

    def established(self) -> EstablishedVerdict:
        """What became of the connection that was open before."""
        probe = self._note("established", str(self.target), self.prober.ask_held())
        return self.expectation.of_established(probe)

    def silent_controls(self, phase: str) -> dict[str, Probe]:
        """The control targets that do not answer, though they were asked twice."""
        silent = {}
        for name in [*self.controls, NAMES_RESOLVE]:
            for _ in range(TRIES):
                probe = self._note(phase, name, self._control(name))
                if probe.ok:
                    break
            else:
                silent[name] = probe
        return silent

    def _control(self, name: str) -> Probe:
        if name == NAMES_RESOLVE:
            return self.prober.resolve(self.target)
        return self.prober.reach(self.controls[name])

    def require_controls(self) -> None:
        """Raises ToolError when a control target does not answer."""
        silent = self.silent_controls("controls")
        if silent:
            raise ToolError(
                f"the outage of {self.target} is too broad: {_listed(silent)} stopped answering "
                "in the client's pod as well."
            )

    def require_controls_of(self, names: Sequence[str]) -> None:
        """Raises ToolError when one of `names` (none: all) is unknown or does not answer."""
        known = {*self.controls, NAMES_RESOLVE}
        unknown = set(names) - known
        if unknown:
            raise ToolError(
                f"{', '.join(sorted(unknown))} is no control target of {self.target}. "
                f"There are: {', '.join(sorted(known))}."
            )
        silent = self.silent_controls("controls")
        concerned = {name: probe for name, probe in silent.items() if not names or name in names}
        if concerned:
            raise ToolError(f"{_listed(concerned)} did not answer in the client's pod.")

    def reachable_again(self, within: float) -> Moment | None:
        """When the first of several successes in a row was seen; None when that took too long."""
        before = len(self.entries)
        found = self._row("lifted", IN_A_ROW, within, self._reached, lambda probe: probe.ok)
        if found is None:
            return None
        return self.entries[before:][-IN_A_ROW].at

    def _row(
        self,
        phase: str,
        times: int,
        within: float,
        attempt: Callable[[], Probe],
        is_met: Callable[[Probe], bool],
    ) -> list[Probe] | None:
        row: list[Probe] = []
        end = self.clock.monotonic() + within
        while len(row) < times:
            probe = self._note(phase, str(self.target), attempt())
            row = [*row, probe] if is_met(probe) else []
            if not row and self.clock.monotonic() >= end:
                return None
            if len(row) < times:
                self.clock.sleep(INTERVAL)
        return row

    def _fresh(self) -> Probe:
        wanted = self.expectation
        return self.prober.connect(self.target, wanted.timeout, wanted.exchanges)

    def _fresh_or_held(self) -> Probe:
        probe = self._fresh()
        if probe.ok and not self.expectation.is_met(probe):
            self._note("re-opened", str(self.target), self.prober.hold(self.target))
        if probe.outcome == "timeout":
            self.prober.ask_meanwhile()
        return probe

    def _reached(self) -> Probe:
        return self.prober.reach(self.target)

    def _note(self, phase: str, target: str, probe: Probe) -> Probe:
        self.entries.append(ProtocolEntry(Moment.now(self.clock), phase, target, probe))
        return probe


def _listed(silent: Mapping[str, Probe]) -> str:
    return ", ".join(f"{name} ({probe})" for name, probe in sorted(silent.items()))
