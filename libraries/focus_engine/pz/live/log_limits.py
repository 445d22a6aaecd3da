"""Whether the limits that a log tells are those of the client's settings and the requirements."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from focus_engine.reading.told_numbers import LimitSide, TextNumber, numbers_of
from focus_engine.settings import ClientSettings, Requirements, lower_limits

_VALUE = r"\w*(?: \w+){0,3}?(?:\s*[=:]| is| are| set to)\s*$"
# Where a log names a limit as settings do: max_channels=N, nfft limit: N.
_UPPER_KEY = re.compile(rf"(?i)\b(?:\w+ )?\w*(?:max|limit){_VALUE}")
_LOWER_KEY = re.compile(rf"(?i)\b(?:\w+ )?\w*min(?=imum|_|\b){_VALUE}")
# A single channel may be the last of the fibre, which limits no view.
_CHANNELS = r"channels|channel[ _](?:limit|count|range)|sensors?"

# The words behind a number, unless they say nothing of what it counts.
_COUNTED = re.compile(r"(?i) (?!(?:in|for|per|of|and|or|at|is|was|hz|samples)\b)[a-z]+(?![\w=:])")
_CLAUSES = re.compile(r"[,.;|](?= |$)| and | but ")


@dataclass(frozen=True)
class LimitedQuantity:
    """What is limited: how logs call it, and the numbers that may be told of it."""

    words: re.Pattern[str]
    upper: frozenset[float]
    lower: frozenset[float]

    @classmethod
    def of(cls, words: str, upper: Sequence[float], lower: Sequence[float]) -> Self:
        return cls(
            re.compile(rf"(?i)(?<![^\W_])(?:{words})"),
            frozenset(map(float, upper)),
            frozenset(map(float, lower)),
        )

    def agreed(self, side: LimitSide) -> frozenset[float]:
        return self.upper if side is LimitSide.UPPER else self.lower


@dataclass(frozen=True)
class AgreedLimits:
    """All that a log may call a limit, and the client's settings by their names."""

    quantities: Sequence[LimitedQuantity]
    settings: Mapping[str, float]

    @classmethod
    def of(cls, client: ClientSettings, required: Requirements) -> Self:
        bounds, least = client.Constraints, lower_limits(client, required)
        options = client.Options.nfftSingleChannel
        largest = [max(options), required.multichannel_nfft_max.value, 1]  # 1: of a waterfall
        return cls(
            (
                LimitedQuantity.of(_CHANNELS, [bounds.SensorsRange, 1], least["channels"]),
                LimitedQuantity.of(
                    "frequenc(?:y|ies)", [bounds.FrequencyMax], least["frequencyRange"]
                ),
                LimitedQuantity.of("nfft", largest, least["nfftSelection"]),
                LimitedQuantity.of("windows?", [bounds.MaxWindows], [1]),
            ),
            bounds.model_dump(include=set(type(bounds).model_fields)),
        )

    def wrong(self, text: str) -> Iterator[str]:
        """Each limit of `text` that nobody agreed to, in words."""
        for told in numbers_of(text):
            name, agreed = self._agreed(told)
            if agreed and told.value not in agreed:
                expected = " or ".join(f"{one:g}" for one in sorted(agreed))
                yield f"{name} is told as {told.value:g}, agreed is {expected}"

    def _agreed(self, told: TextNumber) -> tuple[str, frozenset[float]]:
        """What the number limits, and what it may be; nothing where it is no limit."""
        for name, value in self.settings.items():
            if re.search(rf"\b{name}\b\W*(?:is |of )?$", told.before):
                return name, frozenset({float(value)})
        side = _side(told)
        found = side and self._quantity(told)
        if not side or not found:
            return "", frozenset()
        quantity, word = found
        return f"the {side.name.lower()} limit of {word}", quantity.agreed(side)

    def _quantity(self, told: TextNumber) -> tuple[LimitedQuantity, str] | None:
        """What its key names, or the word behind it; else what its clause spoke of last."""
        key = _UPPER_KEY.search(told.before) or _LOWER_KEY.search(told.before)
        named = key or _COUNTED.match(told.after)
        spoken = named[0] if named else _spoken_of(told.before)
        found = [
            (match.start(), quantity, match[0])
            for quantity in self.quantities
            for match in quantity.words.finditer(spoken)
        ]
        return max(found, key=lambda one: one[0])[1:] if found else None


def _spoken_of(before: str) -> str:
    """The clause that a number ends; the one before it where it says only that it is a limit."""
    *earlier, clause = _CLAUSES.split(before)
    alone = any(side.before.fullmatch(clause.strip()) for side in LimitSide)
    return earlier[-1] if alone and earlier else clause


def _side(told: TextNumber) -> LimitSide | None:
    for side, key in ((LimitSide.UPPER, _UPPER_KEY), (LimitSide.LOWER, _LOWER_KEY)):
        if told.is_limit(side) or key.search(told.before):
            return side
    return None
