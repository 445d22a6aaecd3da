"""How long the doors are fuzzed: shortly, or with FOCUS_FUZZ=100000 as many inputs as it says."""

import os

from hypothesis import HealthCheck, settings

INPUTS = int(os.environ.get("FOCUS_FUZZ") or 0)

FUZZ = settings(
    max_examples=INPUTS or 100,
    deadline=None,
    derandomize=not INPUTS,  # a red short run is red again
    database=None,
    suppress_health_check=list(HealthCheck) if INPUTS else [],
)
