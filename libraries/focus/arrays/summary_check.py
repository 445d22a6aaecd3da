"""A summary as a server gives it, compared with the statistics recomputed from the array."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from focus.arrays.canonical import BITS_PER_BYTE, Dtype, Kind
from focus.arrays.codes import Code
from focus.arrays.report import Defect
from focus.arrays.summary import Statistics

FIELDS = ("dtype", "shape", "count", "nan_count", "min", "max", "mean", "std")
MOMENTS = ("mean", "std")
STATISTICS = ("min", "max", *MOMENTS)
FLOAT16_MAX = 65504.0
_EPS16 = 2.0**-10
_INT32_BITS = 32

Summary = Mapping[str, Any]


def summary_defects(
    summary: Summary, dtype: Dtype, shape: tuple[int, ...], true: Statistics, tolerance: float
) -> list[Defect]:
    """Every statistic of `summary` that the array contradicts.

    `tolerance` is relative to the larger of |mean| and std. min and max must be exact in the
    source dtype.
    """
    fields = list(_field_defects(summary))
    if fields:
        return fields  # what is missing cannot be compared
    found = [*_form_defects(summary, dtype, shape), *_count_defects(summary, true)]
    if true.mean is None:
        return found + _empty_defects(summary)
    return (
        found + _extrema_defects(summary, true) + _moment_defects(summary, dtype, true, tolerance)
    )


def _field_defects(summary: Summary) -> Iterator[Defect]:
    for name in FIELDS:
        if name not in summary:
            yield Defect(Code.SUMMARY_FIELDS, f"the summary lacks {name}.", ", ".join(FIELDS))
    for name in sorted(set(summary) - set(FIELDS)):
        yield Defect(Code.SUMMARY_FIELDS, f"the summary has the unknown field {name}.")
    for name, right in _TYPES.items():
        value = summary.get(name)
        if name in summary and not right(value):
            yield Defect(Code.SUMMARY_FIELDS, f"{name} is {value!r}, which has the wrong type.")


def _whole(value: object) -> bool:
    return type(value) is int


def _number_or_null(value: object) -> bool:
    return value is None or isinstance(value, (bool, int, float))


_TYPES: dict[str, Callable[[object], bool]] = {
    "count": _whole,
    "nan_count": _whole,
    **dict.fromkeys(STATISTICS, _number_or_null),
}


def _form_defects(summary: Summary, dtype: Dtype, shape: tuple[int, ...]) -> list[Defect]:
    found = []
    if summary["dtype"] != dtype.name:
        sentence = f"the summary's dtype is {summary['dtype']!r}; the array's is {dtype.name}."
        found.append(Defect(Code.SUMMARY_DTYPE, sentence, dtype.name, str(summary["dtype"])))
    if not isinstance(summary["shape"], (list, tuple)) or tuple(summary["shape"]) != shape:
        sentence = f"the summary's shape is {summary['shape']!r}; the array's is {list(shape)}."
        found.append(Defect(Code.SUMMARY_FIELDS, sentence, str(list(shape))))
    return found


def _count_defects(summary: Summary, true: Statistics) -> list[Defect]:
    compared = (
        (Code.COUNT, "count", true.count),
        (Code.NAN_COUNT, "nan_count", true.nan_count),
    )
    return [
        Defect(code, f"{name} is {summary[name]}; the array has {right}.", str(right))
        for code, name, right in compared
        if summary[name] != right
    ]


def _empty_defects(summary: Summary) -> list[Defect]:
    return [
        Defect(
            Code.EMPTY, f"{name} is {summary[name]} over no value at all; expected null.", "null"
        )
        for name in STATISTICS
        if summary[name] is not None
    ]


def _extrema_defects(summary: Summary, true: Statistics) -> list[Defect]:
    return [
        Defect(Code.EXTREMA, f"{name} is {summary[name]}; the array's is {right}.", str(right))
        for name, right in (("min", true.minimum), ("max", true.maximum))
        if summary[name] is None or summary[name] != right
    ]


def _moment_defects(
    summary: Summary, dtype: Dtype, true: Statistics, tolerance: float
) -> list[Defect]:
    if true.mean is None or true.std is None or not math.isfinite(true.mean + true.std):
        return []  # over infinite values no moment is defined
    margin = tolerance * max(abs(true.mean), true.std)
    found = []
    for name, right in (("mean", true.mean), ("std", true.std)):
        seen = summary[name]
        if seen is None or not abs(seen - right) <= margin:
            code = _why(name, seen, dtype, true, margin)
            sentence = f"{name} is {seen}; recomputed it is {right:.10g} ± {margin:.3g}"
            found.append(Defect(code, f"{sentence} ({code.meaning}).", f"{right:.10g}", str(seen)))
    return found


def _why(name: str, seen: Any, dtype: Dtype, true: Statistics, margin: float) -> Code:
    """What a wrong moment looks like: saturated, overflowed, or just wrong."""
    if seen is None or not math.isfinite(seen):
        return Code.SATURATED
    if name != "mean":
        return Code.MOMENTS
    valid = true.count - true.nan_count
    if dtype.name == "float16" and math.isclose(abs(seen) * valid, FLOAT16_MAX, rel_tol=_EPS16):
        return Code.SATURATED
    if true.total is not None and _overflowed(seen, dtype, true.total, valid, margin):
        return Code.OVERFLOW
    return Code.MOMENTS


def _overflowed(seen: float, dtype: Dtype, total: int, count: int, margin: float) -> bool:
    """Whether the mean is that of a sum which wrapped around in the source width or in 32 bits."""
    signed = dtype.kind is not Kind.UNSIGNED
    widths = {dtype.width * BITS_PER_BYTE, _INT32_BITS}
    wrapped = {_wrap(total, bits, signed=signed) / count for bits in widths}
    return any(abs(seen - each) <= margin for each in wrapped)


def _wrap(total: int, bits: int, *, signed: bool) -> int:
    offset = 1 << (bits - 1) if signed else 0
    return (total + offset) % (1 << bits) - offset
