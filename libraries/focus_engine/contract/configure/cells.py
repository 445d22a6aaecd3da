"""The cells of a grid: views x live and historic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from focus_engine.contract.configure.configuration import Configuration, View, configuration
from focus_engine.contract.json_types import is_int
from focus_engine.on_use import on_use

with on_use(__name__):
    from focus_engine import settings

TIMES = {"start_time", "end_time"}
LOW, HIGH = "channels.min", "channels.max"


class Views(Enum):
    """Several views, by what their requests have in common."""

    EVERY_VIEW = tuple(View)
    SPECTROGRAM_VIEWS = (View.MULTICHANNEL, View.SINGLECHANNEL)
    VIEWS_OF_MANY_CHANNELS = (View.MULTICHANNEL, View.WATERFALL)


def everywhere(
    client: settings.ClientSettings,
    views: View | Views,
    historic: tuple[int, int] | None,
    overrides: Mapping[str, object],
) -> Iterator[Configuration]:
    """The configuration with the overrides in each view, live and in the `historic` time range.

    Where the overrides are times themselves there is one for each view. A range of channels shrinks
    to its wrong bound where the view shows one channel, so that nothing else is wrong with it.
    """
    ranges = [None] if historic is None or TIMES & set(overrides) else [None, historic]
    for view in (views,) if isinstance(views, View) else views.value:
        fitting = overrides
        if view is View.SINGLECHANNEL and {LOW, HIGH} & set(overrides):
            fields = configuration(client, view, None, overrides).fields
            fitting = {**overrides, **_one_channel(fields["channels"])}
        for time_range in ranges:
            asked = configuration(client, view, time_range, fitting)
            described = f"{asked.description}, historic" if time_range else asked.description
            yield replace(asked, description=described)


def _one_channel(bounds: Mapping[str, Any]) -> dict[str, int]:
    """What makes a single channel of these bounds: the wrong one twice; nothing where it is one."""
    low, high = bounds.get("min"), bounds.get("max")
    if not (is_int(low) and is_int(high) and low < high):
        return {}
    wrong = low if low < 1 else high
    return {LOW: wrong, HIGH: wrong}
