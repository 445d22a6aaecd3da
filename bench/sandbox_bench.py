"""Is the sandbox fast enough not to be what is measured? On loopback, with the client beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.measuring import Line, by_engine
from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.latency.planning.plan import AnswerExpectation, PreparedRequest
from focus_engine.latency.planning.schedule import ClosedLoop, constant
from focus_engine.latency.requirements.limit import percent_of
from focus_engine.latency.statistics.percentiles import percentile
from focus_engine.settings import client_settings

PROJECT = Path(__file__).resolve().parents[1]
JOB_LIFE = "1s"
USERS = 8
RATE, SECONDS = 100, 10.0  # of the open loop
P99 = percent_of("P99")

# The goals.
LEAST_PER_SECOND = 200
MOST_P99 = 0.015


@contextmanager
def sandbox() -> Iterator[str]:
    """A sandbox of its own; yields the address of its Focus Server."""
    command = [sys.executable, "-m", "sandbox", "up", "--job-life", JOB_LIFE]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    ) as process:
        assert process.stdout is not None  # noqa: S101 - we asked for a pipe
        yield str(json.loads(process.stdout.readline())["base_url"])
        process.communicate()  # closes its stdin, which ends it


def configuring(base_url: str) -> PreparedRequest:
    body = configuration(client_settings(), View.MULTICHANNEL).to_body()
    headers = (("Content-Type", "application/json"),)
    return PreparedRequest("POST", f"{base_url}/configure", headers, body)


def sandbox_capacity(rounds: int) -> list[Line]:
    """The sandbox's jobs are its own, so no ledger paces them here."""
    answered = AnswerExpectation(job_id=True)
    with sandbox() as base_url:
        request = configuring(base_url)
        rates, tails, failed = [], [], 0
        for _ in range(rounds):
            most, found = by_engine(request, ClosedLoop(USERS, 3.0), 1.0, answered)
            paced, _ = by_engine(request, constant(RATE, SECONDS), 1.0, answered)
            rates.append(found.rate)
            tails.append(percentile(paced.ok_response, P99).value)
            failed += int(most.failed.sum()) + int(paced.failed.sum())
    return [
        Line(
            f"sandbox, POST /configure by {USERS} users: >= {LEAST_PER_SECOND} per second",
            f"{median(rates):.0f} per second, {failed} failed",
            median(rates) >= LEAST_PER_SECOND and not failed,
        ),
        Line(
            f"sandbox, P99 of POST /configure at {RATE}/s: < {MOST_P99 * 1000:g} ms",
            f"{median(tails) * 1000:.1f} ms",
            median(tails) < MOST_P99,
        ),
    ]
