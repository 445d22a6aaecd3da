"""Handle of a load that has run, as keywords pass it on; importing it loads no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from focus_engine.latency.measuring.events import Event
from focus_engine.on_use import on_use

with on_use(__name__):
    from focus_engine.latency.measuring import generator
    from focus_engine.latency.statistics import samples as sampled
    from focus_engine.load import result as results


@dataclass(frozen=True)
class LoadRun:
    """A load that was laid on: its result, and what only our own engine has.

    `sent` are the decoded configurations as they were handed to the sampler; `ended` is when the
    last answer came (perf_counter).
    """

    result: results.LoadResult
    samples: sampled.Samples
    events: tuple[Event, ...]
    rounds: tuple[generator.Honesty, ...]
    sent: tuple[dict[str, Any], ...]
    ended: float
