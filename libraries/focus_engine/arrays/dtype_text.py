"""Is a claimed dtype a canonical name? Judged as text, before numpy can interpret it.

numpy reads a missing dtype as float64, `f4,f4` as a structure and `O` as pickled objects, and
takes many spellings for the same type; so nothing reaches it that is not a canonical name.
"""

import re
from collections.abc import Callable

from focus_engine.arrays.canonical import (
    CANONICAL,
    PLATFORM_DEPENDENT,
    Dtype,
    NumberKind,
    canonical_of,
    nearest,
    without_mark,
)
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.message import DtypeClaim
from focus_engine.checks.finding import Finding, finding
from focus_engine.reading.missing import MISSING

_SUBARRAY = re.compile(r"(\d+|\(\s*\d[\d\s,]*\))\s*[<>|=]?[A-Za-z?]\w*")
_OBJECT = re.compile(r"O[48]?|object_?|object0|pickle")
_STRING = re.compile(r"[SUaT]\d*|(str|string|bytes|unicode)\d*_?|c|StringDType.*")
_STRUCT = re.compile(r"V\d*|void\d*|record|struct")
_DATETIME = re.compile(r"([Mm]8?|datetime64|timedelta64)(?P<unit>\[.*\])?")
_COMPLEX = re.compile(r"complex\w*|c(8|16|single|double)|[FD]")


def dtype_of(claim: DtypeClaim, *, complex_allowed: bool = False) -> Dtype | Finding:
    """The canonical type that the claim names, or the first thing that is wrong with its name."""
    if claim.dtype is MISSING or claim.dtype is None:
        return _defect(ArrayCode.DTYPE_MISSING, claim.dtype, "no dtype is claimed")
    if not isinstance(claim.dtype, str):
        kind = type(claim.dtype).__name__
        return _defect(
            ArrayCode.DTYPE_NOT_TEXT, claim.dtype, f"the dtype is of type {kind}, not text"
        )
    dtype = CANONICAL.get(claim.dtype)
    if dtype is None:
        return _misnamed(claim.dtype)
    if dtype.kind is NumberKind.COMPLEX and not complex_allowed:
        return _defect(ArrayCode.DTYPE_COMPLEX, dtype.name, f"dtype {dtype.name} is complex")
    return dtype


def _misnamed(text: str) -> Finding:
    for code, applies, why in _TRAPS:
        if applies(text):
            return _defect(code, text, f'dtype "{text}" {why}')
    return _defect(ArrayCode.DTYPE_UNKNOWN, text, f'dtype "{text}" is unknown')


def _defect(code: ArrayCode, seen: object, sentence: str) -> Finding:
    meant = nearest(seen) if isinstance(seen, str) else ""
    hint = f"the nearest is {meant}" if meant and meant != seen else _names()
    return finding(code, f"{sentence}; {hint}.", "a canonical dtype name", str(seen))


def _names() -> str:
    real = [name for name, dtype in CANONICAL.items() if dtype.kind is not NumberKind.COMPLEX]
    return f"canonical names are {', '.join(real)}"


def _body(text: str) -> str:
    return without_mark(text.strip())[1]


def _is(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(_body(text)) is not None


def _is_spelling(text: str) -> bool:
    return text.strip().casefold() in CANONICAL


def _is_struct(text: str) -> bool:
    body = _body(text)
    return "," in body or ":" in body or _STRUCT.fullmatch(body) is not None


def _is_datetime(text: str, *, unit: bool) -> bool:
    found = _DATETIME.fullmatch(_body(text))
    return found is not None and (found["unit"] is not None) is unit


def _is_marked(text: str) -> bool:
    mark, body = without_mark(text.strip())
    return bool(mark) and (canonical_of(body) is not None or body in CANONICAL)


# The first trap that applies names the code; what is dangerous comes before what is merely untidy.
_TRAPS: tuple[tuple[ArrayCode, Callable[[str], bool], str], ...] = (
    (ArrayCode.DTYPE_SPELLING, _is_spelling, "differs in letter case or blanks"),
    (
        ArrayCode.DTYPE_SUBARRAY,
        lambda text: _SUBARRAY.fullmatch(text.strip()) is not None,
        "is a sub-array",
    ),
    (ArrayCode.DTYPE_STRUCT, _is_struct, "is a structure or raw bytes"),
    (ArrayCode.DTYPE_OBJECT, _is(_OBJECT), "means Python objects, which are read by running code"),
    (ArrayCode.DTYPE_TEXT, _is(_STRING), "means text"),
    (
        ArrayCode.DATETIME_WITHOUT_UNIT,
        lambda text: _is_datetime(text, unit=False),
        "is a datetime without unit",
    ),
    (ArrayCode.DATETIME, lambda text: _is_datetime(text, unit=True), "is a datetime"),
    (
        ArrayCode.DTYPE_OF_PLATFORM,
        lambda text: _body(text) in PLATFORM_DEPENDENT,
        "has another width on another platform",
    ),
    (ArrayCode.DTYPE_COMPLEX, _is(_COMPLEX), "is complex"),
    (ArrayCode.ORDER_IN_NAME, _is_marked, "has the byte order in its name"),
    (ArrayCode.DTYPE_ALIAS, lambda text: canonical_of(text.strip()) is not None, "is an alias"),
)
