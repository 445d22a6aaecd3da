"""Robot variables made of `thresholds.yaml`: `${CONFIGURE_P95}` is the limit now in force,
`${OUTAGE_REFUSAL}` how long a refusal may take (None where nothing is agreed), `${GATE_SECONDS}`
how long a gate looks, `${LOAD_TIMES}[1024/500/30]` how long data of that NFFT, number of channels
and window in seconds may take to show.

A waiver that has ended does not fail here, where nobody would read it, but in each case that leans
on it."""

import re

from focus_engine.environment import environment_name
from focus_engine.latency.requirements.thresholds import Thresholds, read_thresholds


def get_variables() -> dict[str, str | float | dict[str, str] | None]:
    thresholds = read_thresholds(environment_name())
    gate: dict[str, str | float | None] = {"GATE_SECONDS": thresholds.gate_seconds}
    load_times = {"LOAD_TIMES": _load_times(thresholds)}
    return {**_percentiles(thresholds), **_outages(thresholds), **load_times, **gate}


def _percentiles(thresholds: Thresholds) -> dict[str, str]:
    endpoints = dict.fromkeys(target.endpoint for target in thresholds.file.targets)
    return {
        f"{_name(endpoint)}_P{float(found.limit.percent):g}": f"{found.limit.seconds * 1000:g} ms"
        for endpoint in endpoints
        for found in thresholds.named(endpoint)
    }


def _outages(thresholds: Thresholds) -> dict[str, str | None]:
    return {
        f"OUTAGE_{_name(one.what)}": None if one.limit_ms is None else f"{one.limit_ms:g} ms"
        for one in thresholds.file.outages
    }


def _load_times(thresholds: Thresholds) -> dict[str, str]:
    return {
        f"{one.nfft}/{one.channels}/{one.window_s}": f"{one.limit_s:g} s"
        for one in thresholds.file.load_times
    }


def _name(endpoint: str) -> str:
    """`POST /configure` → `CONFIGURE`, `job to first frame` → `JOB_TO_FIRST_FRAME`."""
    method, slash, path = endpoint.partition(" /")
    return re.sub(r"[^A-Z0-9]+", "_", (path if slash else method).upper()).strip("_")
