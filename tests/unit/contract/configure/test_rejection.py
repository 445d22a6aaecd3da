import json
from dataclasses import replace
from pathlib import Path

import pytest

from focus_engine.checks.finding import Severity
from focus_engine.contract.configure.rejection import (
    Leftovers,
    channels_of,
    judge_leftovers,
    judge_no_recording,
    judge_rejection,
    names_of,
)
from focus_engine.kubernetes.jobs import GrpcJob
from focus_engine.ledger import JobLedger, Terms
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ToolError

TERMS = Terms(9, life=60, answer_limit=5, wait_limit=0)
NAMING = ["channels"]
DEFAULTS = client_settings().Defaults


def failures(reply, naming=NAMING) -> list[str]:
    return judge_rejection(reply, naming, requirements()).failures


@pytest.mark.parametrize(
    "body",
    [
        '{"error": "channels.max must be at most 2222"}',
        '{"error": {"channels": "too many"}}',
        '{"error": "too many channels", "field": "channels.max"}',
        '{"error": "too many channels", "field": null}',
        '{"detail": [{"type": "missing", "loc": ["body", "channels"], "msg": "Field required"}]}',
    ],
)
def test_a_proper_rejection_passes(reply_of, body: str) -> None:
    assert failures(reply_of(400, body)) == []
    assert failures(reply_of(422, body)) == []


def test_accepted_though_invalid(reply_of) -> None:
    reply = reply_of(200, '{"job_id": "3-12"}', 'channels {"min":1,"max":2223}')
    assert failures(reply) == [
        (
            'POST /configure with channels {"min":1,"max":2223} should be rejected (400 or 422), '
            "but the server accepted it: 200, job 3-12."
        )
    ]


def test_a_crash_is_no_rejection(reply_of) -> None:
    assert failures(reply_of(500, '{"error":"Error parsing configuration"}')) == [
        (
            "POST /configure with channels null should be rejected (400 or 422), but the server "
            'answered 500: {"error":"Error parsing configuration"}'
        )
    ]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<html>channels</html>", "should have a JSON body"),
        ("", "should have a JSON body, but the server answered 400 with an empty body"),
        ('["channels"]', "should have a JSON body"),
        (r'{"detail": "channels \ud800"}', "half a surrogate pair"),
        ("[" * 5000, "nests deeper"),
        ('{"detail": ' + "9" * 5000 + "}", "digits"),
        ('{"error": "Invalid request"}', "should name channels"),
        ('{"error": "channels: at most 9", "field": "view_type"}', "at the field view_type; exp"),
        ('{"detail": [{"msg": "channels", "field": "end_time"}]}', "at the field end_time; exp"),
        ('{"detail": [{"msg": "bad", "input": {"channels": 1}}]}', "should name channels"),
        ('{"error": "channels at mongodb://db"}', "shows the address of a dependency: 'mongodb"),
        ('{"error": "channels", "job_id": "3-12"}', "its body carries job_id"),
        ('{"error": "channels", "stream_port": 12303}', "its body carries stream_port"),
    ],
)
def test_an_improper_body(reply_of, body: str, sentence: str) -> None:
    (failure,) = failures(reply_of(400, body))
    assert sentence in failure


def test_alternatives_and_the_words_people_use() -> None:
    assert names_of(["channels.min", "channels.max"]) == ["channels", "channel", "sensor"]
    assert "nfft" in names_of(["nfftSelection"])


def test_a_rejection_must_be_told_what_to_name(reply_of) -> None:
    with pytest.raises(ToolError, match="Give naming=FIELD"):
        failures(reply_of(400, "{}"), [])


def test_no_recording_has_its_status_and_text(reply_of) -> None:
    def judged(status: int, text: str) -> list[str]:
        reply = reply_of(status, json.dumps({"error": text}))
        return judge_no_recording(reply, requirements()).failures

    assert judged(404, "No recording found in given time range") == []
    assert "should say 'No recording found" in judged(404, "Not Found")[0]
    assert judged(400, "No recordings between 1 and 2") == []
    assert "shows the name of a" in judged(400, "No recordings in mongodb.panda.svc")[0]
    assert "should say 'No recording found" in judged(400, "start_time: wrong")[0]
    assert "should be rejected (404 or 400), but the server answered 500" in judged(500, "x")[0]


class Cluster:
    def __init__(self, *jobs: GrpcJob) -> None:
        self._jobs = jobs

    def current(self) -> list[GrpcJob]:
        return list(self._jobs)


@pytest.fixture
def ledger(tmp_path: Path) -> JobLedger:
    return JobLedger(tmp_path / "ledger.sqlite")


def left_behind(reply_of, ledger: JobLedger, *jobs: GrpcJob, shared: bool = False, **changes):
    reply = replace(reply_of(400, "{}"), jobs_before=frozenset({"1-1"}), **changes)
    (point,) = judge_leftovers(reply, (1, 50), Leftovers(Cluster(*jobs), ledger, shared)).findings
    return point


def test_nothing_left_behind(reply_of, ledger: JobLedger) -> None:
    ledger.record(ledger.reserve(TERMS), "2-2")  # another worker's
    jobs = (GrpcJob("1-1", None), GrpcJob("2-2", (1, 50)))
    assert left_behind(reply_of, ledger, *jobs).severity is Severity.OK


def test_a_job_left_behind_is_named(reply_of, ledger: JobLedger) -> None:
    point = left_behind(reply_of, ledger, GrpcJob("3-3", None))
    assert point.severity is Severity.FAIL
    assert point.sentence == (
        "POST /configure with channels null was rejected with 400, but it left grpc-job-3-3 behind."
    )


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (DEFAULTS.StartChannel, DEFAULTS.EndChannel, False),
        (DEFAULTS.StartChannel, DEFAULTS.StartChannel, False),
        (DEFAULTS.StartChannel, DEFAULTS.EndChannel + 1, True),
        (0, DEFAULTS.EndChannel, True),
        ("1", 2, False),
    ],
)
def test_channels_that_any_client_sends_tell_nothing(low, high, told: bool) -> None:
    channels = channels_of({"channels": {"min": low, "max": high}}, DEFAULTS)
    assert channels == ((low, high) if told else None)


def test_on_a_shared_system_only_a_job_with_the_same_channels_is_ours(
    reply_of, ledger: JobLedger
) -> None:
    foreign = left_behind(reply_of, ledger, GrpcJob("3-3", (7, 7)), shared=True)
    assert foreign.severity is Severity.NOT_CHECKED
    ours = left_behind(reply_of, ledger, GrpcJob("3-3", (1, 50)), shared=True)
    assert ours.severity is Severity.FAIL


def test_without_a_cluster_it_is_not_checked(reply_of, ledger: JobLedger) -> None:
    (point,) = judge_leftovers(reply_of(400, "{}"), None, Leftovers(None, ledger, False)).findings
    assert point.severity is Severity.NOT_CHECKED
