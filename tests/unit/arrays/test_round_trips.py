"""Any array that is written as it claims is read back exactly, whatever dtype, shape and order."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from focus_corpus.summaries import RULES
from focus_engine.arrays.canonical import CANONICAL, Endian, NumberKind
from focus_engine.arrays.checks import message_report, summary_of, summary_report
from focus_engine.arrays.contract import ArrayContract, read_claim
from focus_engine.arrays.files import read_array_file
from focus_engine.arrays.message import ArrayMessage, DtypeClaim
from focus_engine.arrays.values import array_of

ANY = ArrayContract("any")
REAL = [dtype for dtype in CANONICAL.values() if dtype.kind is not NumberKind.COMPLEX]
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)


@st.composite
def written(draw: st.DrawFn) -> tuple[np.ndarray, ArrayMessage]:
    """Finite values of any real dtype in any order, and the message that carries them."""
    dtype = draw(st.sampled_from(REAL))
    endian = draw(st.sampled_from([Endian.LITTLE, Endian.BIG]))
    order = draw(st.sampled_from("CF"))
    finite = (
        {"allow_nan": False, "allow_infinity": False} if dtype.kind is NumberKind.FLOAT else None
    )
    values = draw(arrays.arrays(dtype.typestr(endian), draw(SHAPES), elements=finite))
    message = ArrayMessage(
        schema="any",
        source="drawn",
        claim=DtypeClaim(dtype.name, endian.value),
        shape=values.shape,
        order=order,
        payload=values.tobytes(order),
        declared_bytes=values.nbytes,
    )
    return values, message


@settings(max_examples=200, deadline=None)
@given(written())
def test_values_come_back_exactly(drawn: tuple[np.ndarray, ArrayMessage]) -> None:
    values, message = drawn
    read = array_of(message, read_claim(message.claim, ANY))
    assert read.dtype == values.dtype
    np.testing.assert_array_equal(read, values)


@settings(max_examples=100, deadline=None)
@given(written(), st.integers(min_value=-8, max_value=8).filter(bool))
def test_any_other_length_is_refused(drawn: tuple[np.ndarray, ArrayMessage], more: int) -> None:
    _, message = drawn
    payload = message.payload[:more] if more < 0 else message.payload + bytes(more)
    if len(payload) != len(message.payload):
        report = message_report(replace(message, payload=payload), ANY)
        assert report.codes() == ("FR004",)


@settings(max_examples=100, deadline=None)
@given(written())
def test_a_recomputed_summary_is_accepted(drawn: tuple[np.ndarray, ArrayMessage]) -> None:
    _, message = drawn
    summary = summary_of(message, ANY)
    assert summary_report(summary, message, ANY, RULES).accepted
    assert {type(each) for each in summary.values()} <= {str, list, int, float, bool, type(None)}


@settings(max_examples=60, deadline=None)
@given(drawn=written())
def test_npy_files_come_back_exactly(
    drawn: tuple[np.ndarray, ArrayMessage], tmp_path_factory
) -> None:
    values, message = drawn
    path = tmp_path_factory.mktemp("npy") / "drawn.npy"
    np.save(path, np.asarray(values, order=message.order))
    read = read_array_file(path, "any")
    np.testing.assert_array_equal(array_of(read, read_claim(read.claim, ANY)), values)
