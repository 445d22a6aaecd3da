"""Whatever the text, only canonical names pass, and what numpy would take for them does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from focus_engine.arrays.canonical import CANONICAL, Endian, NumberKind, nearest
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract, ReadClaim, read_claim
from focus_engine.arrays.dtype_text import dtype_of
from focus_engine.arrays.message import DtypeClaim
from focus_engine.checks.finding import Finding

NUMPY_SPELLINGS = [
    *(spelling for spelling in np.sctypeDict if isinstance(spelling, str)),
    *(mark + kind + width for mark in "<>=|" for kind in "iufcbSUVOMm" for width in ("", "2", "8")),
    *np.typecodes["All"],
]


@pytest.mark.parametrize(
    "name", [n for n, d in CANONICAL.items() if d.kind is not NumberKind.COMPLEX]
)
def test_canonical_names_are_numpys_own(name: str) -> None:
    dtype = dtype_of(DtypeClaim(name))
    assert not isinstance(dtype, Finding)
    assert np.dtype(dtype.typestr(Endian.LITTLE)).name == name
    assert np.dtype(name).itemsize == dtype.width


@pytest.mark.parametrize("text", sorted(set(NUMPY_SPELLINGS) - set(CANONICAL)))
def test_no_other_spelling_of_numpy_passes(text: str) -> None:
    found = dtype_of(DtypeClaim(text))
    assert isinstance(found, Finding)
    assert found.code != ArrayCode.DTYPE_UNKNOWN.id or not _numpy_knows(text), found


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="<>=|!fiubcOSUVMm?0123456789(),[]{}: anstloexg", max_size=12))
def test_no_text_passes_but_canonical_names(text: str) -> None:
    assert isinstance(dtype_of(DtypeClaim(text)), Finding) is (text not in CANONICAL)


@pytest.mark.parametrize("claimed", [np.dtype("f4"), np.float32, float, b"float32", ["f4"], True])
def test_what_is_no_text_is_refused(claimed: object) -> None:
    found = dtype_of(DtypeClaim(claimed))
    assert isinstance(found, Finding)
    assert found.code == ArrayCode.DTYPE_NOT_TEXT.id


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("i2", "int16"),
        ("FLOAT32", "float32"),
        (">f8", "float64"),
    ],
)
def test_the_nearest_name_is_offered(text: str, name: str) -> None:
    assert nearest(text) == name
    found = dtype_of(DtypeClaim(text))
    assert isinstance(found, Finding)
    assert f"the nearest is {name}" in found.sentence


@pytest.mark.parametrize("endian", ["little", "big", "not-applicable", None])
def test_one_byte_has_no_order(endian: object) -> None:
    read = read_claim(DtypeClaim("uint8", endian), ArrayContract("any"))
    assert read == ReadClaim(CANONICAL["uint8"], Endian.NOT_APPLICABLE)


def _numpy_knows(text: str) -> bool:
    try:
        np.dtype(text)
    except TypeError:
        return False
    return True
