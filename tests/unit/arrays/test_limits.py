"""What a check cannot see is said, and really cannot be seen."""

from dataclasses import replace

import numpy as np

from focus_corpus.entry import seen_verdict
from focus_corpus.messages import EXTREMA, FLOAT16, valid_message
from focus_engine.arrays.checks import message_report
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract
from focus_engine.checks.report import Report


def test_all_zero_bytes_hide_every_dtype() -> None:
    message = valid_message()
    zero = replace(message, payload=bytes(len(message.payload)))
    report = message_report(zero, FLOAT16, extrema=EXTREMA)
    assert report.accepted
    assert any("all bytes are zero" in each for each in report.unseen)


def test_one_row_hides_the_axis_order() -> None:
    message = valid_message()
    row = replace(message, shape=(1, len(message.payload) // 2), order="F")
    report = message_report(row, FLOAT16, extrema=EXTREMA)
    assert report.accepted
    assert any("C and F order" in each for each in report.unseen)


def test_a_constant_hides_offsets() -> None:
    message = valid_message()
    same = replace(message, payload=np.full(256, 2.5, "<f2").tobytes())
    assert any("every value is the same" in each for each in _report(same).unseen)


def test_the_length_tells_which_dtypes_would_fit() -> None:
    message = valid_message()
    report = message_report(replace(message, payload=message.payload * 2), FLOAT16)
    assert seen_verdict(report) is ArrayCode.LENGTH
    assert "fits int32, uint32, float32" in report.findings[0].sentence


def _report(message) -> Report:
    return message_report(message, ArrayContract("any"), extrema=EXTREMA)
