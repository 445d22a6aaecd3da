"""The FOCUS_ variables that this project reads: one that nobody reads is a slip, and is said.

Variables of Python that change how programs end, what they import or what stops them are left out.
"""

import os
from difflib import SequenceMatcher

from runner.problem import ProblemError

PREFIX = "FOCUS_"
_NAMES = (
    "AMQP_URI BASELINES BASE_URL CLIENT_SETTINGS CLUSTER_ADMIN CLUSTER_CACHE CONTROL_URL DASK_CA "
    "DASK_CERT DASK_KEY DASK_SCHEDULER ENVIRONMENT FUZZ GO HELD JOB_LIFE KUBECONFIG MONGO_URI "
    "NAMESPACE PYTHON PZ_FILES PZ_PATH PZ_PROFILE REQUIREMENTS RUN_DIR RUN_ID RUN_OPTIONS "
    "SANDBOX_MONGO_URI SEED SHARD STREAM_HOST STREAM_PORT_BASE STREAM_TIMEOUT THRESHOLDS TOKEN "
    "TOXIPROXY_URL"
)
KNOWN = frozenset(PREFIX + name for name in _NAMES.split())
OF_PYTHON = ("PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONSAFEPATH", "PYTHONOPTIMIZE", "PYTHONVERBOSE")
SLIP = 0.85  # likeness from which a name is meant to be the known one: a letter or two


def forget_python_variables() -> None:
    """All that we start is as if they were not set."""
    for name in OF_PYTHON:
        os.environ.pop(name, None)


def unread_variables() -> list[str]:
    """A sentence for each FOCUS_ variable that nobody reads.

    Raises ProblemError for one that is a known name misspelt: what it was to change is not changed.
    """
    unread = []
    for name in sorted(os.environ):
        if name in KNOWN or not name.upper().startswith(PREFIX):
            continue
        likeness, nearest = max((_likeness(name, known), known) for known in KNOWN)
        if likeness >= SLIP:
            raise ProblemError(
                f"the variable {name} is not known; {nearest} is meant. Write it so, or unset it."
            )
        unread.append(f"{name} is read by nobody; the nearest variable is {nearest}.")
    return unread


def _likeness(name: str, known: str) -> float:
    """0 to 1, of what follows the prefix. A whole part of a name is like it, but no slip."""
    given, meant = name[len(PREFIX) :].upper(), known.removeprefix(PREFIX)
    ratio = SequenceMatcher(None, given, meant).ratio()
    return max(ratio, (1 + ratio) * SLIP / 2) if given and given in meant else ratio
