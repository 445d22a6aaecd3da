"""What the values of an array show. Vectorised; the payload is read in place, never copied."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_engine.arrays.canonical import NumberKind
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import Extrema, RangePolicy, ReadClaim
from focus_engine.arrays.message import ArrayMessage
from focus_engine.arrays.payload import sizes
from focus_engine.checks.finding import Finding, finding

SUBNORMAL_SHARE = 0.9
LEAST_VARIED = 32  # fewer values may be the same by chance, where the fibre is quiet
ROUNDING = float(np.finfo(np.float16).eps)  # of the coarsest type that a view has
Array = NDArray[Any]


def array_of(message: ArrayMessage, claim: ReadClaim) -> Array:
    """The values in the shape of the message, read-only and in place.

    The layout must have been checked: numpy itself would take a longer buffer without a word.
    """
    flat = np.frombuffer(message.payload, dtype=claim.dtype.typestr(claim.endian))
    return flat.reshape(sizes(message), order="F" if message.order == "F" else "C")


def span_of(payload: bytes, values: int, claim: ReadClaim) -> Extrema | None:
    """The lowest and the highest of so many values; NaN where one of them is none.

    None where there are none, or the payload is not that long.
    """
    if not values or len(payload) != values * claim.dtype.width:
        return None
    flat = np.frombuffer(payload, dtype=claim.dtype.typestr(claim.endian))
    return Extrema(flat.min().item(), flat.max().item())


def picture_of(payload: bytes, span: Extrema | None, claim: ReadClaim) -> int | None:
    """A number that two payloads share where all their values are equal.

    None where that may well be: of integers, of few values, and where one value is all of them.
    """
    if span is None or not span.minimum < span.maximum or claim.dtype.kind is not NumberKind.FLOAT:
        return None
    return hash(payload) if len(payload) >= LEAST_VARIED * claim.dtype.width else None


def still_frames(pictures: Sequence[int | None]) -> list[tuple[int, Finding]]:
    """The frames, by number, that show the picture of the one before; what a fibre tells varies."""
    sentence = "each of its values is that of the frame before: the picture stands still."
    still = finding(ArrayCode.STANDS_STILL, sentence, "other values", "the same")
    return [
        (number, still)
        for number, (before, after) in enumerate(pairwise(pictures), start=1)
        if after is not None and after == before
    ]


def span_defects(span: Extrema, extrema: Extrema) -> list[Finding]:
    """Values that are no numbers, or outside the extrema that came with them."""
    seen = f"{span.minimum:g} to {span.maximum:g}"
    if not (np.isfinite(span.minimum) and np.isfinite(span.maximum)):
        sentence = f"its values are {seen}; each should be a finite number."
        return [finding(ArrayCode.NOT_FINITE, sentence, "finite values", seen)]
    low = extrema.minimum - ROUNDING * abs(extrema.minimum)
    high = extrema.maximum + ROUNDING * abs(extrema.maximum)
    if not extrema.minimum <= extrema.maximum or low <= span.minimum <= span.maximum <= high:
        return []  # extrema that are none are told of by themselves
    expected = f"{extrema.minimum:g} to {extrema.maximum:g}"
    sentence = f"its values are {seen}, outside the running extrema {expected}."
    return [finding(ArrayCode.OUTSIDE_EXTREMA, sentence, expected, seen)]


def value_defects(
    array: Array, claim: ReadClaim, extrema: Extrema | None, policy: RangePolicy
) -> list[Finding]:
    """Every defect of the values that can be seen without knowing what they should be."""
    found = [] if extrema is None else _extrema_defects(extrema)
    if array.size == 0:
        return found
    if claim.dtype.kind in {NumberKind.FLOAT, NumberKind.COMPLEX}:
        found += _not_finite(array)
    if claim.dtype.kind is NumberKind.FLOAT:
        found += _subnormal(array)
    if extrema is not None and not found:
        found += _outside(array, claim, extrema)
    return found + _below_zero(array, claim, policy, extrema)


def attainment_defects(arrays: list[Array], extrema: Extrema, *, whole: bool) -> list[Finding]:
    """That the values of a job come up to its extrema, as far as its frames tell.

    Of a `whole` job the highest value is the maximum. Of a part it may have come before or after
    the part, so there only values that are all the same are known to be wrong.
    """
    arrays = [array for array in arrays if array.size]
    if not arrays or not extrema.maximum > extrema.minimum:
        return []
    low = min(array.min().item() for array in arrays)
    high = max(array.max().item() for array in arrays)
    eps = float(np.finfo(arrays[0].dtype).eps) if arrays[0].dtype.kind == "f" else 0.0
    short = high < extrema.maximum - eps * abs(extrema.maximum)
    if not (low == high or (whole and short)):
        return []
    seen = f"all {low:g}" if low == high else f"{low:g} to {high:g}"
    span = f"{extrema.minimum:g} to {extrema.maximum:g}"
    sentence = f"the values are {seen}, but the extrema say {span}: no value comes near."
    return [finding(ArrayCode.NOT_ATTAINED, sentence, f"values up to {extrema.maximum:g}", seen)]


def _extrema_defects(extrema: Extrema) -> list[Finding]:
    seen = f"{extrema.minimum} to {extrema.maximum}"
    if not (np.isfinite(extrema.minimum) and np.isfinite(extrema.maximum)):
        return [
            finding(ArrayCode.EXTREMA_FINITE, f"the extrema are {seen}.", "finite numbers", seen)
        ]
    if extrema.minimum > extrema.maximum:
        sentence = f"the minimum {extrema.minimum} is above the maximum {extrema.maximum}."
        return [finding(ArrayCode.EXTREMA_ORDER, sentence, "minimum ≤ maximum", seen)]
    return []


def _not_finite(array: Array) -> list[Finding]:
    wrong = ~np.isfinite(array)
    count = int(np.count_nonzero(wrong))
    if not count:
        return []
    first = tuple(int(each) for each in np.unravel_index(int(np.argmax(wrong)), array.shape))
    sentence = (
        f"{count} of {array.size} values are NaN or infinite, the first at index {list(first)}."
    )
    return [finding(ArrayCode.NOT_FINITE, sentence, "finite values", str(array[first]))]


def _subnormal(array: Array) -> list[Finding]:
    magnitude = np.abs(array)
    nonzero = magnitude > 0
    tiny = nonzero & (magnitude < np.finfo(array.dtype).tiny)
    few, all_ = int(np.count_nonzero(tiny)), int(np.count_nonzero(nonzero))
    if not all_ or few / all_ <= SUBNORMAL_SHARE:
        return []
    sentence = (
        f"{few} of {all_} non-zero values are subnormal; integers that are read as "
        f"{array.dtype.name} look so."
    )
    return [finding(ArrayCode.SUBNORMAL, sentence, "normal floats", f"{few} of {all_}")]


def _outside(array: Array, claim: ReadClaim, extrema: Extrema) -> list[Finding]:
    low, high = array.min().item(), array.max().item()
    eps = float(np.finfo(array.dtype).eps) if claim.dtype.kind is NumberKind.FLOAT else 0.0
    below = low < extrema.minimum - eps * abs(extrema.minimum)
    above = high > extrema.maximum + eps * abs(extrema.maximum)
    if not below and not above:
        return []
    sentence = (
        f"the values span {low} to {high}, outside the running extrema "
        f"{extrema.minimum} to {extrema.maximum}."
    )
    expected = f"{extrema.minimum} to {extrema.maximum}"
    return [finding(ArrayCode.OUTSIDE_EXTREMA, sentence, expected, f"{low} to {high}")]


def _below_zero(
    array: Array, claim: ReadClaim, policy: RangePolicy, extrema: Extrema | None
) -> list[Finding]:
    signed = claim.dtype.kind in {NumberKind.SIGNED, NumberKind.FLOAT}
    if policy is not RangePolicy.LINEAR or not signed:
        return []
    if extrema is not None and extrema.minimum < 0:
        sentence = f"the minimum is {extrema.minimum}; a linear scale has none below 0."
        return [finding(ArrayCode.RANGE_POLICY, sentence, "0 or more", str(extrema.minimum))]
    count = int(np.count_nonzero(array < 0))
    if not count:
        return []
    sentence = f"{count} of {array.size} values are negative; a linear scale has none."
    return [finding(ArrayCode.RANGE_POLICY, sentence, "0 or more", str(array.min().item()))]
