"""Recovery counts from the proven lift, and takes several good answers in a row."""

import time
from itertools import chain, repeat

import pytest
from unit.probes.conftest import answered, unanswered

from focus_engine.evidence import Evidence
from focus_engine.probes.recovery import Patience, await_recovery, require_within
from focus_engine.probes.single_request import NoAnswer
from focus_engine.verdict import ProductFailure

GOOD = answered(200, "{}")
BAD = answered(503, '{"error": "mongo"}')


def recover(*answers, lifted: float = 0.0, consecutive: int = 2, **patience):
    coming = chain(answers[:-1], repeat(answers[-1]))
    return await_recovery(
        lambda: next(coming),
        time.monotonic() - lifted,
        Patience(consecutive, **{"give_up": 60.0, **patience}),
        Evidence(),
    )


def test_the_first_and_the_steady_answer_are_told_apart() -> None:
    recovery = recover(GOOD, BAD, GOOD, consecutive=3)
    assert [one.good for one in recovery.tries] == [True, False, True, True, True]
    assert recovery.first < recovery.steady
    assert recovery.steady >= 0.1


def test_time_counts_from_the_lift() -> None:
    assert recover(GOOD, lifted=7.0).first >= 7.0


@pytest.mark.parametrize("answer", [BAD, unanswered(NoAnswer.REFUSED, 0.0)])
def test_a_server_that_does_not_recover_is_given_up(answer) -> None:
    with pytest.raises(ProductFailure, match=r"served again after the outage without a restart"):
        recover(answer, give_up=0.3)


def test_after_a_load_an_answer_must_come_as_soon_as_usual() -> None:
    with pytest.raises(ProductFailure, match=r"\(2 times in a row, each within 1 ms\)"):
        recover(GOOD, give_up=0.0, within=0.001, after="the load")
    assert recover(GOOD, within=60.0, after="the load").steady < 60.0


def test_a_limit_is_judged_only_where_there_is_one() -> None:
    recovery = recover(GOOD, lifted=2.0)
    require_within(recovery, None)
    require_within(recovery, 60.0)
    with pytest.raises(ProductFailure, match=r"within 1 s .* steadily only after [\d.]+ s"):
        require_within(recovery, 1.0)
