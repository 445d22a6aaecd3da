"""The child process against servers of known slowness: what is sent, stamped, and survived."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from bench_server import bench_server
from waiting import wait_until

from focus_engine.latency.measuring.generator import honesty, pace_complaints
from focus_engine.latency.measuring.worker_process import WorkerProcess
from focus_engine.latency.planning.measurement_spec import MeasurementSpec
from focus_engine.latency.planning.plan import (
    AnswerExpectation,
    JobTerms,
    MeasurementPlan,
    PreparedRequest,
)
from focus_engine.latency.planning.schedule import ClosedLoop, Shape, constant
from focus_engine.latency.requirements.limit import percent_of
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.percentiles import percentile
from focus_engine.latency.statistics.samples import Samples
from focus_engine.ledger import JobLedger
from focus_engine.paths import IMPORT_ROOT
from focus_engine.verdict import ToolError

from .conftest import Run

pytestmark = pytest.mark.measured


def plan(url: str, count: int = 20, rate: float = 100.0, **changes: object) -> MeasurementPlan:
    shape = constant(rate, count / rate)
    return MeasurementPlan(
        (PreparedRequest("GET", url),), **{"shape": shape, "timeout": 2.0, **changes}
    )  # type: ignore[arg-type]


def test_stamps_are_absolute_and_the_warm_up_is_apart(server: str, run_plan: Run) -> None:
    samples, facts = run_plan(plan(f"{server}/a", count=50, warm_up=0.1))
    assert (len(samples), len(samples.warm_ups), facts["offered"]) == (50, 10, 50)
    assert np.allclose(np.diff(samples.due), 0.01, atol=1e-6)
    assert float(samples.due[0]) == pytest.approx(0.0, abs=1e-6)
    assert bool(np.all(samples.lag >= 0))
    assert bool(np.all(samples.response >= 0.004))
    assert np.allclose(samples.response, samples.lag + samples.service)


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("/a", Outcome.OK, 200),
        ("/status/500", Outcome.STATUS, 500),
        ("/redirect", Outcome.STATUS, 302),
        ("/empty", Outcome.NO_JOB_ID, 200),
        ("/close", Outcome.CONNECTION, 0),
        ("/hang", Outcome.TIMEOUT, 0),
    ],
)
def test_outcomes_are_told_apart(
    server: str, run_plan: Run, path: str, outcome: Outcome, status: int
) -> None:
    expectation = AnswerExpectation(job_id=True)
    timeout = 0.3 if outcome is Outcome.TIMEOUT else 30.0
    samples, _ = run_plan(plan(server + path, count=5, timeout=timeout, expectation=expectation))
    assert samples.outcomes()[outcome] == 5
    assert samples.statuses() == {status: 5}
    assert bool(samples.examples) is (outcome is not Outcome.OK)


def test_a_missing_key_is_a_wrong_body(server: str, run_plan: Run) -> None:
    expectation = AnswerExpectation(json_keys=("nothing",))
    samples, _ = run_plan(plan(f"{server}/a", count=3, expectation=expectation))
    assert samples.outcomes()[Outcome.WRONG_BODY] == 3
    assert samples.examples["WRONG_BODY"][0].startswith("no 'nothing' in 200")


def test_nothing_is_sent_twice(server: str, run_plan: Run, received: Callable[[], int]) -> None:
    """Not even a GET on a kept-alive connection that the server closes, which others repeat."""
    before = received()
    samples, _ = run_plan(plan(f"{server}/close", count=10, rate=20))
    assert len(samples) == 10
    assert received() - before - 1 == 10


def test_a_dead_server_took_no_connection_and_started_no_job(run_plan: Run, tmp_path: Path) -> None:
    ledger = JobLedger(tmp_path / "ledger.sqlite")
    jobs = JobTerms(str(ledger.path), 3, 20.0, 2.0, 5.0)
    samples, _ = run_plan(plan("http://127.0.0.1:9/a", count=5, jobs=jobs))
    assert samples.outcomes()[Outcome.UNREACHED] == 5
    assert ledger.alive() == 0


def test_who_does_not_even_take_connections_is_not_reached(run_plan: Run) -> None:
    """As behind a firewall that drops everything: the queue of a listener that never looks."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a"
        samples, _ = run_plan(plan(address, count=5, timeout=0.4))
    assert samples.outcomes()[Outcome.UNREACHED] == 5
    assert samples.examples["UNREACHED"][0] == "no connection within 0.4 s"


def test_a_stall_is_seen_by_the_open_loop_and_hidden_by_the_closed_one(run_plan: Run) -> None:
    def sampled(shape: Shape) -> Samples:
        with bench_server("--delay", "5", "--stall-at", "0.5", "--stall-for", "0.5") as address:
            return run_plan(plan(f"{address}/a", shape=shape))[0]

    with ThreadPoolExecutor() as pool:
        opened, waited = pool.map(sampled, (constant(100, 3.0), ClosedLoop(1, 3.0)))
    seen = percentile(opened.response, percent_of("P99")).value
    blind = percentile(waited.response, percent_of("P99")).value
    assert seen > 0.42  # 16 % of the arrivals wait, up to 0.5 s: 0.47 s, and what the machine adds
    assert blind < seen / 2


def test_what_does_not_fit_is_dropped_and_counted(server: str, run_plan: Run) -> None:
    _, facts = run_plan(plan(f"{server}/hang", count=20, timeout=0.5, max_in_flight=5))
    assert (facts["dropped"], facts["offered"], facts["rows"]) == (15, 20, 20)


def test_every_job_is_in_the_ledger(server: str, run_plan: Run, tmp_path: Path) -> None:
    ledger = JobLedger(tmp_path / "ledger.sqlite")
    jobs = JobTerms(str(ledger.path), 30, 1.0, 2.0, 5.0)
    expectation = AnswerExpectation(job_id=True)
    run_plan(plan(f"{server}/configure", count=12, rate=12, jobs=jobs, expectation=expectation))
    assert len(ledger.job_ids()) == 12
    assert ledger.in_flight() == frozenset()


def test_what_was_not_answered_may_have_started_a_job(
    server: str, run_plan: Run, tmp_path: Path
) -> None:
    ledger = JobLedger(tmp_path / "ledger.sqlite")
    jobs = JobTerms(str(ledger.path), 30, 20.0, 2.0, 5.0)
    run_plan(plan(f"{server}/hang", count=3, timeout=0.3, jobs=jobs))
    assert len(ledger.lost()) == 3
    run_plan(plan(f"{server}/status/500", count=3, jobs=jobs))
    assert ledger.alive() == 3


def test_a_pace_that_the_budget_does_not_carry_is_not_achieved(
    server: str, run_plan: Run, tmp_path: Path
) -> None:
    jobs = JobTerms(str(tmp_path / "ledger.sqlite"), 10, 0.5, 0.5, 5.0)
    expectation = AnswerExpectation(job_id=True)
    asked = plan(f"{server}/configure", count=60, rate=60, jobs=jobs, expectation=expectation)
    samples, facts = run_plan(asked)
    found = honesty(samples, facts, asked.shape)
    assert (found.sent, found.offered) == (60, 60)
    assert found.achieved < 0.7
    [complaint] = pace_complaints([found])
    assert "of the rate that was offered" in complaint


def test_a_client_that_computes_says_so(server: str, run_plan: Run) -> None:
    asked = plan(f"{server}/a", shape=constant(100_000, 0.1), max_in_flight=100_000)
    samples, facts = run_plan(asked)
    assert pace_complaints([honesty(samples, facts, asked.shape)]) != []


def test_a_quiet_client_says_so(server: str, run_plan: Run) -> None:
    asked = plan(f"{server}/a", count=20, rate=20, timeout=2.0)
    samples, facts = run_plan(asked)
    assert honesty(samples, facts, asked.shape).cpu_share < 0.5


def test_a_used_up_budget_is_an_error(server: str, run_plan: Run, tmp_path: Path) -> None:
    jobs = JobTerms(str(tmp_path / "ledger.sqlite"), 2, 60.0, 2.0, 0.3)
    with pytest.raises(ToolError, match="the job budget of 2 is used up"):
        run_plan(
            plan(
                f"{server}/configure",
                count=5,
                jobs=jobs,
                expectation=AnswerExpectation(job_id=True),
            )
        )


def test_sigterm_leaves_a_partial_result(server: str) -> None:
    with WorkerProcess(plan(f"{server}/a", count=1000)) as worker:
        time.sleep(0.5)
        os.kill(worker.pid, signal.SIGTERM)
        samples, facts = worker.finish(lambda _: None)
    assert facts["stopped_early"]
    assert 20 < len(samples) < 200


def test_a_killed_process_is_said_to_be(server: str) -> None:
    with WorkerProcess(plan(f"{server}/a", count=1000)) as worker:
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(ToolError, match=r"result \(signal 9\)\. .* Run the case again"):
            worker.finish(lambda _: None)


def test_what_was_under_way_when_stopped_is_unfinished(server: str) -> None:
    began = time.perf_counter()
    with WorkerProcess(plan(f"{server}/hang", count=1000)) as worker:
        time.sleep(0.3)
        worker.stop()
        samples, _ = worker.finish(lambda _: None)
    assert samples.outcomes()[Outcome.UNFINISHED] == len(samples) > 0
    assert 0 < float(samples.response[0]) < time.perf_counter() - began


def test_the_child_ends_when_its_parent_is_gone(server: str, tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from focus_engine.latency.measuring.worker_process import WorkerProcess\n"
        "from focus_engine.latency.planning.plan import MeasurementPlan\n"
        "worker = WorkerProcess(MeasurementPlan.from_json(sys.stdin.readline()))\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(IMPORT_ROOT), "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(plan(f"{server}/a", count=6000).to_json().encode() + b"\n")
    parent.stdin.flush()
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait(60)
    parent.stdin.close()
    parent.stdout.close()
    wait_until(lambda: _gone(pid), "the child has ended", within=30)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of open files is asked there")
def test_a_start_that_fails_leaves_nothing_behind(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    threads = threading.active_count()
    with pytest.raises(ToolError, match="lets a process open"):
        WorkerProcess(plan(f"{server}/a", shape=ClosedLoop(10**9, 1.0)))
    assert list(tmp_path.iterdir()) == []
    wait_until(lambda: threading.active_count() <= threads, "no thread is left")


def test_a_mistake_in_the_child_is_no_outcome() -> None:
    nothing_to_send = MeasurementPlan((), constant(100, 0.1))
    expected = r"ended without a result \(code 1\)\. It said last: ZeroDivisionError"
    with pytest.raises(ToolError, match=expected), WorkerProcess(nothing_to_send) as worker:
        worker.finish(lambda _: None)


def test_the_child_needs_no_numpy() -> None:
    code = (
        "import sys, focus_engine.latency.sampler.worker;"
        "print('numpy' in sys.modules, 'yaml' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(IMPORT_ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]


def test_an_order_knows_what_starts_jobs() -> None:
    assert MeasurementSpec("POST /configure").starts_jobs
    assert MeasurementSpec("POST /x", path="/configure?a=1").starts_jobs
    assert not MeasurementSpec("GET /configure").starts_jobs


def _gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has waited for is a zombie, and ended."""
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text(encoding="utf-8")
