"""Rows of shares on one clock: concatenated, never averaged.

Stamps of a share are put on a grid of 2^-30 s (a nanosecond) and moved to another clock by steps of
that grid. Sums of such numbers are exact: a latency is the same to the last bit before and after.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from focus_engine.latency.statistics.samples import Floats, Samples, pooled

STEPS_PER_SECOND = 2.0**30
STAMPS = ("due", "sent", "done", "waited", "stalled", "queued")


def on_grid(samples: Samples) -> Samples:
    """The samples with every stamp on the grid, so that they can be moved without loss."""
    rows = samples.rows.copy()
    for name in STAMPS:
        rows[name] = _rounded(rows[name])
    return replace(samples, rows=rows, origin=float(_rounded(np.float64(samples.origin))))


def whole(shares: Sequence[Samples], origin: float) -> Samples:
    """All rows of `shares`, ordered by due time, as if one sampler whose time 0 is `origin`."""
    origin = float(_rounded(np.float64(origin)))
    found = pooled([_moved(share, origin) for share in shares], origin)
    found.rows.sort(order="due", kind="stable")
    return found


def _moved(share: Samples, origin: float) -> Samples:
    rows = share.rows.copy()
    for name in ("due", "sent", "done"):
        rows[name] += origin - share.origin
    return replace(share, rows=rows, origin=origin)


def _rounded(seconds: "Floats | np.float64") -> Floats:
    return np.asarray(np.round(seconds * STEPS_PER_SECOND) / STEPS_PER_SECOND)
