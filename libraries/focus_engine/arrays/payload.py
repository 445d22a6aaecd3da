"""Does the payload have the length that shape and dtype promise? Python integers only."""

from math import prod

from focus_engine.arrays.canonical import CANONICAL, Dtype
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.message import ArrayMessage
from focus_engine.checks.finding import Finding, finding
from focus_engine.reading.missing import MISSING

ORDERS = ("C", "F")
MOST_AXES = 64  # of numpy
MOST_VALUES = 2**48  # beyond what any machine can address


def layout_defect(message: ArrayMessage, dtype: Dtype) -> Finding | None:
    """The first defect of shape, axis order and length; None when the payload can be read."""
    return (
        _shape_defect(message.shape)
        or _order_defect(message.order)
        or _length_defect(message, dtype)
        or _declared_defect(message)
    )


def sizes(message: ArrayMessage) -> tuple[int, ...]:
    """The shape of a message whose layout has no defect."""
    shape = message.shape
    if not isinstance(shape, (list, tuple)):
        raise TypeError(f"the shape {shape!r} was not checked")
    return tuple(shape)


def fitting_dtypes(payload_bytes: int, elements: int) -> list[str]:
    """The canonical dtypes for which `elements` values make `payload_bytes` bytes."""
    if not elements:
        return []
    width = payload_bytes / elements
    return [name for name, dtype in CANONICAL.items() if dtype.width == width]


def _shape_defect(shape: object) -> Finding | None:
    # bool is an int to Python, and a number with a fraction of zero is one to JSON Schema.
    whole = isinstance(shape, (list, tuple)) and all(type(size) is int for size in shape)
    if not whole or not isinstance(shape, (list, tuple)):
        sentence = f"the shape is {shape!r}; expected a list of whole numbers."
        return finding(ArrayCode.SHAPE_TYPE, sentence, "whole numbers", repr(shape))
    if any(size < 0 for size in shape):
        sentence = f"the shape {list(shape)} has a negative size."
        return finding(ArrayCode.SHAPE_SIGN, sentence, "0 or more", str(list(shape)))
    if len(shape) > MOST_AXES or prod(size or 1 for size in shape) > MOST_VALUES:
        sentence = f"the shape {list(shape)} is none that an array can have."
        limits = f"at most {MOST_AXES} axes and {MOST_VALUES} values"
        return finding(ArrayCode.SHAPE_SIGN, sentence, limits, str(list(shape)))
    return None


def _order_defect(order: object) -> Finding | None:
    if order in ORDERS:
        return None
    return finding(ArrayCode.AXIS_ORDER, f"the axis order is {order!r}; expected C or F.", "C or F")


def _length_defect(message: ArrayMessage, dtype: Dtype) -> Finding | None:
    shape = sizes(message)
    elements, seen = prod(shape), len(message.payload)
    expected = elements * dtype.width
    if seen == expected:
        return None
    fitting = fitting_dtypes(seen, elements)
    hint = f"that length fits {', '.join(fitting)}" if fitting else "no dtype fits that length"
    return finding(
        ArrayCode.LENGTH,
        f"the payload has {seen} bytes; shape {list(shape)} of {dtype.name} needs {expected} "
        f"({hint}).",
        f"{expected} bytes",
        f"{seen} bytes",
    )


def _declared_defect(message: ArrayMessage) -> Finding | None:
    declared, seen = message.declared_bytes, len(message.payload)
    if declared is MISSING or (type(declared) is int and declared == seen):
        return None
    sentence = f"nbytes is {declared!r}, but the payload has {seen} bytes."
    return finding(ArrayCode.DECLARED_LENGTH, sentence, f"{seen}", repr(declared))
