import pytest

from focus_engine.contract.endpoints.job_answers import (
    judge_inability,
    judge_next_id,
    judge_unknown_job,
    reason_of,
)
from focus_engine.settings import requirements


def test_an_unknown_job_has_one_right_answer(reply_of) -> None:
    required = requirements()
    assert judge_unknown_job(reply_of(404, '{"error":"Invalid job_id"}'), required).failures == []
    (wrong,) = judge_unknown_job(reply_of(404, '{"error":"No such job"}'), required).failures
    assert "should answer exactly" in wrong
    (wrong,) = judge_unknown_job(reply_of(200, '{"error":"Invalid job_id"}'), required).failures
    assert "should answer 404, but the server answered 200" in wrong


def test_an_inability_says_why(reply_of) -> None:
    assert judge_inability(reply_of(503, '{"error":"no slot"}'), [429, 503], "x").failures == []
    (wrong,) = judge_inability(reply_of(500, ""), [429, 503], "no slot is free").failures
    assert "should be refused (429 or 503) because no slot is free, but the server" in wrong
    (wrong,) = judge_inability(reply_of(503, ""), [503], "x").failures
    assert "with a reason in JSON" in wrong
    (wrong,) = judge_inability(reply_of(503, '{"error":"amqp://rabbit"}'), [503], "x").failures
    assert "shows the address of a dependency" in wrong


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"message":"busy"}', "busy"),
        ('{"error":" ","detail":"full"}', "full"),
        ('{"error":5}', ""),
        ("[]", ""),
        ("<html>", ""),
    ],
)
def test_a_reason_is_a_text(reply_of, body: str, reason: str) -> None:
    assert reason_of(reply_of(503, body)) == reason


def test_an_id_is_given_once_and_counted_on() -> None:
    (wrong, _) = judge_next_id("1-5", ["1-4", "1-5"]).failures
    assert wrong == "job_id 1-5 was given again, to a job that began after that one's end."
    (wrong,) = judge_next_id("2-5", ["1-4", "1-5"]).failures
    assert wrong.endswith("had ended, so it should count on from 5.")
    assert judge_next_id("1-9", ["1-4", "1-5"]).failures == []


@pytest.mark.parametrize(
    ("job_id", "earlier", "why"),
    [("1-1", ["1-4", "2-5"], "restarted"), ("00a4", ["00a3"], "the ids name none")],
)
def test_a_counter_that_tells_nothing_accuses_nobody(job_id: str, earlier: list, why: str) -> None:
    found = judge_next_id(job_id, earlier)
    assert found.failures == []
    assert why in found.unchecked("counter")[0]
