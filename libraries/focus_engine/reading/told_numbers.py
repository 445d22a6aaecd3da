"""The numbers that a text tells, however they are written, and those that it calls a limit."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

AROUND = 120
_SEPARATORS = r",_'’\u00a0\u202f"  # noqa: RUF001 - as people write
_DIGITS = rf"[-−]?\d(?:[\d.{_SEPARATORS}]*\d)?(?:[kK]\b)?"  # noqa: RUF001 - a minus sign
_GROUPS = re.compile(rf"-?\d{{1,3}}(?:[{_SEPARATORS}]\d{{3}})+(?:\.0+)?")
_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: number for number, word in enumerate(_ONES.split())}
_UNITS |= {word: number * 10 for number, word in enumerate(_TENS.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORD = rf"(?:{'|'.join(sorted([*_UNITS, *_SCALES], key=len, reverse=True))})"
_NUMBER = re.compile(rf"(?i)(?<![\w.])(?:{_DIGITS}|\b{_WORD}(?:(?: and |[ -]){_WORD})*\b)")


def _phrase(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?:{words})\W*(?:a total of |the )?$")


class LimitSide(Enum):
    """Which limit a phrase speaks of: before its number, after it, and by a key of FastAPI.

    `loose` phrases may as well speak of what was asked for ("channels up to 2223 were requested").
    """

    UPPER = (
        (
            r"at (?:the )?most|(?:no|not) (?:be )?(?:more|greater|larger|higher) than|"
            r"not (?:be )?(?:above|over|exceed)|<=|≤|(?:limited|clamped) to|"
            r"capped (?:at|to)|a maximum of|less than or equal to|"
            r"(?<!lower )limit(?:(?: [a-z ]+)?(?: is| of|:)|(?=[ (]{1,2}$))"
        ),
        r"at (?:the )?most|or (?:less|fewer)|is the (?:limit|maximum|most)",
        r"up to|max(?:imum)?(?: \w+)? (?:is|of)|maximum:|(?:highest|last) channel is",
        "le",
    )
    LOWER = (
        (
            r"at least|not less than|no less than|not be (?:below|under)|a minimum of|"
            r"greater than or equal to|>=|≥|lower limit(?: is| of|:)?"
        ),
        r"at least|or more|is the (?:minimum|least)",
        r"min(?:imum)?(?: \w+)? (?:is|of)|minimum:",
        "ge",
    )

    def __init__(self, before: str, after: str, loose: str, key: str) -> None:
        self.before, self.after = _phrase(before), re.compile(rf"(?i)\W*(?:[a-z]+ )?(?:{after})\b")
        self.loose, self.key = _phrase(loose), key


@dataclass(frozen=True)
class TextNumber:
    """A number of a text, with the text around it.

    `value` is nan where it cannot be read (2k, 2.222.222). `size` is what it may mean at most:
    points may separate thousands (2.222). `before` and `after` hold AROUND characters at most.
    """

    value: float
    size: float
    before: str
    after: str

    def is_limit(self, side: LimitSide, *, loosely: bool = False) -> bool:
        """Whether the text calls it a limit of that side."""
        if loosely:
            return side.loose.search(self.before) is not None
        return bool(side.before.search(self.before) or side.after.match(self.after))


def numbers_of(text: str) -> Iterator[TextNumber]:
    """Each number of `text`: digits with or without separators, or English words."""
    for found in _NUMBER.finditer(text):
        value = _of_words(found[0]) if found[0][0].isalpha() else _of_digits(found[0])
        size = math.inf if math.isnan(value) else value
        if _POINTS.fullmatch(found[0]):
            size = float(found[0].replace(".", ""))
        before = text[max(0, found.start() - AROUND) : found.start()]
        yield TextNumber(value, size, before, text[found.end() : found.end() + AROUND])


def _of_digits(token: str) -> float:
    token = token.replace("−", "-")  # noqa: RUF001 - a minus sign
    if _GROUPS.fullmatch(token):
        token = re.sub(f"[{_SEPARATORS}]", "", token)
    try:
        return float(token)
    except ValueError:
        return math.nan


def _of_words(text: str) -> float:
    total = group = 0
    for word in re.split(r"[ -]", text.lower().replace(" and ", " ")):
        if word in _UNITS:
            group += _UNITS[word]
        elif word == "hundred":
            group = max(group, 1) * 100
        else:
            total, group = total + max(group, 1) * _SCALES[word], 0
    try:
        return float(total + group)
    except OverflowError:  # a hundred hundred hundred …
        return math.inf
