"""What the log shows of a load: everything foreign escaped, small, and made at once."""

import time
from fractions import Fraction

import numpy as np
import pytest

from focus_engine.latency.measuring.events import Event, EventKind
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.latency.statistics.samples import samples_of
from focus_engine.load.counts import Counts
from focus_engine.load.report import load_html
from focus_engine.load.result import LoadResult, Step
from focus_engine.load.run import LoadRun

LIMIT = Limit(Fraction(95), 2.0)
DEMAND = LatencyRequirement((LIMIT,), 0.05)


def run(samples: int, steps: int = 10) -> LoadRun:
    due = np.arange(samples) / samples * 600
    counts = Counts(samples // steps, {}, {LIMIT.text: 0}, {900 + n: n + 1 for n in range(60)})
    broken = Counts(10, {"<b>busy": 10}, {LIMIT.text: 10}, {})
    made = [Step(n + 1, 20, 20, n * 60.0, (n + 1) * 60.0, counts) for n in range(steps)]
    made[-1] = Step(steps, 50, 30, 540.0, 600.0, broken, example="503: <i>")
    return LoadRun(
        result=LoadResult("soak", "evenly", "sandbox", "test", steps, tuple(made)),
        samples=samples_of(due, np.full(samples, 0.01)),
        events=tuple(Event("20", EventKind.NOTE, step.begin) for step in made),
        rounds=(),
        sent=(),
        ended=600.0,
    )


def test_the_table_says_what_was_wanted_and_reached_and_what_broke() -> None:
    html = load_html(run(1000), DEMAND, ["P95 <= 2000 ms (plan)"], ["load/a.json"])
    assert "reached" in html
    assert "BREAKS: 10 of 10 requests failed" in html
    assert "P95 &lt;= 2000 ms (plan)" in html
    assert 'href="load/a.json"' in html


def test_what_the_server_said_is_escaped() -> None:
    html = load_html(run(1000), DEMAND)
    assert "503: &lt;i&gt;" in html
    assert "<i>" not in html
    assert "<b>busy" not in html


@pytest.mark.measured
def test_100_000_samples_are_shown_in_50_kb_and_50_ms() -> None:
    seconds = []
    for _ in range(5):
        found = run(100_000)
        begin = time.process_time()
        html = load_html(found, DEMAND)
        seconds.append(time.process_time() - begin)
    assert len(html.encode()) <= 50_000
    assert min(seconds) <= 0.05
