"""Which fate of a request is the right one while a dependency is away."""

import re
from dataclasses import replace

import pytest
from unit.probes.conftest import answered, unanswered

from focus_engine.probes.expected_answer import TIME, Demand, judge_answer
from focus_engine.probes.single_request import NoAnswer

REFUSED = Demand([503], 5.0, ["mongo"])
GOOD = '{"error": "MongoDB is unavailable", "dependency": "mongodb"}'
DURING = "while mongodb is away"


def failures(answer, demand=REFUSED) -> list[str]:
    return judge_answer(answer, demand, DURING).failures


DATE = "Mon, 30 Nov 2026 15:00:00 GMT"


@pytest.mark.parametrize("when", ["0", "5", " 120 ", DATE])
def test_a_proper_refusal_passes(when) -> None:
    assert failures(answered(503, GOOD, **{"Retry-After": when})) == []


@pytest.mark.parametrize("when", ["-5", "", "soon", "2.5", "5 s", DATE[:-4], DATE[5:10]])
def test_when_to_ask_again_is_said_in_seconds_or_as_a_date(when) -> None:
    [said] = failures(answered(503, GOOD, **{"Retry-After": when}))
    assert "should say when to ask again (Retry-After: whole seconds or an HTTP date)" in said
    assert said.endswith(f"but it says '{when}'.")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            answered(500, '{"error": "x"}'),
            r"should be answered 503 while mongodb is away, but it answered 500: .* after 100 ms\.",
        ),
        (answered(200, '{"job_id": "1-1"}'), "but it answered 200: .*1-1"),
        (unanswered(NoAnswer.TIMEOUT), r"but it gave no answer within 8 s\."),
        (unanswered(NoAnswer.REFUSED, 0.0), r"but it was refused after 0 ms"),
        (answered(503, GOOD, 5.2, **{"Retry-After": "5"}), r"within 5 s .* that took 5\.2 s"),
        (answered(503, '{"error": "busy"}', **{"Retry-After": "5"}), "should name mongo, but"),
        (answered(503, "MongoDB is away", **{"Retry-After": "5"}), "should name mongo, but"),
        (answered(503, GOOD), r"say when to ask again \(Retry-After.* no such header"),
        (
            answered(503, '{"error": "mongo: Traceback (most recent call last)"}'),
            "shows a traceback",
        ),
        (
            answered(500, 'File "/app/x.py", line 3'),
            "shows a source line",
        ),
    ],
)
def test_every_other_fate_is_a_sentence(answer, message) -> None:
    said = failures(answer)
    assert said
    assert any(re.search(message, sentence) for sentence in said), said


def test_an_unaffected_request_is_served_in_time() -> None:
    served = Demand([200], 1.0)
    assert failures(answered(200, "{}"), served) == []
    assert "within 1 s" in failures(answered(200, "{}", 1.4), served)[0]
    assert "answered 503" in failures(answered(503, GOOD), served)[0]


def test_one_of_several_statuses_suffices() -> None:
    either = Demand([502, 503], 5.0, ["rabbit"])
    assert failures(answered(502, '{"detail": "RabbitMQ is away"}'), either) == []


@pytest.mark.parametrize(
    ("answer", "stood_still", "excused"),
    [
        (answered(200, "{}", 1.4), 0.5, True),
        (answered(200, "{}", 1.4), 0.3, False),  # the rest is late too
        (answered(200, "{}", 0.4), 0.3, False),  # in time
        (unanswered(NoAnswer.TIMEOUT), 7.5, True),  # of 8 s
        (unanswered(NoAnswer.TIMEOUT), 0.5, False),
        (unanswered(NoAnswer.REFUSED, 2.0), 1.5, False),
    ],
)
def test_what_is_late_because_this_machine_stood_still_is_not_checked(
    answer, stood_still, excused
) -> None:
    report = judge_answer(replace(answer, stood_still=stood_still), Demand([200], 1.0), DURING)
    reasons = report.unchecked(TIME)
    assert bool(reasons) is excused
    if excused:
        assert report.failures == []
        assert f"this machine stood still for {stood_still:.1f} s of them" in reasons[0]


def test_what_else_is_wrong_fails_however_the_machine_stood_still() -> None:
    late = replace(answered(503, '{"error": "busy"}', 5.5), stood_still=5.0)
    assert any("should name mongo" in each for each in failures(late))
