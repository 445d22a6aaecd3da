"""The sampler settles its reservations by the one rule of `focus_engine.job_start`."""

import asyncio
from pathlib import Path

import pytest

from focus_engine.job_start import NOT_SENT, UNANSWERED, Fate
from focus_engine.latency.planning.plan import AnswerExpectation, JobTerms
from focus_engine.latency.sampler.answers import judged
from focus_engine.latency.sampler.reservations import Reservations
from focus_engine.ledger import JobLedger

CONFIGURE = AnswerExpectation(statuses=(200,), job_id=True)


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, b'{"job_id": "1-7"}', Fate.STARTED),
        (200, b'{"job_id": 7}', Fate.STARTED),
        (202, b'{"job_id": "1-7"}', Fate.STARTED),
        (200, b"<html>welcome</html>", Fate.MAYBE),
        (202, b"", Fate.MAYBE),
        (400, b'{"error": "channels"}', Fate.REFUSED),
        (429, b"", Fate.REFUSED),
        (408, b"", Fate.FAILED),
        (500, b'{"error": "overloaded"}', Fate.FAILED),
        (504, b"<html>Gateway Time-out</html>", Fate.FAILED),
    ],
)
def test_an_answer_is_settled_by_the_rule(status: int, body: bytes, fate: Fate) -> None:
    assert judged(CONFIGURE, status, body).start.fate is fate


def test_reservations_are_settled_in_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    started = judged(CONFIGURE, 200, b'{"job_id": 7}').start

    async def run() -> None:
        terms = JobTerms(str(path), budget=9, life=60.0, answer_limit=5.0, wait_limit=1.0)
        reservations = Reservations(terms, 1.0)
        for start in (started, UNANSWERED, NOT_SENT):
            reservations.settle(await reservations.take(), start)
        await reservations.close()

    asyncio.run(run())
    ledger = JobLedger(path)
    assert ledger.job_ids() == {"7"}
    assert ledger.alive() == 2
    assert len(ledger.lost()) == 1
