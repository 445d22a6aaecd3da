"""What must be seen in the client's pod for a fault to count as effective."""

from dataclasses import dataclass

from focus_engine.outage.model import ConnectionFault, EstablishedVerdict, NewConnections
from focus_engine.outage.verification.probe import TIMEOUT, Probe
from focus_engine.verdict import ToolError

_LEAST_DELAY = 0.05  # seconds: less cannot be told from a slow answer
_PART = 0.5  # of the delay that is asked for must be seen; proxies count in their own rhythm
_USUAL_ANSWER = 150  # bytes of an answer to hello: the least that servers send
_MOST_BYTES = 100_000  # that may pass before a cut, or proving it takes too long
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
_HUNG = frozenset({"timeout"})
_RESET = frozenset({"reset", "closed"})
_CUT = frozenset({"cut", "closed", "reset"})


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


def in_a_word(probes: list[Probe]) -> NewConnections:
    """How the probes failed, when they failed alike."""
    words = {_WORDS.get(probe.outcome, NewConnections.MIXED) for probe in probes}
    return words.pop() if len(words) == 1 else NewConnections.MIXED


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
