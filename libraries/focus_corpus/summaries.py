"""Arrays with their summaries: true ones, and one false statistic per code."""

from collections.abc import Callable
from typing import Any

import numpy as np

from focus_corpus.entry import CorpusEntry
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


def _entry(name: str, verdict: ArrayCode | None, array: str, change: Change) -> CorpusEntry:
    message = array_message(_ARRAYS[array])
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
