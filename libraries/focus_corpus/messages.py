"""Messages with a payload: float16 values on a linear scale, and what can happen to them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from focus_corpus.entry import CorpusEntry
from focus_engine.arrays.canonical import Endian
from focus_engine.arrays.checks import message_report, messages_report
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract, Extrema, RangePolicy
from focus_engine.arrays.message import ArrayMessage, DtypeClaim
from focus_engine.checks.report import Report

FLOAT16 = ArrayContract("amplitudes", ("float16",), Endian.LITTLE)
EXTREMA = Extrema(0.0, 700.0)
_ROWS, _COLUMNS, _HIGHEST = 4, 64, 650.0

Change = Callable[[ArrayMessage], ArrayMessage]


def valid_message(seed: int = 1) -> ArrayMessage:
    """Amplitudes from 0 to 650, the same for the same seed."""
    values = np.random.default_rng(seed).uniform(0, _HIGHEST, (_ROWS, _COLUMNS))
    return _with(values.astype("<f2"))


def messages() -> list[CorpusEntry]:
    """A valid message, one mutation per code, and what a stream of messages can break."""
    entries = [_entry("payload valid", None, lambda message: message)]
    entries += [_entry(name, code, change) for name, code, change in _MUTATIONS]
    for name, extrema in _EXTREMA.items():
        code = ArrayCode.EXTREMA_ORDER if name == "extrema reversed" else ArrayCode.EXTREMA_FINITE
        entries.append(_entry(name, code, lambda message: message, extrema))
    entries.append(
        _entry("values outside the extrema", ArrayCode.OUTSIDE_EXTREMA, _same, Extrema(0, 9))
    )
    below = _with_value(-1.0)
    entries.append(_entry("value negative", ArrayCode.RANGE_POLICY, below, Extrema(-1.0, 700.0)))
    return [*entries, _stream("stream constant", None, _same)] + [
        _stream(f"stream changes its {what}", ArrayCode.STREAM_CHANGED, change)
        for what, change in _STREAM_CHANGES.items()
    ]


def _entry(
    name: str, verdict: ArrayCode | None, change: Change, extrema: Extrema = EXTREMA
) -> CorpusEntry:
    def judge() -> Report:
        return message_report(change(valid_message()), FLOAT16, RangePolicy.LINEAR, extrema)

    return CorpusEntry(name, verdict, judge)


def _stream(name: str, verdict: ArrayCode | None, change: Change) -> CorpusEntry:
    def judge() -> Report:
        first, last = valid_message(seed=1), valid_message(seed=2)
        return messages_report([first, change(last)], ArrayContract("any"))

    return CorpusEntry(name, verdict, judge)


def _same(message: ArrayMessage) -> ArrayMessage:
    return message


def _with(values: "np.ndarray[Any, Any]") -> ArrayMessage:
    return ArrayMessage(
        schema=FLOAT16.schema,
        source="corpus message",
        claim=DtypeClaim("float16", "little"),
        shape=(_ROWS, _COLUMNS),
        order="C",
        payload=values.tobytes(),
    )


def _as(dtype: str) -> Change:
    """The same values written in another type, while the claim stays."""
    return lambda message: _with(_values(message).astype(dtype))


def _values(message: ArrayMessage) -> "np.ndarray[Any, Any]":
    return np.frombuffer(message.payload, "<f2")


def _with_value(value: float) -> Change:
    def change(message: ArrayMessage) -> ArrayMessage:
        values = _values(message).copy()
        values[_COLUMNS] = value
        return _with(values)

    return change


def _envelope(message: ArrayMessage) -> ArrayMessage:
    envelope = {"shape": [1], "order": "C", "nbytes": 2, "colour": "red"}
    return replace(message, meta={"envelope": envelope})


_MUTATIONS: tuple[tuple[str, ArrayCode, Change], ...] = (
    ("values float32", ArrayCode.LENGTH, _as("<f4")),
    ("values float64", ArrayCode.LENGTH, _as("<f8")),
    ("values uint8", ArrayCode.LENGTH, _as("u1")),
    ("values big-endian", ArrayCode.NOT_FINITE, _as(">f2")),
    ("values int16", ArrayCode.SUBNORMAL, _as("<i2")),
    ("value NaN", ArrayCode.NOT_FINITE, _with_value(float("nan"))),
    ("value infinite", ArrayCode.NOT_FINITE, _with_value(float("inf"))),
    ("payload truncated", ArrayCode.LENGTH, lambda each: replace(each, payload=each.payload[:-1])),
    (
        "payload longer",
        ArrayCode.LENGTH,
        lambda each: replace(each, payload=each.payload + b"\0\0"),
    ),
    ("shape text", ArrayCode.SHAPE_TYPE, lambda each: replace(each, shape="4x64")),
    ("shape fraction", ArrayCode.SHAPE_TYPE, lambda each: replace(each, shape=[4.0, 64])),
    ("shape negative", ArrayCode.SHAPE_SIGN, lambda each: replace(each, shape=[-4, -64])),
    ("axis order unknown", ArrayCode.AXIS_ORDER, lambda each: replace(each, order="A")),
    ("declared length", ArrayCode.DECLARED_LENGTH, lambda each: replace(each, declared_bytes=1)),
    ("envelope unknown field", ArrayCode.ENVELOPE, _envelope),
)
_EXTREMA = {
    "extrema reversed": Extrema(700.0, 0.0),
    "extrema NaN": Extrema(float("nan"), 700.0),
}
_STREAM_CHANGES: dict[str, Change] = {
    "dtype": lambda each: replace(each, claim=DtypeClaim("int16", "little")),
    "shape": lambda each: replace(each, shape=(_COLUMNS, _ROWS)),
    "metadata": lambda each: replace(each, meta={"gauge": 1}),
}
