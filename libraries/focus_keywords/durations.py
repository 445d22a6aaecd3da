"""Durations of cells and arguments: none without a unit, so that 5000 is never 5000 seconds."""

import re
from datetime import timedelta
from typing import Any

from robot.utils import timestr_to_secs

from focus_engine.verdict import Prefix

_NUMBER_AND_UNIT = r"[0-9]+(?:\.[0-9]+)?\s*[a-zA-Zµ]+"
_WITH_UNITS = re.compile(rf"\s*{_NUMBER_AND_UNIT}(?:\s*{_NUMBER_AND_UNIT})*\s*")


class DurationError(BaseException):
    """A cell that is no duration with a unit.

    No Exception: Robot would then try the type of the argument's default value, whose built-in
    conversion takes 5000 for 5000 seconds.
    """

    ROBOT_SUPPRESS_NAME = True

    def __init__(self, value: object, why: str) -> None:
        super().__init__(
            f"{Prefix.ERROR.value} '{value}' is no duration: {why}. "
            "Write 300 ms, 2 s or 1 min 30 s."
        )


def duration(value: str | int | float | timedelta) -> timedelta:  # noqa: PYI041 - what Robot tells
    """A duration with its unit, such as `300 ms`, `2 s` or `1 min 30 s`; 0 needs none."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    if text in {"0", "0.0"}:
        return timedelta(0)
    if text.lower() == "none":
        raise ValueError(text)  # an argument may allow it beside a duration
    if not _WITH_UNITS.fullmatch(text):
        raise DurationError(value, "it has no unit, or is none at all")
    try:
        return timedelta(seconds=float(timestr_to_secs(text, round_to=None)))
    except ValueError:
        raise DurationError(value, "its unit is not known") from None
    except OverflowError:
        raise DurationError(value, "it is too long") from None


CONVERTERS: dict[type, Any] = {timedelta: duration}
