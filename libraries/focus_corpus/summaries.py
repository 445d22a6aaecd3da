"""Arrays with their summaries: true ones, and one false statistic per code."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from focus_corpus.entry import CorpusEntry, seen_verdict
from focus_engine.arrays.canonical import Endian
from focus_engine.arrays.checks import summary_of, summary_report
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract
from focus_engine.arrays.message import ArrayMessage, DtypeClaim
from focus_engine.arrays.profile import Statistic, SummaryField, SummaryRules
from focus_engine.checks.report import Report
from focus_engine.status import Status

ANY = ArrayContract("any")
RULES = SummaryRules(
    status=Status.INVENTED,
    source="the fields that these tests recompute",
    fields={each: SummaryField(name=each.value) for each in Statistic},
    other_fields_allowed=False,
    mean_std_tolerance=1e-6,
)
_VALUES = 4000
Summary = dict[str, Any]
Change = Callable[[Summary], Summary]


def array_message(values: "np.ndarray[Any, Any]") -> ArrayMessage:
    """A message that claims what `values` really are."""
    order = Endian.BIG if values.dtype.str.startswith(">") else Endian.LITTLE
    claimed = order if values.dtype.itemsize > 1 else Endian.NOT_APPLICABLE
    return ArrayMessage(
        schema=ANY.schema,
        source=f"corpus array of {values.dtype.name}",
        claim=DtypeClaim(values.dtype.name, claimed.value),
        shape=values.shape,
        order="C",
        payload=values.tobytes(),
    )


def summaries() -> list[CorpusEntry]:
    """True summaries of several arrays, and one mutation per code."""
    return [_entry(name, None, name, lambda summary: summary) for name in _ARRAYS] + [
        _entry(name, code, array, change) for name, code, array, change in _MUTATIONS
    ]


def more_summaries() -> list[CorpusEntry]:
    """One field wrong by the least that is wrong, in each of many ways, over arrays of many types.

    Those that our own check refuses: a change that is none is in no summary of these.
    """
    entries = [
        _entry(f"{change} {array}", None, array, _CHANGES[change], _SMALL)
        for array in _SMALL
        for change in _CHANGES
    ]
    return [_judged(entry) for entry in entries if entry.judge().defects] + [
        _entry(array, None, array, lambda summary: summary, _SMALL) for array in _SMALL
    ]


def _judged(entry: CorpusEntry) -> CorpusEntry:
    return replace(entry, verdict=seen_verdict(entry.judge()))


def _entry(
    name: str,
    verdict: ArrayCode | None,
    array: str,
    change: Change,
    arrays: "dict[str, np.ndarray[Any, Any]] | None" = None,
) -> CorpusEntry:
    message = array_message((arrays or _ARRAYS)[array])
    summary = change(summary_of(message, ANY))

    def judge() -> Report:
        return summary_report(summary, message, ANY, RULES)

    given = {
        "summary": summary,
        "dtype": message.claim.dtype,
        "endian": message.claim.endian,
        "shape": message.shape,
        "payload": message.payload,
    }
    return CorpusEntry(name, verdict, judge, given)


def _set(**fields: Any) -> Change:
    return lambda summary: {**summary, **fields}


def _more(name: str, factor: float) -> Change:
    return lambda summary: {**summary, name: summary[name] * factor}


def _without(name: str) -> Change:
    return lambda summary: {key: value for key, value in summary.items() if key != name}


def _mean_of_sum(array: str, accumulator: str) -> Change:
    """The mean of a sum that was kept in `accumulator`: what overflow makes of it."""
    values = _ARRAYS[array]
    with np.errstate(over="ignore"):
        total = values.sum(dtype=accumulator)
    if np.isinf(total):
        total = np.finfo(accumulator).max
    return _set(mean=float(total) / values.size)


_ARRAYS: dict[str, "np.ndarray[Any, Any]"] = {
    "summary of float32": np.linspace(-1, 3, _VALUES, dtype="<f4"),
    "summary of float16": np.linspace(0, 650, _VALUES).astype("<f2"),
    "summary of int16": np.arange(_VALUES, dtype="<i2"),
    "summary of uint64": np.full(_VALUES, 2**63, ">u8"),
    "summary of booleans": np.arange(_VALUES) % 3 == 0,
    "summary with NaN": np.where(np.arange(_VALUES) % 7, 1.5, np.nan).astype("<f4"),
    "summary of nothing": np.empty((0, 5), "<f4"),
    "summary of NaN alone": np.full(3, np.nan, "<f4"),
}
_MUTATIONS: tuple[tuple[str, ArrayCode, str, Change], ...] = (
    ("count too low", ArrayCode.COUNT, "summary of float32", _set(count=_VALUES - 1)),
    ("min of another type", ArrayCode.EXTREMA, "summary of float32", _set(min=-1.0000001)),
    ("max null", ArrayCode.EXTREMA, "summary of float32", _set(max=None)),
    ("mean outside tolerance", ArrayCode.MOMENTS, "summary of float32", _more("mean", 1.00001)),
    ("std of a sample", ArrayCode.MOMENTS, "summary of float32", _more("std", 1.00013)),
    (
        "sum kept in int16",
        ArrayCode.OVERFLOW,
        "summary of int16",
        _mean_of_sum("summary of int16", "<i2"),
    ),
    ("NaN counted as nothing", ArrayCode.NAN_COUNT, "summary with NaN", _set(nan_count=0)),
    ("dtype of the summary", ArrayCode.SUMMARY_DTYPE, "summary of float32", _set(dtype="float64")),
    ("zero over nothing", ArrayCode.EMPTY, "summary of nothing", _set(mean=0.0)),
    ("NaN over NaN alone", ArrayCode.EMPTY, "summary of NaN alone", _set(max=float("nan"))),
    ("field missing", ArrayCode.SUMMARY_FIELDS, "summary of float32", _without("std")),
    ("field unknown", ArrayCode.SUMMARY_FIELDS, "summary of float32", _set(median=1.0)),
    ("count as text", ArrayCode.SUMMARY_FIELDS, "summary of float32", _set(count=str(_VALUES))),
    ("mean infinite", ArrayCode.SATURATED, "summary of float16", _set(mean=float("inf"))),
    (
        "sum saturated in float16",
        ArrayCode.SATURATED,
        "summary of float16",
        _mean_of_sum("summary of float16", "<f2"),
    ),
)
_FIELDS = [each.value for each in Statistic]
_SMALL: dict[str, "np.ndarray[Any, Any]"] = {
    "of int8": np.arange(-60, 60, dtype="i1"),
    "of uint16, big-endian": np.arange(60, dtype=">u2"),
    "of int64 above 2**53": np.arange(2**62, 2**62 + 60, dtype="<i8"),
    "of uint64 above 2**63": np.arange(2**63, 2**63 + 60, dtype="<u8"),
    "of float16": np.linspace(0, 650, 60).astype("<f2"),
    "of float32, two axes": np.linspace(-1, 3, 60, dtype="<f4").reshape(4, 15),
    "of float64, big-endian": np.linspace(-1e3, 3e3, 60, dtype=">f8"),
    "of float64 far from zero": np.linspace(1e9, 1e9 + 1, 60, dtype="<f8"),
    "of float32 with NaN": np.where(np.arange(60) % 7, 1.5, np.nan).astype("<f4"),
    "of booleans": np.arange(60) % 3 == 0,
    "of nothing": np.empty((0, 5), "<f4"),
}


def _next(name: str, up: bool) -> Change:
    """The number after (or before) it, of those that its type has."""

    def change(summary: Summary) -> Summary:
        value, dtype = summary[name], np.dtype(summary["dtype"])
        if isinstance(value, float) and dtype.kind == "f":
            beside = np.nextafter(dtype.type(value), dtype.type(np.inf if up else -np.inf))
            return {**summary, name: float(beside)}
        if isinstance(value, int) and not isinstance(value, bool):
            return {**summary, name: value + (1 if up else -1)}
        return summary

    return change


def _off(name: str, factor: float) -> Change:
    def change(summary: Summary) -> Summary:
        value = summary[name]
        return summary if value is None else {**summary, name: value * factor}

    return change


def _shape(change: Callable[[list[int]], list[int]]) -> Change:
    return lambda summary: {**summary, "shape": change(list(summary["shape"]))}


_CHANGES: dict[str, Change] = {
    **{f"no {name}": _without(name) for name in _FIELDS},
    **{f"{name} null": _set(**{name: None}) for name in _FIELDS},
    **{f"{name} as text": _set(**{name: "1"}) for name in _FIELDS},
    **{f"{name} one up": _next(name, up=True) for name in ("count", "nan_count", "min", "max")},
    **{f"{name} one down": _next(name, up=False) for name in ("count", "nan_count", "min", "max")},
    **{f"{name} too high": _off(name, 1.0001) for name in ("mean", "std")},
    **{f"{name} too low": _off(name, 0.9999) for name in ("mean", "std")},
    "min and max exchanged": lambda summary: {
        **summary,
        "min": summary["max"],
        "max": summary["min"],
    },
    "shape reversed": _shape(lambda shape: shape[::-1]),
    "shape of one more axis": _shape(lambda shape: [*shape, 1]),
    "shape flat": _shape(lambda shape: [int(np.prod(shape))]),
    "shape too long": _shape(lambda shape: [shape[0] + 1, *shape[1:]]),
    "another field": _set(median=1.0),
}
