"""How long the doors are fuzzed: shortly, or with FOCUS_FUZZ=100000 as many inputs as it says."""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

INPUTS = int(os.environ.get("FOCUS_FUZZ") or 0)

FUZZ = settings(
    max_examples=INPUTS or 100,
    deadline=None,
    derandomize=not INPUTS,  # a red short run is red again
    database=None,
    suppress_health_check=list(HealthCheck) if INPUTS else [],
)

PLAIN = st.sampled_from(
    [None, True, 0, -1, 1.5, 10**30, "", "a", "1", "True", "9" * 5000, "\xb2", "--roi 1 2", "it's"]
)


def values(names: str) -> st.SearchStrategy[object]:
    """Values as JSON has them, whose keys are mostly those of the door (`names`, by blanks)."""
    keys = st.sampled_from(names.split())
    return st.recursive(
        PLAIN,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=6,
    )
