"""A configuration as the server works with it, made from any JSON object.

Reading is total: a value of the wrong type becomes the nearest number or a default, because a
sandbox that is told to accept nonsense must still answer it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MULTICHANNEL, SINGLECHANNEL, WATERFALL = 0, 1, 2
HEATMAPS = 3

_OPTIONAL = ("displayTimeAxisDuration", "nfftSelection", "frequencyRange")


@dataclass(frozen=True)
class ParsedConfiguration:
    """One POST /configure. Times in epoch seconds, frequencies in Hz, `None` = not given."""

    view: int
    channel_min: int
    channel_max: int
    height: int
    duration: int | None
    nfft: int | None
    frequency: tuple[int, int] | None
    start_time: int | None
    end_time: int | None
    absent: frozenset[str]
    """Optional fields whose key is missing."""
    nulls: frozenset[str]
    """Optional fields that are null."""

    @property
    def channel_count(self) -> int:
        """Channels asked for; zero or less when the range is reversed."""
        return self.channel_max - self.channel_min + 1

    @property
    def is_spectrogram(self) -> bool:
        """Views that have a spectrum: everything but the waterfall."""
        return self.view != WATERFALL

    @property
    def is_historic(self) -> bool:
        """A start time makes a request historic; an end time alone does not."""
        return self.start_time is not None

    def numbers(self) -> tuple[int, ...]:
        """Every number of the configuration that is computed with."""
        optional = (self.duration, self.nfft, self.start_time, self.end_time)
        given = tuple(number for number in optional if number is not None)
        return (self.channel_min, self.channel_max, self.height, *given, *(self.frequency or ()))


def configuration(raw: Mapping[str, Any]) -> ParsedConfiguration:
    """Make the best of `raw`."""
    channels = _mapping(raw.get("channels"))
    return ParsedConfiguration(
        view=_view(raw.get("view_type")),
        channel_min=_number(channels.get("min"), 1),
        channel_max=_number(channels.get("max"), 1),
        height=_number(_mapping(raw.get("displayInfo")).get("height"), 1),
        duration=_optional(raw.get("displayTimeAxisDuration")),
        nfft=_optional(raw.get("nfftSelection")),
        frequency=_frequency(raw.get("frequencyRange")),
        start_time=_optional(raw.get("start_time")),
        end_time=_optional(raw.get("end_time")),
        absent=frozenset(name for name in _OPTIONAL if name not in raw),
        nulls=frozenset(name for name in _OPTIONAL if name in raw and raw[name] is None),
    )


def _view(value: object) -> int:
    number = _number(value, MULTICHANNEL)
    return number if MULTICHANNEL <= number <= HEATMAPS else MULTICHANNEL


def _frequency(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    bounds = _mapping(value)
    return _number(bounds.get("min"), 0), _number(bounds.get("max"), 0)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _optional(value: object) -> int | None:
    return None if value is None else _number(value, 1)


def _number(value: object, default: int) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else default
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return default
    return default
