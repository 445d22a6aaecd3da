"""Servers of known slowness on loopback, and a way to run a plan in the real child process."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bench_server import bench_server

from focus_engine.latency.measuring.worker_process import WorkerProcess
from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.statistics.samples import Samples

PROJECT = Path(__file__).parents[3]
Run = Callable[[MeasurementPlan], tuple[Samples, dict[str, Any]]]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that takes 5 ms."""
    with bench_server("--delay", "5") as address:
        yield address


@pytest.fixture
def received(server: str) -> Callable[[], int]:
    """How many requests the server has received."""

    def count() -> int:
        with urllib.request.urlopen(f"{server}/count", timeout=60) as answer:  # noqa: S310
            return int(json.loads(answer.read())["requests"])

    return count


@pytest.fixture
def run_plan() -> Run:
    def run(plan: MeasurementPlan) -> tuple[Samples, dict[str, Any]]:
        with WorkerProcess(plan) as worker:
            return worker.finish(lambda _: None)

    return run
