"""The evidence in the log: complete, escaped, small and quick."""

import time
from fractions import Fraction
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from focus_engine.latency.charts.plot import distribution, timeline
from focus_engine.latency.charts.report import decisions_html, measurement_html
from focus_engine.latency.measuring.events import Event, EventKind
from focus_engine.latency.measuring.generator import Honesty
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.decision import decide
from focus_engine.latency.statistics.samples import Samples, samples_of

LIMITS = [Limit(Fraction(95), 0.3), Limit(Fraction(99), 0.5)]
HONEST = Honesty(
    open_loop=True, offered=100, sent=100, dropped=0, planned=10.0, behind=0.0, seconds=10.0,
    lag_p50=0.0002, lag_p99=0.002, cpu_share=0.2, loop="uvloop", stopped_early=False,
)  # fmt: skip


def measured(count: int) -> Measurement:
    response = np.random.default_rng(1).lognormal(np.log(0.05), 0.5, size=count)
    made = samples_of(np.arange(count) / 333, response)
    made.rows["outcome"][count // 2] = Outcome.STATUS
    made.rows["warm_up"][: count // 100] = True
    samples = Samples(made.rows, float(made.rows["due"][count // 100]), {"STATUS": ["500: <b>"]})
    events = [Event("queue <off>", EventKind.BEGIN, 1.0)]
    return Measurement("GET /a", "sandbox", "open loop", samples, rounds=[HONEST], events=events)


@pytest.mark.measured
def test_100_000_samples_are_shown_in_50_kb_and_50_ms() -> None:
    seconds = []
    for _ in range(5):
        found = measured(100_000)
        begin = time.process_time()
        html = measurement_html(found, LIMITS, ["latency/a.npy"])
        seconds.append(time.process_time() - begin)
    assert len(html.encode()) <= 50_000
    assert min(seconds) <= 0.05


def test_everything_foreign_is_escaped_and_nothing_is_loaded() -> None:
    html = measurement_html(measured(1000), LIMITS, ["latency/a.npy"])
    assert "500: &lt;b&gt;" in html
    assert "queue &lt;off&gt;" in html
    assert "<b>500" not in html
    assert "<script" not in html
    assert "src=" not in html


def test_the_charts_are_well_formed() -> None:
    for count in (1, 2, 60, 5000):
        found = measured(count)
        for chart in (
            timeline(found.samples, LIMITS, found.events),
            distribution(found.samples, LIMITS),
        ):
            if chart:
                assert ET.fromstring(chart).tag.endswith("svg")  # noqa: S314 - our own text


def test_no_samples_and_only_errors_are_shown_too() -> None:
    nothing = Measurement("GET /a", "sandbox", "open loop", samples_of([], []))
    assert "<svg" not in measurement_html(nothing, LIMITS)
    failed = samples_of([0.0, 0.1], [0.01, 0.01])
    failed.rows["outcome"][:] = Outcome.TIMEOUT
    html = measurement_html(Measurement("GET /a", "s", "open", Samples(failed.rows, 0.0)), LIMITS)
    assert "timeout" in html


def test_the_honesty_of_the_generator_and_the_intervals_are_shown() -> None:
    found = measured(1000)
    html = measurement_html(found, LIMITS)
    for words in ("schedule lag P99", "client CPU", "dropped", "inverted_cdf", "too few samples"):
        assert words in html
    verdicts = decisions_html([decide(found.samples, limit) for limit in LIMITS], ["a <waiver>"])
    for words in (
        "interval, independent",
        "interval, by windows",
        "effective samples",
        "a &lt;waiver&gt;",
    ):
        assert words in verdicts


def test_plain_numbers_come_back() -> None:
    summary = measured(1000).summary()
    assert {type(value) for value in summary.values()} <= {str, int, float}
    assert summary["errors"] == 1
