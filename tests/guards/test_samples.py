"""Measured rows pass at the first look where nothing is slow, also when further looks may come."""

import re

import pytest
from guards.suites import ROOT
from robot.utils import timestr_to_secs

from focus_engine.latency.planning.measurement_spec import extension_rounds
from focus_engine.latency.requirements.limit import needed_samples, percent_of
from focus_engine.latency.statistics.decision import ALPHA, BAD_WINDOWS_FOR_FAIL, SHORTEST_WINDOW

VARIABLE = re.compile(r"^\$\{(\w+)\}\s{2,}(.+)$", re.MULTILINE)
RESOURCES = ("latency", "configure_latency", "endpoint_latency")


def variables() -> dict[str, str]:
    texts = [(ROOT / "resources" / f"{name}.resource").read_text("utf-8") for name in RESOURCES]
    return {name: value for text in texts for name, value in VARIABLE.findall(text)}


@pytest.mark.parametrize(
    ("kind", "rate", "percentile"),
    [("ROW", "CONFIGURE", "P95"), ("GATE", "CONFIGURE", "P99"), ("ENDPOINT", "ENDPOINT", "P99")],
)
def test_the_samples_decide_at_once_and_can_fail(kind: str, rate: str, percentile: str) -> None:
    found = variables()
    samples = int(found[f"{kind}_SAMPLES"])
    seconds = samples / float(found[f"{rate}_RATE"])
    looks = 1 + len(extension_rounds(seconds, timestr_to_secs(found[f"{kind}_EXTENSION"])))
    assert samples >= needed_samples(percent_of(percentile), ALPHA / looks)
    assert seconds > (BAD_WINDOWS_FOR_FAIL - 1) * SHORTEST_WINDOW
