"""What happened before, during and after an outage, and how long recovery took."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from focus_engine.latency.measuring.events import Event, EventKind, Phase
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.statistics.samples import Samples
from focus_engine.verdict import ToolError


@dataclass(frozen=True)
class LimitRestored:
    """`seconds` from the end event to the first window from which the limit holds; None = never.

    `first_seen` is when the first request of that time was due: a window without requests is no
    evidence, so between the two nothing is known.
    """

    seconds: float | None
    window: float
    watched: float  # seconds measured after the end event
    first_seen: float = 0.0


def part(samples: Samples, events: Sequence[Event], phase: Phase) -> Samples:
    """The requests due in `period`. Raises ToolError when the events do not define it."""
    if phase is Phase.WHOLE:
        return samples
    begin = _first(events, EventKind.BEGIN)
    if phase is Phase.BEFORE:
        return samples.between(-np.inf, begin.at)
    end = _last(events, EventKind.END)
    if phase is Phase.DURING:
        return samples.between(begin.at, end.at)
    return samples.between(end.at, np.inf)


def recovery(
    samples: Samples, events: Sequence[Event], limit: Limit, window: float
) -> LimitRestored:
    """When the limit held again, and kept holding, after the last end event.

    A window of `window` seconds holds when no more than the allowed share of its requests exceeds
    the limit. Windows without requests are left out, as they show nothing.
    """
    after = part(samples, events, Phase.AFTER)
    after = after.only(after.counted(limit.seconds))
    begin = _last(events, EventKind.END).at
    if len(after) == 0:
        return LimitRestored(None, window, 0.0)
    index = ((after.due - begin) / window).astype(np.int64)
    requests = np.bincount(index)
    exceedances = np.bincount(index, weights=after.over(limit.seconds))
    broken = np.flatnonzero(exceedances > limit.allowed_share * requests)
    watched = float(after.due[-1]) - begin
    first = int(broken[-1]) + 1 if len(broken) else 0
    if first >= len(requests):
        return LimitRestored(None, window, watched)
    first_seen = float(after.due[index >= first][0]) - begin
    return LimitRestored(first * window, window, watched, first_seen)


def _first(events: Sequence[Event], kind: EventKind) -> Event:
    return _of_kind(events, kind)[0]


def _last(events: Sequence[Event], kind: EventKind) -> Event:
    return _of_kind(events, kind)[-1]


def _of_kind(events: Sequence[Event], kind: EventKind) -> list[Event]:
    found = sorted((event for event in events if event.kind is kind), key=lambda event: event.at)
    if not found:
        raise ToolError(
            f"the measurement has no '{kind.value}' event, so there is no before, during and "
            f"after. Use `Mark Event    NAME    {kind.value}` while it runs."
        )
    return found
