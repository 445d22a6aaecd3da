"""A probe asks in the background, one request at a time, and its series is judged and drawn."""

import threading
import time
from dataclasses import replace

import pytest
from unit.probes.conftest import answered

from focus_engine.probes.prober import EndpointProber, Sample, Series, require_answered
from focus_engine.probes.prober_chart import probe_chart
from focus_engine.verdict import ProductFailure, ToolError, Undetermined

FAST = answered(200, "", 0.002, "/ack")


def series(*answers, began: float = 100.0) -> Series:
    samples = tuple(Sample(began + at, answer) for at, answer in enumerate(answers))
    return Series("GET /ack", 0.5, began, began + len(answers), samples)


def test_it_asks_until_it_is_ended() -> None:
    asked = threading.Event()

    def ask():
        asked.set()
        return FAST

    probe = EndpointProber(ask, 0.01).begin()
    assert asked.wait(60)
    time.sleep(0.1)
    seen = probe.end()
    assert len(seen.samples) > 3
    assert not probe.runs
    assert probe.end() == seen


def test_an_endpoint_that_hangs_is_one_slow_sample() -> None:
    def ask():
        time.sleep(0.2)
        return answered(200, "", 0.2)

    probe = EndpointProber(ask, 0.01).begin()
    time.sleep(0.05)
    assert [one.answer.seconds for one in probe.end().samples] == [0.2]


def test_what_cannot_be_asked_is_an_error() -> None:
    def ask():
        raise ToolError("the host name is not known.")

    probe = EndpointProber(ask, 0.01).begin()
    time.sleep(0.05)
    with pytest.raises(ToolError, match="host name"):
        probe.end()


def test_all_answered_in_time_passes() -> None:
    require_answered(series(FAST, FAST), 1.0)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ((FAST, answered(503, "x"), FAST), r"1 of 3 requests were not: 1\.0 s after .* 503"),
        (
            (FAST, FAST, answered(200, "", 4.1)),
            r"1 of 3 requests took longer: the slowest 4\.1 s, 2\.0 s after",
        ),
    ],
)
def test_a_failure_and_a_slow_answer_are_sentences(answers, message) -> None:
    with pytest.raises(ProductFailure, match=message):
        require_answered(series(*answers), 1.0)


def test_a_slow_answer_of_a_machine_that_stood_still_is_undetermined() -> None:
    stood_still = replace(answered(200, "", 1.4), stood_still=0.6)
    with pytest.raises(Undetermined, match=r"slowest 1\.4 s, .* began; this machine stood still"):
        require_answered(series(FAST, stood_still), 1.0)
    with pytest.raises(ProductFailure, match=r"1 of 3 requests took longer: the slowest 4\.1 s"):
        require_answered(series(FAST, stood_still, answered(200, "", 4.1)), 1.0)


def test_the_chart_shades_the_outage_and_marks_what_failed() -> None:
    drawn = probe_chart(series(FAST, answered(503, "x"), FAST), [(100.5, 102.0)], 1.0)
    assert drawn.startswith("<svg")
    assert drawn.count(">outage<") == 1
    assert 'stroke="#c00" stroke-width="3"' in drawn
    assert "1000 ms" in drawn


def test_a_probe_that_dies_of_anything_says_so() -> None:
    def ask():
        raise KeyError("what nobody expects")

    sampler = EndpointProber(ask, 0.01).begin()
    with pytest.raises(ToolError, match="the probe broke off: KeyError: 'what nobody expects'"):
        _ended(sampler)


def _ended(sampler: EndpointProber) -> Series:
    sampler._thread.join()
    return sampler.end()


def test_numbers_of_a_series() -> None:
    seen = series(FAST, answered(503, "x", 0.5))
    assert seen.availability == 0.5
    assert seen.slowest == 0.5
    assert str(seen).startswith("GET /ack every 0.5 s for 2.0 s: 2 requests, 50.0% answered 200")
