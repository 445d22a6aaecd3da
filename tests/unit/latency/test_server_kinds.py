"""Servers that go wrong, each in its way, and clients that do: who is blamed, in a sentence."""

import errno
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from bench_server import bench_server

from focus_engine.latency.measuring.events import Phase
from focus_engine.latency.measuring.generator import honesty
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.measuring.session import UnreachableError, _require_an_answer
from focus_engine.latency.measuring.worker_process import WorkerProcess
from focus_engine.latency.planning.measurement_spec import MeasurementSpec
from focus_engine.latency.planning.plan import (
    AnswerExpectation,
    JobTerms,
    MeasurementPlan,
    PreparedRequest,
)
from focus_engine.latency.planning.schedule import constant
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.latency.sampler.answers import judged
from focus_engine.latency.sampler.connecting import UnconnectedError
from focus_engine.latency.sampler.http_answer import IncompleteAnswerError
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.sampler.own_limits import (
    OWN_ERRORS,
    UNRESOLVED,
    USED_UP,
    outcome_of,
    words_of,
)
from focus_engine.latency.statistics.samples import samples_of
from focus_engine.latency.verdict.judgement import conclude, judge
from focus_engine.paths import IMPORT_ROOT, PROJECT
from focus_engine.verdict import ProductFailure, ToolError, Undetermined
from focus_keywords.subject import ANSWER_KEYS, EMPTY, Declared

pytestmark = pytest.mark.measured
AT_ONCE = 4
Found = TypeVar("Found")
P95 = Limit(Fraction(95), 0.3)
REQUIREMENT = LatencyRequirement((P95,), 0.0)


def plan(url: str, seconds: float = 2.0, rate: float = 40.0, **changes: object) -> MeasurementPlan:
    made = MeasurementPlan((PreparedRequest("GET", url),), constant(rate, seconds), timeout=2.0)
    return replace(made, **changes)  # type: ignore[arg-type]


def measured(
    asked: MeasurementPlan, meddle: Callable[[WorkerProcess], None] | None = None
) -> Measurement:
    with WorkerProcess(asked) as worker:
        if meddle is not None:
            meddle(worker)
        samples, facts = worker.finish(lambda _: None)
    return Measurement(
        "GET /a",
        "sandbox",
        asked.shape.describe(),
        samples,
        asked,
        rounds=[honesty(samples, facts, asked.shape)],
        same_machine=asked.same_machine,
    )


def side_by_side(one: Callable[..., Found], table: dict[str, tuple]) -> dict[str, Found]:
    """What each row of `table` came to; they mostly wait, a few of them at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way = {name: pool.submit(one, *row) for name, row in table.items()}
    return {name: each.result() for name, each in under_way.items()}


def verdict(found: Measurement, requirement: LatencyRequirement = REQUIREMENT) -> str:
    """PASS, or the class and sentence of what was concluded."""
    try:
        conclude(found, judge(found, requirement), Phase.WHOLE)
    except (ProductFailure, ToolError, Undetermined) as error:
        return f"{type(error).__name__}: {error}"
    return "PASS"


SLOW = ("--delay", "3000")
NEVER_AGAIN = ("--stall-at", "0.3", "--stall-for", "60")
NOW_AND_THEN = ("--stall-at", "0.1", "--stall-for", "0.9", "--stall-every", "1.5")
NO_JOB = {"expectation": AnswerExpectation(json_keys=("job_id",))}
BAD_SERVERS = {
    "stalls now and then": (NOW_AND_THEN, "/a", {"shape": constant(40, 5.0)}),
    "slower than the timeout": (SLOW, "/a", {}),
    "slow": (("--delay", "900"), "/a", {}),
    "one after another": (("--per-second", "12"), "/a", {}),
    "silent from then on": (NEVER_AGAIN, "/a", {}),
    "never answers": ((), "/hang", {}),
    "never answers, dropped": ((), "/hang", {"max_in_flight": 10}),
    "500": ((), "/status/500", {}),
    "503": ((), "/status/503", {}),
    "closes": ((), "/close", {}),
    "tells nothing": ((), "/empty", NO_JOB),
}


def test_a_bad_server_fails() -> None:
    def asked(options: tuple[str, ...], path: str, changes: dict) -> str:
        with bench_server(*options) as address:
            return verdict(measured(plan(address + path, 1.0, **{"timeout": 1.0, **changes})))

    found = side_by_side(asked, BAD_SERVERS)
    expected = "ProductFailure: GET /a: expected P95 <= 300 ms, but"
    assert {kind: said for kind, said in found.items() if not said.startswith(expected)} == {}


def test_a_slow_server_that_holds_the_job_budget_fails_unless_its_limit_allows_it(
    tmp_path: Path,
) -> None:
    """The loop waits for places that unanswered requests hold: that is the server's time."""

    def asked(path: str, timeout: float, limit: Limit) -> tuple[float, str]:
        ledger = tmp_path / f"{limit.seconds}{path[1:]}.sqlite"
        jobs = JobTerms(str(ledger), 10, 0.2, timeout, 9.0)
        expected = AnswerExpectation(job_id=True)
        with bench_server("--delay", "1200") as address:
            sent = plan(address + path, 1.0, 30, timeout=timeout, jobs=jobs, expectation=expected)
            found = measured(sent)
        return found.rounds[0].held, verdict(found, LatencyRequirement((limit,), 0.0))

    allowed = Limit(Fraction(90), 4.5)
    table = {
        "hangs": ("/hang", 1.2, P95),
        "slow": ("/configure", 5.0, P95),
        "allowed": ("/configure", 5.0, allowed),
    }
    found = side_by_side(asked, table)
    assert all(held > 0.5 for held, _ in found.values()), found
    for kind in ("hangs", "slow"):
        said = found[kind][1]
        assert said.startswith("ProductFailure: GET /a: expected P95 <= 300 ms, but"), said
    assert found["allowed"][1].startswith("Undetermined: "), found
    assert "they held the job budget" in found["allowed"][1]


def test_one_stall_says_nothing() -> None:
    with bench_server("--stall-at", "1", "--stall-for", "0.7") as address:
        found = verdict(measured(plan(f"{address}/a", seconds=3.0)))
    assert found.startswith(("Undetermined: ", "ToolError: ")), found


def test_a_sampler_that_stood_still_is_no_evidence_against_the_server(server: str) -> None:
    def stop_a_while(worker: WorkerProcess) -> None:
        os.kill(worker.pid, signal.SIGSTOP)
        threading.Timer(1.5, os.kill, (worker.pid, signal.SIGCONT)).start()

    found = measured(plan(f"{server}/a", seconds=3.0), stop_a_while)
    assert float(found.samples.response.max()) > 1
    assert float(found.samples.certain().response.max()) < 1
    assert verdict(found).startswith("ToolError: "), verdict(found)


def test_the_sampler_that_stood_still_does_not_excuse_the_server(server: str) -> None:
    def stop_a_while(worker: WorkerProcess) -> None:
        os.kill(worker.pid, signal.SIGSTOP)
        threading.Timer(0.5, os.kill, (worker.pid, signal.SIGCONT)).start()

    with bench_server("--delay", "1500") as address:
        found = verdict(measured(plan(f"{address}/a", seconds=1.0), stop_a_while))
    assert found.startswith("ProductFailure: GET /a: expected P95 <= 300 ms, but"), found


def test_a_name_that_cannot_be_resolved_is_the_clients() -> None:
    found = measured(plan("http://no-such-host.invalid/a", seconds=0.5))
    assert found.samples.outcomes()[Outcome.CLIENT] == len(found.samples)
    assert "could not be sent by this machine" in verdict(found)


def connecting(*numbers: int) -> UnconnectedError:
    """What is said where each address of a name failed in its own way."""
    return UnconnectedError(*(OSError(number, os.strerror(number)) for number in numbers))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        *((connecting(number), Outcome.CLIENT) for number in OWN_ERRORS),
        *((OSError(number, "x"), Outcome.CLIENT) for number in USED_UP),
        (UnconnectedError(socket.gaierror(socket.EAI_NONAME, "no such name")), Outcome.CLIENT),
        (connecting(errno.EADDRNOTAVAIL, errno.EMFILE), Outcome.CLIENT),
        (connecting(errno.ECONNREFUSED, errno.EMFILE), Outcome.CLIENT),
        (connecting(errno.ENETUNREACH, errno.ENETUNREACH), Outcome.CLIENT),
        (connecting(errno.ECONNREFUSED, errno.ENETUNREACH), Outcome.UNREACHED),
        (connecting(errno.ECONNREFUSED), Outcome.UNREACHED),
        (connecting(errno.EHOSTUNREACH), Outcome.UNREACHED),
        (UnconnectedError(ssl.SSLError(errno.EPERM, "handshake failure")), Outcome.UNREACHED),
        (ssl.SSLError(errno.EPERM, "bad record"), Outcome.CONNECTION),
        (ConnectionResetError(errno.ECONNRESET, "x"), Outcome.CONNECTION),
        (ConnectionResetError("Too many open files"), Outcome.CONNECTION),
        (IncompleteAnswerError("Cannot allocate memory"), Outcome.CONNECTION),
    ],
    ids=str,
)
def test_whose_fault_an_error_is(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) is outcome
    assert "None" not in words_of(error)


@pytest.mark.parametrize(
    ("kind", "example", "said"),
    [
        (Outcome.UNREACHED, "ConnectionRefusedError: Connect call failed", "Is the server running"),
        (Outcome.UNREACHED, "certificate verify failed", "Give the server's CA"),
        (Outcome.CLIENT, f"{UNRESOLVED}: no such name", "is its address right"),
        (Outcome.CLIENT, "OSError: Cannot assign requested address", "This machine is at fault"),
        (Outcome.CONNECTION, "the body was cut off after 2 bytes", None),
        (Outcome.TIMEOUT, "no complete answer within 2 s", None),
        (Outcome.DROPPED, "1000 requests were unanswered", None),
    ],
)
def test_only_what_was_never_connected_says_nothing_of_the_server(
    kind: Outcome, example: str, said: str | None
) -> None:
    found = replace(samples_of(range(9), [0.01] * 9), examples={kind.name: [example]})
    found.rows["outcome"] = kind
    with pytest.raises(UnreachableError, match=said) if said else nullcontext():
        _require_an_answer(found, "http://server")


def test_too_few_open_files_are_said_at_the_start(server: str) -> None:
    code = (
        "import sys, resource\n"
        "from focus_engine.latency.measuring.worker_process import WorkerProcess\n"
        "from focus_engine.latency.planning.plan import MeasurementPlan\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))\n"
        "WorkerProcess(MeasurementPlan.from_json(sys.stdin.readline()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=plan(f"{server}/a", rate=100.0).to_json() + "\n",
        env={**os.environ, "PYTHONPATH": str(IMPORT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "lets a process open 100 files" in done.stderr
    assert "a server that stops answering would need" in done.stderr


def test_large_answers_are_judged_beside_the_loop(server: str) -> None:
    expectation = AnswerExpectation(json_keys=("frequencies_list",), job_id=True)
    found = measured(plan(f"{server}/large", 1.0, expectation=expectation))
    assert found.samples.outcomes()[Outcome.OK] == len(found.samples) == 40
    missing = measured(
        plan(f"{server}/large", 1.0, expectation=AnswerExpectation(json_keys=("nothing",)))
    )
    assert missing.samples.outcomes()[Outcome.WRONG_BODY] == 40
    assert missing.samples.examples["WRONG_BODY"][0].startswith("no 'nothing' in 200: {")


@pytest.mark.parametrize("body", [{}, {"prr": None}, {"prr": []}, {"prr": ""}, [], None, "prr"])
def test_an_empty_value_is_a_missing_one(body: object) -> None:
    answer = judged(AnswerExpectation(json_keys=("prr",)), 200, json.dumps(body).encode())
    assert answer.outcome is Outcome.WRONG_BODY
    for value in (0, False, 1.5, "x"):
        text = json.dumps({"prr": value}).encode()
        assert judged(AnswerExpectation(json_keys=("prr",)), 200, text).outcome is Outcome.OK


@pytest.mark.parametrize("endpoint", [*ANSWER_KEYS, *EMPTY])
@pytest.mark.parametrize("body", [b"", b" ", b"{}", b"[]", b"null", b"0", b"<html></html>"])
def test_a_200_that_tells_nothing_is_no_answer_of_any_endpoint(endpoint: str, body: bytes) -> None:
    asked = Declared().completed(MeasurementSpec(endpoint))
    expectation = AnswerExpectation((200,), asked.expect_keys, nothing=asked.expect_nothing)
    right = endpoint in EMPTY and not body
    assert judged(expectation, 200, body).outcome is (Outcome.OK if right else Outcome.WRONG_BODY)


def test_every_get_that_is_measured_is_known_by_its_body() -> None:
    rows = PROJECT / "robot" / "2__performance_api" / "latency" / "endpoint_latency.robot"
    measured_there = re.findall(
        r"GET /\S+", rows.read_text(encoding="utf-8").split("Test Cases")[1]
    )
    assert set(measured_there) == {*ANSWER_KEYS, *EMPTY}


def test_a_busy_machine_voids_a_fail_and_never_a_pass(server: str) -> None:
    found = measured(plan(f"{server}/a", seconds=1.0, rate=80.0))
    found.rounds[0] = replace(found.rounds[0], lag_p99=0.05, loop_late=0.05)
    fast = LatencyRequirement((Limit(Fraction(95), 1.0),), 0.0)
    assert verdict(found, fast) == "PASS"
    found.samples.rows["done"] += 0.55
    slower = replace(found, samples=replace(found.samples))
    slow = LatencyRequirement((Limit(Fraction(95), 0.3),), 0.0)
    assert "in one case of a hundred a process waits 50 ms for a core" in verdict(slower, slow)
    found.rounds[0] = replace(found.rounds[0], loop_late=0.0, queued_p99=0.04)
    waiting = replace(found, samples=replace(found.samples))
    waiting.samples.rows["queued"] = 0.4
    assert "in one case of a hundred a process waits 40 ms for a core" in verdict(waiting, slow)
    certain = replace(found, samples=replace(found.samples))
    certain.samples.rows["done"] += 1.0
    assert verdict(certain, slow).startswith("ProductFailure: ")
    assert np.all(certain.samples.response > 1)
