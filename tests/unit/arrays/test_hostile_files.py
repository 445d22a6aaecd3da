"""Captured arrays that nobody could have captured: a finding or a sentence, never a crash."""

import json
import os
import struct
from pathlib import Path
from random import Random

import pytest
from fuzzing import PLAIN, fuzzed, made, noise, one_of, pick, pieces, record, several, values
from hypothesis import given

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


WHOLE = "{'descr': '<i2', 'fortran_order': False, 'shape': (1,)}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (npy("{'descr': '<i2', 'shape': (1,)}"), "has not the keys"),
        (npy(WHOLE.replace("}", ", 'more': 1}")), "has not the keys"),
        (npy(WHOLE.replace("}", ", 'descr': '<f4'}")), "has not the keys"),
        (npy(WHOLE.replace("(1,)", "2**80")), "no dictionary of plain values"),
        (npy(WHOLE)[:30], "ends within its header"),
        (b"\x93NUMPY", "ends within its header"),
        (b"\x93NUMPY\x09\x00", "its version 9 is not known"),
    ],
)
def test_what_is_wrong_with_a_header_is_said(tmp_path, content, said):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(ToolError, match=said):
        read_array_file(tmp_path / "a.npy", "any")


@pytest.mark.parametrize("order", ["'no'", "None", "1", "0", "[]"])
def test_an_order_that_is_neither_is_no_order(tmp_path, order):
    """A text that is not empty would count as true."""
    (tmp_path / "a.npy").write_bytes(npy(WHOLE.replace("False", order), b"\0\0"))
    assert judged(tmp_path / "a.npy") == ("FR019",)


def test_a_field_with_an_accent_is_a_structure(tmp_path):
    """Versions 1 and 2 are written in latin-1."""
    content = npy(WHOLE.replace("'<i2'", "[('caf\xe9', '<i2')]"))
    (tmp_path / "a.npy").write_bytes(content.replace("\xe9".encode(), b"\xe9"))
    with pytest.raises(ToolError, match="within its header"):  # one byte less than it says
        read_array_file(tmp_path / "a.npy", "any")
    (tmp_path / "a.npy").write_bytes(content.replace("\xe9".encode(), b"\xe9 "))
    assert judged(tmp_path / "a.npy") == ("DT012",)


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


DTYPES = ["<i2", "|u1", ">f4", "=f8", "<", "<i2 ", "O", "V3", b"", (), {}, [("a", "<i2")], "<M8[D]"]
SHAPES = several(pick(0, 1, 2, 3, -1, 2**31, 10**30, True, 1.5, "1", None), 4)
LITERALS = one_of(pick(*PLAIN, *DTYPES), values("a b"), lambda chance: tuple(SHAPES(chance)))
HEADER = record({}, {"descr": LITERALS, "shape": LITERALS, "fortran_order": LITERALS})
NOTES = [
    "{",
    "}",
    "'descr'",
    ":",
    ",",
    "(",
    ")",
    "'<i2'",
    "lambda:",
    "1",
    "*",
    "**",
    "\\",
    "\n",
    "#",
]


def npy_file(chance: Random) -> bytes:
    """A file of one of the versions, mostly whole, whose header is a dictionary or nearly one."""
    text = repr(HEADER(chance)) if chance.random() < 0.8 else pieces(NOTES, 12)(chance)
    header = text.encode("utf-8", "surrogatepass")
    version = chance.choice([1, 1, 1, 2, 3, 0, 4, 255])
    length = len(header) if chance.random() < 0.9 else chance.choice([0, 1, 65_535])
    counted = struct.pack("<H" if version == 1 else "<I", min(length, 65_535))
    whole = b"\x93NUMPY" + bytes([version, 0]) + counted + header + chance.randbytes(8)
    return whole[: chance.randint(0, len(whole))] if chance.random() < 0.1 else whole


@fuzzed
@given(content=made(npy_file))
def test_nothing_but_a_sentence_escapes(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "fuzzed.npy"
    file.write_bytes(content)
    try:
        judged(file)
    except ToolError as error:
        assert "fuzzed.npy" in str(error)  # noqa: PT017 - refused or judged


ENVELOPE = record(
    {},
    {
        **dict.fromkeys([*REQUIRED, *OPTIONAL], values("dtype shape a b")),
        "dtype": one_of(pick("int16", "float32", "uint8"), values("a")),
        "shape": one_of(SHAPES, values("a")),
    },
)


def envelope_file(chance: Random) -> bytes:
    return json.dumps(ENVELOPE(chance)).encode()


@fuzzed
@given(content=made(one_of(*[envelope_file] * 4, noise(30))), payload=made(noise(16)))
def test_no_envelope_escapes(tmp_path_factory, content, payload):
    file = tmp_path_factory.getbasetemp() / "fuzzed.json"
    file.write_bytes(content)
    file.with_suffix(".bin").write_bytes(payload)
    try:
        judged(file)
    except ToolError as error:
        assert "fuzzed.json" in str(error)  # noqa: PT017 - refused or judged
