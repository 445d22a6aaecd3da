"""Waiting in tests: for a condition, as long as a busy machine may take."""

import time
from collections.abc import Callable

LIMIT = 90.0  # seconds


def wait_until(condition: Callable[[], object], what: str, within: float = LIMIT) -> float:
    """The seconds until `condition` held; fails with `what` when it does not come true."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"not within {within:g} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began
