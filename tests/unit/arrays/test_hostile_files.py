"""Captured arrays that nobody could have captured: a finding or a sentence, never a crash."""

import json
import os
import struct
from pathlib import Path

import pytest
from fuzzing import FUZZ, PLAIN, values
from hypothesis import given
from hypothesis import strategies as st

from focus_engine.arrays.checks import message_report
from focus_engine.arrays.files import OPTIONAL, REQUIRED, read_array_file
from focus_engine.verdict import ToolError

from .test_files_and_decoders import ANY


def npy(header: str, payload: bytes = b"") -> bytes:
    text = header.encode("utf-8", "surrogatepass")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) & 0xFFFF) + text + payload


def judged(path: Path) -> tuple[str, ...]:
    return message_report(read_array_file(path, "any"), ANY).codes()


@pytest.mark.parametrize(
    "header",
    [
        *["{[]: 1}", "[" * 9000, "1" * 5000, "{}" * 3, "__import__('os')", "\ud800", "\x00"],
        *["{'shape': " + "-" * 9000, "[]", "'x'", "{1: 2}.x", " " * 20_000],
    ],
)
def test_a_header_that_is_none_is_a_sentence(tmp_path, header):
    (tmp_path / "a.npy").write_bytes(npy(header))
    with pytest.raises(ToolError, match=r"a\.npy cannot be read as an array"):
        read_array_file(tmp_path / "a.npy", "any")


@pytest.mark.parametrize(
    "shape",
    [[0, 10**30], [1] * 65, [2**60, 2**60], [0] * 1000, [-1], [True], [1.0], "1", None, {}, [[1]]],
)
def test_a_shape_that_no_array_has_is_a_finding(tmp_path, shape):
    (tmp_path / "a.bin").write_bytes(b"")
    envelope = {"dtype": "int16", "endian": "little", "shape": shape, "order": "C", "nbytes": 0}
    (tmp_path / "a.json").write_text(json.dumps(envelope), encoding="utf-8")
    assert judged(tmp_path / "a.json")
    (tmp_path / "a.npy").write_bytes(
        npy(repr({"descr": "<i2", "fortran_order": False, "shape": shape}))
    )
    assert judged(tmp_path / "a.npy")


@pytest.mark.parametrize("text", ["[]", "{", '{"shape": NaN}', "[" * 100_000, "1" * 5000])
def test_an_envelope_that_is_none_is_a_sentence(tmp_path, text):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(ToolError, match=r"a\.json cannot be read as an array"):
        read_array_file(tmp_path / "a.json", "any")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name here")
def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.npy")
    (tmp_path / "zero.npy").symlink_to("/dev/zero")
    for name in ("pipe.npy", "zero.npy"):
        with pytest.raises(ToolError, match="no ordinary file"):
            read_array_file(tmp_path / name, "any")


LITERALS = PLAIN | st.sampled_from(
    ["<i2", "|u1", ">f4", "=f8", "<", "<i2 ", "O", "V3", "C", "F", b"", (), {}, [("a", "<i2")]]
)
LITERALS |= st.lists(PLAIN, max_size=3).map(tuple)  # flat: what nests costs most of the time


@FUZZ
@given(
    header=st.fixed_dictionaries(
        {}, optional={"descr": LITERALS, "shape": LITERALS, "fortran_order": LITERALS}
    ).map(repr)
    | st.text(max_size=30),
    payload=st.binary(max_size=8),
)
def test_nothing_but_a_sentence_escapes(tmp_path_factory, header, payload):
    file = tmp_path_factory.getbasetemp() / "fuzzed.npy"
    file.write_bytes(npy(header, payload))
    try:
        judged(file)
    except ToolError as error:
        assert "fuzzed.npy" in str(error)  # noqa: PT017 - refused or judged


ENVELOPES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys([*REQUIRED, *OPTIONAL], values("dtype shape a b"))
)


@FUZZ
@given(
    content=ENVELOPES.map(lambda each: json.dumps(each).encode()) | st.binary(max_size=30),
    payload=st.binary(max_size=8),
)
def test_no_envelope_escapes(tmp_path_factory, content, payload):
    file = tmp_path_factory.getbasetemp() / "fuzzed.json"
    file.write_bytes(content)
    file.with_suffix(".bin").write_bytes(payload)
    try:
        judged(file)
    except ToolError as error:
        assert "fuzzed.json" in str(error)  # noqa: PT017 - refused or judged
