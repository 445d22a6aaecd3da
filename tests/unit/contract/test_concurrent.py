import json
import threading
from dataclasses import replace

import pytest

from focus_engine.checks.report import Report
from focus_engine.contract.judge_together import (
    OWN_PORT,
    judge_capacity,
    judge_own_jobs,
    judge_same_answers,
    judge_slots_reused,
)
from focus_engine.ledger import JobLedger
from focus_engine.transport.concurrent import MOST_AT_ONCE, configure_together, send_together
from focus_engine.transport.http_transport import Wire
from focus_engine.verdict import PreconditionUnmet, ToolError, Undetermined


@pytest.fixture
def job(reply_of):
    """The answer to an accepted configuration."""

    def make(job_id: str, port: int):
        return reply_of(200, json.dumps({"job_id": job_id, "stream_port": port}))

    return make


def test_all_are_under_way_before_any_is_answered(reply_of) -> None:
    under_way = threading.Barrier(5, timeout=10)

    def send():
        under_way.wait()  # would time out if they were sent one after another
        return reply_of(200, "")

    assert len(send_together([send] * 5)) == 5


def test_a_failing_send_is_not_swallowed(reply_of) -> None:
    def fail():
        raise ToolError("no answer.")

    with pytest.raises(ToolError, match="no answer"):
        send_together([lambda: reply_of(200, ""), fail])


@pytest.mark.parametrize("count", [0, MOST_AT_ONCE + 1])
def test_none_and_too_many_are_refused(reply_of, count: int) -> None:
    with pytest.raises(ToolError, match=f"{count} requests cannot be sent together"):
        send_together([lambda: reply_of(200, "")] * count)


def test_more_than_the_environment_allows_is_an_unmet_precondition(environment, tmp_path) -> None:
    wire = Wire(environment, JobLedger(tmp_path / "ledger.sqlite"))
    api = type("Api", (), {"wire": wire, "environment": environment})()
    with pytest.raises(PreconditionUnmet, match="jobs are needed at once"):
        configure_together(api, [None] * (wire.terms.budget + 1))


def test_reserved_places_are_given_back(environment, tmp_path) -> None:
    ledger = JobLedger(tmp_path / "ledger.sqlite")
    wire = Wire(environment, ledger)
    with wire.reserved(3):
        assert ledger.alive() == 3
    assert ledger.alive() == 0


def test_own_jobs(job, reply_of) -> None:
    assert judge_own_jobs([job("1-1", 1), job("2-2", 2)]).failures == []
    (failure,) = judge_own_jobs([job("1-1", 1), job("2-2", 1)]).failures
    assert failure.endswith("a stream_port of their own, but 1 was given 2 times.")
    (failure,) = judge_own_jobs([job("1-1", 1), job("1-1", 2)]).failures
    assert "a job_id of their own, but 1-1 was given 2 times" in failure
    (failure,) = judge_own_jobs([job("1-1", 1), reply_of(502, "bad")]).failures
    assert "but 1 were not; the first was answered 502: bad" in failure


def test_ports_of_jobs_that_were_not_alive_together_are_not_judged(job) -> None:
    late = [replace(job("1-1", 1), seconds=3.0), job("2-2", 1)]
    findings = judge_own_jobs(late, job_life=2.0)
    assert findings.failures == []
    with pytest.raises(Undetermined, match=r"an answer took 3\.0 s and a job lives 2 s"):
        findings.conclude(decisive=(OWN_PORT,))
    assert len(judge_own_jobs(late, job_life=4.0).failures) == 1


def test_capacity(job, reply_of) -> None:
    refused: list[int] = []

    def note(reply) -> Report:
        refused.append(reply.status)
        return Report()

    replies = [job("1-1", 1), reply_of(503, "full"), reply_of(500, "")]
    assert judge_capacity(replies, lambda _: Report(), note).failures == []
    assert refused == [503, 500]
    (failure,) = judge_capacity([reply_of(503, "full")], lambda _: Report(), note).failures
    assert "at least one should be accepted" in failure


def test_same_answers(reply_of) -> None:
    assert judge_same_answers([reply_of(200, "a")] * 3).failures == []
    (failure,) = judge_same_answers([reply_of(200, "a"), reply_of(200, "b")]).failures
    assert "answered alike" in failure
    (failure,) = judge_same_answers([reply_of(200, "a"), reply_of(502, "b")]).failures
    assert "but 1 did not; the first was answered 502: b" in failure


def test_slots(job) -> None:
    before = [job("1-1", 1), job("2-2", 2)]
    after = [job("1-3", 1), job("2-4", 2)]
    higher = [replace(each, body=each.body.replace(b'"1-', b'"3-')) for each in after]
    assert judge_slots_reused(before, after, shared=False).failures == []
    (failure,) = judge_slots_reused(before, higher, shared=False).failures
    assert "should get slots up to 2, but they got [2, 3]" in failure
    (failure,) = judge_slots_reused(before, [job("1-1", 1)], shared=False).failures
    assert failure == "job_id 1-1 was given again, to a job that began after that one's end."
    doubtful = judge_slots_reused(before, higher, shared=True)
    assert (doubtful.failures, len(doubtful.unchecked("slots"))) == ([], 1)


def test_a_slow_server_is_not_accused_of_giving_a_port_twice(job) -> None:
    """A job may have ended, and its port been given again, before the last answer came."""
    slow = [replace(job("1-1", 1), seconds=9.0), job("1-2", 1)]
    findings = judge_own_jobs(slow, job_life=2.0)
    assert findings.failures == []
    [reason] = findings.unchecked("own stream_port")
    assert reason.startswith("an answer took 9.0 s and a job lives 2 s")
    assert judge_own_jobs(slow, job_life=60.0).failures != []
