"""The cells of a grid in which one field is wrong: views x live and historic."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from focus_engine.contract.cell_syntax import read_cell
from focus_engine.contract.configure.configuration import Configuration, View, configuration
from focus_engine.contract.json_types import is_int
from focus_engine.settings import ClientSettings

TIMES = {"start_time", "end_time"}
LOW, HIGH = "channels.min", "channels.max"


class Views(Enum):
    """Several views, by what their requests have in common."""

    EVERY_VIEW = tuple(View)
    SPECTROGRAM_VIEWS = (View.MULTICHANNEL, View.SINGLECHANNEL)
    VIEWS_OF_MANY_CHANNELS = (View.MULTICHANNEL, View.WATERFALL)


def wrong_everywhere(
    client: ClientSettings,
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
        fitting = _for_one_channel(overrides) if view is View.SINGLECHANNEL else overrides
        for time_range in ranges:
            asked = configuration(client, view, time_range, fitting)
            described = f"{asked.description}, historic" if time_range else asked.description
            yield replace(asked, description=described)


def _for_one_channel(overrides: Mapping[str, object]) -> dict[str, Any]:
    low, high = (read_cell(path, overrides.get(path)) for path in (LOW, HIGH))
    if not (is_int(low) and is_int(high) and low < high):
        return dict(overrides)
    wrong = low if low < 1 else high
    return {**overrides, LOW: wrong, HIGH: wrong}
