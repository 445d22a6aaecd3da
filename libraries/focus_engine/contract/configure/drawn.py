"""Valid configurations from all over what a client may ask for, and time ranges of recordings.

Every field has classes of values: its edges, and some between them. A draw takes the next class of
each, in an order of its own per field, so that a few draws meet every class, each in other company.
The same seed draws the same.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from focus_engine.contract.configure.configuration import View
from focus_engine.contract.endpoints.recorded_range import (
    INDEXING_SECONDS,
    MARGIN_SECONDS,
    Recording,
)

HEIGHTS = (100, 101, 193, 200, 333, 640, 1000, 1999)  # pixels of windows, odd ones among them
FURTHER_DURATIONS = (1, 7, 30, 61, 100)  # seconds, beside those that the client offers
COUNTS = (1, 2, 3, 4, 5, 7, 50, 101, 500, 1000)
LEAST_HZ = 100  # of a frequency range, for some lines of the widest step; the client asks for more
SPANNED = 3  # recordings that a long range reaches, beside the one in which it begins
LIVE_SECONDS = 10  # for the lines of a live job to be read
LENGTHS = (1, 10, 60, 300)  # seconds of a recorded range

Draw = Callable[[random.Random], dict[str, Any]]


@dataclass(frozen=True)
class ClientBounds:
    """What bounds a valid configuration: channels of the fibre and of the client, NFFT, Hz, s."""

    highest_channel: int
    most_channels: int
    nfft_options: tuple[int, ...]
    highest_hz: int
    least_hz: int
    durations: tuple[int, ...]


def draw_configurations(
    view: View, bounds: ClientBounds, count: int, seed: int
) -> Iterator[dict[str, Any]]:
    """`count` sets of fields, by dotted path, that a client may send in this view."""
    generator = random.Random(seed)  # noqa: S311 - repeatable, not secret
    fields = [_shuffled(classes, generator) for classes in _classes(view, bounds)]
    for draws in islice(zip(*fields, strict=True), count):
        yield {path: value for draw in draws for path, value in draw(generator).items()}


def hasten(
    fields: Mapping[str, Any], time_range: tuple[int, int] | None, lines: int
) -> dict[str, Any]:
    """The duration that lets a job of these fields have so many lines in its range, or soon.

    From line to line a duration's share of the window's height passes. Nothing for a waterfall,
    which has no duration.
    """
    if "displayTimeAxisDuration" not in fields:
        return {}
    seconds = time_range[1] - time_range[0] if time_range else LIVE_SECONDS
    most = max(1, int(seconds * fields["displayInfo.height"] / lines))
    return {"displayTimeAxisDuration": min(most, fields["displayTimeAxisDuration"])}


def draw_recorded(
    recordings: Sequence[Recording], now: float, count: int, seed: int
) -> list[tuple[int, int]]:
    """Start and end (epoch seconds) of so many ranges, each inside one finished recording.

    The oldest, latest and longest are among them, and beginnings, middles and ends. One range
    begins in a recording and goes on over others.
    """
    known = [
        (first, last)
        for first, last in sorted(recordings, key=lambda one: one[0])
        if last is not None
        and last <= now - INDEXING_SECONDS
        and last - first >= LENGTHS[0] + 2 * MARGIN_SECONDS
    ]
    if not known:
        return []
    generator = random.Random(seed)  # noqa: S311 - repeatable, not secret
    longest = max(known, key=lambda one: one[1] - one[0])
    some = generator.sample(known, min(count, len(known)))
    chosen = islice(cycle([known[0], longest, known[-1], *some]), count)
    places = cycle((0.0, 1.0, 0.5))
    lengths = _shuffled(LENGTHS, generator)
    ranges = [_inside(*one) for one in zip(chosen, lengths, places, strict=False)]
    if len(known) > SPANNED and count > SPANNED:
        start, end = (int(sum(one) / 2) for one in (known[-1 - SPANNED], known[-1]))
        ranges[SPANNED] = (start, end) if start < end else ranges[SPANNED]
    return ranges


def _inside(recording: tuple[float, float], length: int, place: float) -> tuple[int, int]:
    first, last = int(recording[0]) + MARGIN_SECONDS, int(recording[1]) - MARGIN_SECONDS
    length = max(1, min(length, last - first))
    start = first + int(place * max(0, last - first - length))
    return start, start + length


def _shuffled(classes: Sequence[Any], generator: random.Random) -> Iterator[Any]:
    return cycle(generator.sample(classes, len(classes)))


def _classes(view: View, bounds: ClientBounds) -> list[Sequence[Draw]]:
    """The classes of each group of fields that belong together."""
    heights = [_constant(**{"displayInfo.height": height}) for height in HEIGHTS]
    if view is View.WATERFALL:
        return [_channels(bounds), heights]
    counts = [_channels_of(1, bounds, place) for place in (0.0, 0.3, 0.7, 1.0)]
    return [
        counts if view is View.SINGLECHANNEL else _channels(bounds),
        heights,
        [_constant(nfftSelection=option) for option in bounds.nfft_options],
        [
            _constant(displayTimeAxisDuration=duration)
            for duration in sorted({*bounds.durations, *FURTHER_DURATIONS})
        ],
        _frequencies(bounds.highest_hz, max(LEAST_HZ, bounds.least_hz)),
    ]


def _channels(bounds: ClientBounds) -> list[Draw]:
    most = min(bounds.most_channels, bounds.highest_channel)
    counts = sorted({*(count for count in COUNTS if count < most), most - 1, most} - {0})
    return [
        _channels_of(count, bounds, place)
        for count, place in zip(counts, cycle((0.0, 1.0, None)), strict=False)
    ]


def _channels_of(count: int, bounds: ClientBounds, place: float | None) -> Draw:
    """So many channels at this share of the fibre; None draws it.

    No number is above the client's limit of channels: whether that bounds numbers too is open.
    """
    room = min(bounds.most_channels, bounds.highest_channel) - count

    def draw(generator: random.Random) -> dict[str, Any]:
        share = generator.random() if place is None else place
        first = 1 + int(share * room)
        return {"channels.min": first, "channels.max": first + count - 1}

    return draw


def _frequencies(highest: int, least: int) -> list[Draw]:
    """Whole ranges, halves and parts, and the narrowest ones at either end."""
    half, third = highest // 2, highest // 3
    ranges = [(0, highest), (0, half), (half, highest), (third, 2 * third), (1, highest)]
    ranges += [(0, least + 1), (highest - least, highest), (highest // 7, half + third)]
    return [
        _constant(**{"frequencyRange.min": low, "frequencyRange.max": high})
        for low, high in ranges
        if high - low >= least or (low, high) == (0, highest)
    ]


def _constant(**fields: Any) -> Draw:
    return lambda _generator: fields
