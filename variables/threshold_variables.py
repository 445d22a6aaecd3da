"""Robot variables made of `thresholds.yaml`: `${CONFIGURE_P95}` is the limit now in force."""

import re

from focus.environment import environment_name
from focus.latency.thresholds import read_thresholds


def get_variables() -> dict[str, str]:
    thresholds = read_thresholds(environment_name())
    endpoints = dict.fromkeys(target.endpoint for target in thresholds.file.targets)
    return {
        f"{_name(endpoint)}_P{float(found.limit.percent):g}": f"{found.limit.seconds * 1000:g} ms"
        for endpoint in endpoints
        for found in thresholds.of(endpoint)
    }


def _name(endpoint: str) -> str:
    """`POST /configure` → `CONFIGURE`, `job to first frame` → `JOB_TO_FIRST_FRAME`."""
    method, slash, path = endpoint.partition(" /")
    return re.sub(r"[^A-Z0-9]+", "_", (path if slash else method).upper()).strip("_")
