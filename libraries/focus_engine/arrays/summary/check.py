"""A summary as a server gives it, compared with the statistics recomputed from the array."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from focus_engine.arrays.canonical import BITS_PER_BYTE, Dtype, NumberKind
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.profile import Statistic, SummaryRules
from focus_engine.arrays.summary.statistics import Statistics
from focus_engine.checks.finding import Finding, finding

MOMENTS = (Statistic.MEAN, Statistic.STD)
STATISTICS = (Statistic.MIN, Statistic.MAX, *MOMENTS)
FLOAT16_MAX = 65504.0
_EPS16 = 2.0**-10
_EPS32 = 2.0**-22
_EPS64 = 2.0**-50
_FLOAT32_BYTES = 4
_INT32_BITS = 32

Summary = Mapping[str, Any]
Told = Mapping[Statistic, Any]


def summary_defects(
    summary: Summary, dtype: Dtype, shape: tuple[int, ...], true: Statistics, rules: SummaryRules
) -> list[Finding]:
    """Every statistic of `summary` that the array contradicts.

    Names and presence of the fields are the profile's. min and max must be exact in the source
    dtype.
    """
    fields = list(_field_defects(summary, rules))
    if fields:
        return fields  # what is missing cannot be compared
    told = {
        statistic: summary[field.name]
        for statistic, field in rules.fields.items()
        if field.name in summary
    }
    found = [*_form_defects(told, dtype, shape), *_count_defects(told, true)]
    if dtype.kind is NumberKind.COMPLEX:
        return found
    if true.mean is None:
        return found + _empty_defects(told)
    return [
        *found,
        *_extrema_defects(told, dtype, true),
        *_moment_defects(told, dtype, true, rules.mean_std_tolerance),
    ]


def _field_defects(summary: Summary, rules: SummaryRules) -> Iterator[Finding]:
    names = [field.name for field in rules.fields.values()]
    for field in rules.fields.values():
        if field.required and field.name not in summary:
            sentence = f"the summary lacks {field.name}."
            yield finding(ArrayCode.SUMMARY_FIELDS, sentence, ", ".join(names))
    for name in [] if rules.other_fields_allowed else sorted(set(summary) - set(names)):
        yield finding(ArrayCode.SUMMARY_FIELDS, f"the summary has the unknown field {name}.")
    for statistic, right in _TYPES.items():
        name = rules.fields[statistic].name if statistic in rules.fields else ""
        if name in summary and not right(summary[name]):
            sentence = f"{name} is {summary[name]!r}, which has the wrong type."
            yield finding(ArrayCode.SUMMARY_FIELDS, sentence)


def _whole(value: object) -> bool:
    return type(value) is int


def _number_or_null(value: object) -> bool:
    return value is None or isinstance(value, (bool, int, float))


_TYPES: dict[Statistic, Callable[[object], bool]] = {
    Statistic.COUNT: _whole,
    Statistic.NAN_COUNT: _whole,
    **dict.fromkeys(STATISTICS, _number_or_null),
}


def _form_defects(told: Told, dtype: Dtype, shape: tuple[int, ...]) -> list[Finding]:
    found = []
    name, size = told.get(Statistic.DTYPE, dtype.name), told.get(Statistic.SHAPE, shape)
    if name != dtype.name:
        sentence = f"the summary's dtype is {name!r}; the array's is {dtype.name}."
        found.append(finding(ArrayCode.SUMMARY_DTYPE, sentence, dtype.name, str(name)))
    if not isinstance(size, (list, tuple)) or tuple(size) != shape:
        sentence = f"the summary's shape is {size!r}; the array's is {list(shape)}."
        found.append(finding(ArrayCode.SUMMARY_FIELDS, sentence, str(list(shape))))
    return found


def _count_defects(told: Told, true: Statistics) -> list[Finding]:
    compared = (
        (ArrayCode.COUNT, Statistic.COUNT, true.count),
        (ArrayCode.NAN_COUNT, Statistic.NAN_COUNT, true.nan_count),
    )
    return [
        finding(code, f"{name} is {told[name]}; the array has {right}.", str(right))
        for code, name, right in compared
        if name in told and told[name] != right
    ]


def _empty_defects(told: Told) -> list[Finding]:
    return [
        finding(
            ArrayCode.EMPTY, f"{name} is {told[name]} over no value at all; expected null.", "null"
        )
        for name in STATISTICS
        if told.get(name) is not None
    ]


def _extrema_defects(told: Told, dtype: Dtype, true: Statistics) -> list[Finding]:
    return [
        finding(ArrayCode.EXTREMA, f"{name} is {told[name]}; the array's is {right}.", str(right))
        for name, right in ((Statistic.MIN, true.minimum), (Statistic.MAX, true.maximum))
        if name in told and not _is_extremum(told[name], right, dtype)
    ]


def _is_extremum(told: Any, right: Any, dtype: Dtype) -> bool:
    """Whether they are one value of that type: 0.1 tells the float32 that is nearest to it."""
    if told is None or (isinstance(told, bool) and dtype.kind is not NumberKind.BOOLEAN):
        return False
    if told == right or dtype.kind is not NumberKind.FLOAT or not math.isfinite(told):
        return bool(told == right)
    import numpy as np  # noqa: PLC0415 - heavy

    with np.errstate(over="ignore"):
        return bool(math.isfinite(right) and np.dtype(dtype.name).type(told) == right)


def _moment_defects(told: Told, dtype: Dtype, true: Statistics, tolerance: float) -> list[Finding]:
    if true.mean is None or true.std is None:
        return []
    # An offset hides no wrong deviation, but what the mean loses in it the deviation loses too.
    lost = _lost(dtype) * abs(true.mean)
    margins = tolerance * max(abs(true.mean), true.std), tolerance * true.std + lost
    found = []
    for name, right, margin in zip(MOMENTS, (true.mean, true.std), margins, strict=True):
        seen = told.get(name)
        if not math.isfinite(right):
            continue  # over infinite values no moment is defined
        if name in told and (seen is None or not abs(seen - right) <= margin):
            code = _why(name, seen, dtype, true, margin)
            sentence = f"{name} is {seen}; recomputed it is {right:.10g} ± {margin:.3g}"
            found.append(finding(code, f"{sentence} ({code.meaning}).", f"{right:.10g}", str(seen)))
    return found


def _lost(dtype: Dtype) -> float:
    """The relative error of a careful sum: in float32 for narrow floats, in float64 for others."""
    narrow = dtype.kind is NumberKind.FLOAT and dtype.width <= _FLOAT32_BYTES
    return _EPS32 if narrow else _EPS64


def _why(name: Statistic, seen: Any, dtype: Dtype, true: Statistics, margin: float) -> ArrayCode:
    """What a wrong moment looks like: saturated, overflowed, or just wrong."""
    if seen is None or not math.isfinite(seen):
        return ArrayCode.SATURATED
    if name is not Statistic.MEAN:
        return ArrayCode.MOMENTS
    valid = true.count - true.nan_count
    if dtype.name == "float16" and math.isclose(abs(seen) * valid, FLOAT16_MAX, rel_tol=_EPS16):
        return ArrayCode.SATURATED
    if true.total is not None and _overflowed(seen, dtype, true.total, valid, margin):
        return ArrayCode.OVERFLOW
    return ArrayCode.MOMENTS


def _overflowed(seen: float, dtype: Dtype, total: int, count: int, margin: float) -> bool:
    """Whether the mean is that of a sum which wrapped around in the source width or in 32 bits."""
    signed = dtype.kind is not NumberKind.UNSIGNED
    widths = {dtype.width * BITS_PER_BYTE, _INT32_BITS}
    wrapped = {_wrap(total, bits, signed=signed) / count for bits in widths}
    return any(abs(seen - each) <= margin for each in wrapped)


def _wrap(total: int, bits: int, *, signed: bool) -> int:
    offset = 1 << (bits - 1) if signed else 0
    return (total + offset) % (1 << bits) - offset
