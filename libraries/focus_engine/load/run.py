"""Handle of a load that has run, as keywords pass it on; importing it loads no numpy."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from focus_engine.latency.measuring.events import Event
from focus_engine.latency.measuring.generator import Honesty
from focus_engine.load.result import LoadResult

if TYPE_CHECKING:
    from focus_engine.latency.statistics.samples import Samples


@dataclass(frozen=True)
class LoadRun:
    """A load that was laid on: its result, and what only our own engine has.

    `sent` are the decoded configurations as they were handed to the sampler; `ended` is when the
    last answer came (perf_counter).
    """

    result: LoadResult
    samples: "Samples"
    events: tuple[Event, ...]
    rounds: tuple[Honesty, ...]
    sent: tuple[dict[str, Any], ...]
    ended: float
