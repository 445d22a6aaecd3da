"""The protocol of a proof, with probes that are scripted."""
# ruff: noqa: ARG002 - stand-ins take what the protocol gives, needed or not

from collections.abc import Callable
from unittest.mock import Mock

import pytest
from unit.outage.fakes import OK, REFUSED, TIMED_OUT, FakeTime

from focus_engine.outage.backends.proxy import expectation_of
from focus_engine.outage.dependency import Protocol
from focus_engine.outage.model import ConnectionFault, EstablishedVerdict, NewConnections
from focus_engine.outage.verification.probe import Endpoint, Probe
from focus_engine.outage.verification.protocol import (
    IN_A_ROW,
    ProbeExpectation,
    Verification,
    in_a_word,
)
from focus_engine.verdict import PreconditionUnmet, ToolError

MONGO = Endpoint("mongodb", 27017, Protocol.MONGODB)
RABBIT = Endpoint("rabbitmq-panda", 5672, Protocol.AMQP)
DOWN = expectation_of(ConnectionFault.DOWN, 0)


class Scripted:
    """Answers new connections from a list, whose last entry stays."""

    def __init__(self, *probes: Probe, rabbit: Probe = OK, held: Probe = OK, names: Probe = OK):
        self.probes, self.rabbit, self.held, self.names = list(probes), rabbit, held, names
        self.holds = self.asked_meanwhile = 0

    def connect(self, target: Endpoint, timeout: float = 1, exchanges: int = 1) -> Probe:
        if target == RABBIT:
            return self.rabbit
        return self.probes.pop(0) if len(self.probes) > 1 else self.probes[0]

    def reach(self, target: Endpoint) -> Probe:
        return self.connect(target)

    def hold(self, target: Endpoint) -> Probe:
        self.holds += 1
        return OK

    def ask_meanwhile(self) -> None:
        self.asked_meanwhile += 1

    def ask_held(self, timeout: float = 2) -> Probe:
        return self.held

    def resolve(self, target: Endpoint) -> Probe:
        return self.names


@pytest.fixture
def proof() -> Callable[..., Verification]:
    def make(*probes: Probe, expectation: ProbeExpectation = DOWN, **script: Probe) -> Verification:
        scripted = Scripted(*probes, **script)
        return Verification(scripted, MONGO, {"rabbitmq": RABBIT}, expectation, FakeTime().clock)

    return make


def test_failures_must_come_in_a_row(proof) -> None:
    row = proof(OK, REFUSED, REFUSED, OK, REFUSED, TIMED_OUT, REFUSED).new_connections_fail(10)
    assert row == [REFUSED, TIMED_OUT, REFUSED]
    assert in_a_word(row) is NewConnections.MIXED


def test_held_connection_is_asked_while_new_ones_wait(proof) -> None:
    waiting = proof(TIMED_OUT)
    waiting.new_connections_fail(10)
    assert waiting.prober.asked_meanwhile == IN_A_ROW
    refused = proof(REFUSED)
    refused.new_connections_fail(10)
    assert not refused.prober.asked_meanwhile


def test_connections_that_go_on_are_no_outage(proof) -> None:
    tried = proof(OK)
    assert tried.new_connections_fail(2) is None
    assert len(tried.entries) > IN_A_ROW
    assert tried.prober.holds * 2 == len(tried.entries)  # the held one stays young


def test_now_and_then_is_no_outage(proof) -> None:
    flapping = [REFUSED, REFUSED, OK] * 40
    assert proof(*flapping).new_connections_fail(5) is None


def test_a_name_that_does_not_resolve_is_another_fault(proof) -> None:
    assert proof(Probe("dns", 0.1)).new_connections_fail(1) is None


@pytest.mark.parametrize(
    ("held", "verdict"),
    [
        (OK, EstablishedVerdict.ALIVE),
        (TIMED_OUT, EstablishedVerdict.CUT),
        (Probe("reset", 0.0), EstablishedVerdict.CUT),
        (Probe("closed", 0.0), EstablishedVerdict.CUT),
    ],
)
def test_established_connection(proof, held: Probe, verdict: EstablishedVerdict) -> None:
    assert proof(REFUSED, held=held).established() is verdict


def test_baseline_needs_everything_to_answer(proof) -> None:
    proof(OK).baseline()
    with pytest.raises(PreconditionUnmet, match=r"mongodb:27017 is not reachable .*: refused"):
        proof(REFUSED).baseline()
    with pytest.raises(PreconditionUnmet, match=r"rabbitmq .timeout after 1000 ms. did not answer"):
        proof(OK, rabbit=TIMED_OUT).baseline()


def test_one_late_answer_before_the_outage_is_asked_again(proof) -> None:
    proof(OK, TIMED_OUT, OK).baseline()
    for probes in ((OK, TIMED_OUT, TIMED_OUT), (OK, REFUSED, OK)):
        with pytest.raises(PreconditionUnmet, match="mongodb:27017 is not reachable"):
            proof(*probes).baseline()
    with pytest.raises(PreconditionUnmet, match="timeout"):
        proof(OK, TIMED_OUT, OK).require_reachable(IN_A_ROW)


def test_what_is_held_must_have_been_answered(proof) -> None:
    tried = proof(OK)
    tried.hold_connection()
    assert [entry.phase for entry in tried.entries] == ["held"]
    tried.prober.hold = lambda _target: TIMED_OUT
    with pytest.raises(PreconditionUnmet, match="could be held open before the outage: timeout"):
        tried.hold_connection()


def test_controls_name_what_is_silent(proof) -> None:
    proof(REFUSED).require_controls()
    with pytest.raises(ToolError, match="too broad: names resolve"):
        proof(REFUSED, names=Probe("dns", 1.0)).require_controls()


def test_a_control_target_that_misses_once_is_asked_again(proof) -> None:
    tried = proof(REFUSED)
    tried.prober.resolve = Mock(side_effect=[Probe("timeout", 1.0), OK])
    tried.require_controls()
    outcomes = [entry.probe.outcome for entry in tried.entries if entry.target == "names resolve"]
    assert outcomes == ["timeout", "ok"]


def test_controls_by_name(proof) -> None:
    proof(OK, rabbit=REFUSED).require_controls_of(["names resolve"])
    with pytest.raises(ToolError, match=r"rabbitmq .* did not answer"):
        proof(OK, rabbit=REFUSED).require_controls_of([])
    with pytest.raises(ToolError, match=r"oracle is no control target .* There are: names"):
        proof(OK).require_controls_of(["oracle"])


def test_lift_is_the_first_success_of_a_row(proof) -> None:
    tried = proof(REFUSED, OK, REFUSED, OK)
    lifted = tried.reachable_again(10)
    assert lifted == tried.entries[3].at
    assert proof(REFUSED).reachable_again(1) is None


def test_still_holding_names_the_first_that_does_not(proof) -> None:
    assert proof(REFUSED).still_holds(3) is None
    assert proof(REFUSED, OK).still_holds(3) == OK


@pytest.mark.parametrize(
    ("fault", "amount", "probe", "met"),
    [
        (ConnectionFault.DOWN, 0, REFUSED, True),
        (ConnectionFault.DOWN, 0, OK, False),
        (ConnectionFault.DOWN, 0, Probe("cut", 0.1, 9), False),
        (ConnectionFault.HANG, 0, TIMED_OUT, True),
        (ConnectionFault.HANG, 0, REFUSED, False),
        (ConnectionFault.RESET, 0, Probe("reset", 0.0), True),
        (ConnectionFault.RESET, 0, TIMED_OUT, False),
        (ConnectionFault.LATENCY, 500, Probe("ok", 0.51, 300), True),
        (ConnectionFault.LATENCY, 500, Probe("ok", 0.3, 300), False),
        (ConnectionFault.LATENCY, 500, REFUSED, False),
        (ConnectionFault.BANDWIDTH, 1, Probe("ok", 0.2, 300), True),
        (ConnectionFault.BANDWIDTH, 1, OK, False),
        (ConnectionFault.CUT_AFTER, 100, Probe("cut", 0.0, 100), True),
        (ConnectionFault.CUT_AFTER, 100, OK, False),
    ],
)
def test_what_a_fault_looks_like(
    fault: ConnectionFault, amount: float, probe: Probe, met: bool
) -> None:
    assert expectation_of(fault, amount).is_met(probe) is met


def test_slow_answers_are_waited_for() -> None:
    assert expectation_of(ConnectionFault.LATENCY, 4000).timeout > 4


@pytest.mark.parametrize(
    ("fault", "amount", "said"),
    [
        (ConnectionFault.LATENCY, 0, "above 0: milliseconds"),
        (ConnectionFault.LATENCY, 20, "too little to be proven"),
        (ConnectionFault.BANDWIDTH, 100, "too little to be proven"),
        (ConnectionFault.CUT_AFTER, 10**6, "at most 100000 bytes"),
        (ConnectionFault.CUT_AFTER, -1, "above 0: bytes"),
    ],
)
def test_what_cannot_be_proven_is_refused(fault: ConnectionFault, amount: float, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        expectation_of(fault, amount)


def test_impaired_connections_live_on_by_design() -> None:
    slow = expectation_of(ConnectionFault.LATENCY, 500)
    assert slow.of_established(OK) is EstablishedVerdict.IMPAIRED
    assert DOWN.of_established(OK) is EstablishedVerdict.ALIVE
