"""Measured rows pass at the first look where nothing is slow, and gates look long enough."""

import re

import pytest
from guards.suites import ROOT
from robot.utils import timestr_to_secs

from focus_engine.latency.planning.measurement_spec import extension_rounds
from focus_engine.latency.requirements.limit import needed_samples, percent_of
from focus_engine.latency.requirements.thresholds import read_thresholds
from focus_engine.latency.statistics.decision import ALPHA

VARIABLE = re.compile(r"^\$\{(\w+)\}\s{2,}(.+)$", re.MULTILINE)
RESOURCES = ("latency", "configure_latency", "endpoint_latency")
GATES = {"sandbox": 30.0, "staging": 300.0}


def variables(gate_seconds: float) -> dict[str, str]:
    texts = [(ROOT / "resources" / f"{name}.resource").read_text("utf-8") for name in RESOURCES]
    found = {name: value for text in texts for name, value in VARIABLE.findall(text)}
    for name, value in found.items():
        if value.startswith("${{"):
            expression = value[3:-2].replace("$GATE_SECONDS", str(gate_seconds))
            expression = re.sub(r"\$(\w+)", lambda match: found[match[1]], expression)
            found[name] = str(eval(expression, {}, {}))  # noqa: S307 - of our own resources
    return found


@pytest.mark.parametrize(
    ("kind", "percentile"), [("ROW", "P95"), ("GATE", "P99"), ("ENDPOINT", "P99")]
)
def test_the_samples_decide_at_once(kind: str, percentile: str) -> None:
    found = variables(GATES["sandbox"])
    samples = int(found[f"{kind}_SAMPLES"])
    seconds = samples / float(found[f"{kind}_RATE"])
    extension = timestr_to_secs(found.get(f"{kind}_EXTENSION", "0 s"))
    looks = 1 + len(extension_rounds(seconds, extension))
    assert samples >= needed_samples(percent_of(percentile), ALPHA / looks)


@pytest.mark.parametrize("kind", ["GATE", "ENDPOINT"])
@pytest.mark.parametrize("environment", GATES)
def test_a_gate_looks_as_long_as_a_gate_must(kind: str, environment: str) -> None:
    shipped = read_thresholds(environment).gate_seconds
    assert shipped == GATES[environment]
    found = variables(shipped)
    assert int(found[f"{kind}_SAMPLES"]) / float(found[f"{kind}_RATE"]) >= GATES[environment]
