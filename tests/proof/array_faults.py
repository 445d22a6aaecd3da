"""Faults seeded in our checks of arrays and recordings: what a careless check would do."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from focus_corpus import messages, summaries
from focus_corpus.catalogue import corpus
from focus_corpus.own_checks import CHECKOUT
from focus_engine.arrays import checks, contract
from focus_engine.arrays.canonical import CANONICAL, Dtype, Endian, canonical_of
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ReadClaim
from focus_engine.arrays.message import DtypeClaim
from focus_engine.arrays.summary.statistics import Statistics
from focus_engine.checks.finding import Finding, finding
from focus_engine.checks.report import Report
from focus_engine.recordings import survey
from focus_engine.recordings.survey import UNRECOGNISED_SUFFIX

Fault = Callable[[], AbstractContextManager[None]]
PZ_CHECKOUTS = Path(__file__).parents[1] / "pz_checkout"
FLOAT32 = CANONICAL["float32"]


def _patched(module: object, name: str, wrong: Callable[[Any], Any]) -> Fault:
    """`wrong` gets the right function and returns the one that takes its place."""

    @contextmanager
    def seeded() -> Iterator[None]:
        with patch.object(module, name, wrong(getattr(module, name))):
            yield

    return seeded


def _accept_all(_: Any) -> Callable[..., Any]:
    return lambda *_args, **_named: ReadClaim(FLOAT32, Endian.LITTLE)


def _refuse_all(_: Any) -> Callable[..., Any]:
    return lambda *_args, **_named: finding(ArrayCode.DTYPE_UNKNOWN, "refused whatever it is.")


def _by_numpy(_: Any) -> Callable[..., Any]:
    """The check that everybody writes first."""

    def dtype_of(claim: DtypeClaim, **_named: object) -> Dtype | Finding:
        try:
            name = np.dtype(claim.dtype).name
        except TypeError as error:
            return finding(ArrayCode.DTYPE_UNKNOWN, f"{error}.")
        return CANONICAL.get(name, FLOAT32)

    return dtype_of


def _with_aliases(right: Any) -> Callable[..., Any]:
    def dtype_of(claim: DtypeClaim, **named: bool) -> Dtype | Finding:
        alias = canonical_of(claim.dtype) if isinstance(claim.dtype, str) else None
        return alias or right(claim, **named)

    return dtype_of


def _without_order(right: Any) -> Callable[..., Any]:
    """A claim is judged as if it were little-endian, whatever it says."""

    def read_claim(claim: DtypeClaim, agreed: Any) -> Any:
        return right(DtypeClaim(claim.dtype, "little"), replace(agreed, endian=None))

    return read_claim


def _order_of_bytes(right: Any) -> Callable[..., Any]:
    def read_claim(claim: DtypeClaim, agreed: Any) -> Any:
        if claim.endian not in {"little", "big"}:
            return finding(ArrayCode.ORDER_MISSING, "a byte order is required of every type.")
        return right(claim, agreed)

    return read_claim


def _by_kind(right: Any) -> Callable[..., Any]:
    """As numpy.issubdtype compares: integers are integers, of any width and sign."""

    def other_dtype(agreed: Any, claimed: Dtype) -> Finding | None:
        allowed = [CANONICAL[name] for name in agreed.dtypes]
        if any(each.integer and claimed.integer for each in allowed):
            return None
        return right(agreed, claimed)

    return other_dtype


def _report(*defects: Finding) -> Callable[[Any], Callable[..., Report]]:
    return lambda _right: lambda *_args, **_named: Report("corpus message", defects)


def _no_defect(_: Any) -> Callable[..., Any]:
    return lambda *_args, **_named: None


def _no_defects(_: Any) -> Callable[..., Any]:
    return lambda *_args, **_named: []


def _overflowing(right: Any) -> Callable[..., Any]:
    """Sums kept in the array's own type."""

    def statistics_of(array: Any) -> Statistics:
        if array.dtype.kind not in "iuf" or array.size == 0:
            return right(array)
        with np.errstate(over="ignore"):
            mean = float(array.sum(dtype=array.dtype)) / array.size
        return replace(right(array), mean=mean)

    return statistics_of


def _keeping_nan(right: Any) -> Callable[..., Any]:
    def statistics_of(array: Any) -> Statistics:
        return replace(right(array), nan_count=0, mean=None)

    return statistics_of


def _zero_over_nothing(right: Any) -> Callable[..., Any]:
    def statistics_of(array: Any) -> Statistics:
        return right(array) if array.size else Statistics(0, 0, 0.0, 0.0, 0.0, 0.0)

    return statistics_of


def _always_different(_: Any) -> Callable[..., Any]:
    return lambda *_args: [finding(ArrayCode.STREAM_CHANGED, "changed whatever it is.")]


def _fields_alone(right: Any) -> Callable[..., Any]:
    def summary_defects(*arguments: Any) -> list[Finding]:
        return [each for each in right(*arguments) if each.code == ArrayCode.SUMMARY_FIELDS.id]

    return summary_defects


def _unrecognised(_: Any) -> Callable[..., Any]:
    """The collection whose name contains `recording`, as the earlier framework looked it up."""
    return lambda guid: guid + UNRECOGNISED_SUFFIX


def _archived_unless_it_says_no(_: Any) -> Any:
    """The earlier framework's query `is_archive: False`, which finds no path without the mark."""
    return property(lambda path: path.is_archive is not False)


@contextmanager
def _lenient_pz() -> Iterator[None]:
    with patch.dict(os.environ, {CHECKOUT: str(PZ_CHECKOUTS / "lenient")}):
        yield


corpus()  # kept from now on: a fault must not get into the summaries that it should be judged by
_REFUSED = finding(ArrayCode.LENGTH, "refused whatever it is.")

ARRAY_FAULTS: dict[str, Fault] = {
    "dtype-check-accepts-all": _patched(checks, "read_claim", _accept_all),
    "dtype-check-refuses-all": _patched(checks, "read_claim", _refuse_all),
    "dtype-checked-by-numpy": _patched(contract, "dtype_of", _by_numpy),
    "dtype-aliases-accepted": _patched(contract, "dtype_of", _with_aliases),
    "byte-order-ignored": _patched(checks, "read_claim", _without_order),
    "byte-order-required-of-bytes": _patched(checks, "read_claim", _order_of_bytes),
    "dtype-compared-by-kind": _patched(contract, "_other_dtype", _by_kind),
    "payload-check-accepts-all": _patched(messages, "message_report", _report()),
    "payload-check-refuses-all": _patched(messages, "message_report", _report(_REFUSED)),
    "payload-length-ignored": _patched(checks, "layout_defect", _no_defect),
    "values-not-read": _patched(checks, "value_defects", _no_defects),
    "stream-not-compared": _patched(checks, "constancy_defects", _no_defects),
    "summary-check-accepts-all": _patched(summaries, "summary_report", _report()),
    "summary-overflows": _patched(checks, "statistics_of", _overflowing),
    "summary-keeps-nan": _patched(checks, "statistics_of", _keeping_nan),
    "stream-always-differs": _patched(checks, "constancy_defects", _always_different),
    "summary-zero-over-nothing": _patched(checks, "statistics_of", _zero_over_nothing),
    "summary-fields-alone": _patched(checks, "summary_defects", _fields_alone),
    "pz-trusts-numpy": _lenient_pz,
    "unmarked-paths-archived": _patched(survey.BasePath, "archived", _archived_unless_it_says_no),
    "reads-unrecognised-collection": _patched(survey, "collection_name", _unrecognised),
}
