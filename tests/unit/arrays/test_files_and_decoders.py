"""Captured files and bus messages: claims as they stand there, and what is missing is said."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from focus_engine.arrays.checks import message_report
from focus_engine.arrays.contract import ArrayContract
from focus_engine.arrays.decoders import decode
from focus_engine.arrays.files import read_array_file
from focus_engine.arrays.profile import ArraysProfile, load_arrays_profile
from focus_engine.verdict import NeedsInput, NotAllowed, ToolError

ANY = ArrayContract("any")
ENVELOPE = {"dtype": "int16", "endian": "little", "shape": [2], "order": "C", "nbytes": 4}


def _pair(folder: Path, **changes: object) -> Path:
    envelope = {**ENVELOPE, **changes}
    path = folder / "capture.json"
    path.write_text(json.dumps({k: v for k, v in envelope.items() if v != "missing"}))
    path.with_suffix(".bin").write_bytes(b"\x01\x00\x02\x00")
    return path


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ()),
        ({"dtype": "missing"}, ("DT001",)),
        ({"endian": "missing"}, ("DT005",)),
        ({"shape": "missing"}, ("FR021", "FR001")),
        ({"nbytes": 5}, ("FR020",)),
        ({"colour": "red"}, ("FR021",)),
        ({"schema": "any", "timestamp": 1.5}, ()),
    ],
)
def test_an_envelope_is_judged_as_it_stands(tmp_path, changes, codes) -> None:
    message = read_array_file(_pair(tmp_path, **changes), "any")
    assert message_report(message, ANY).codes() == codes


@pytest.mark.parametrize(("given", "read"), [(7, 7), ("7", None), (True, None)])
def test_a_sequence_is_a_whole_number(tmp_path, given, read) -> None:
    assert read_array_file(_pair(tmp_path, sequence=given), "any").sequence == read


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (np.array([1, 2], "<i2"), ()),
        (np.array([[1, 2], [3, 4]], ">f4", order="F"), ()),
        (np.array(7, "u1"), ()),
        (np.array([None, 1], object), ("DT010",)),
        (np.array(["a"]), ("DT011",)),
        (np.zeros(2, "i4,f4"), ("DT012",)),
        (np.zeros(2, "c8"), ("DT013",)),
        (np.zeros(2, "M8[ns]"), ("DT015",)),
    ],
)
def test_npy_is_read_without_pickle(tmp_path, values, codes) -> None:
    np.save(tmp_path / "a.npy", values, allow_pickle=True)
    message = read_array_file(tmp_path / "a.npy", "any")
    assert message_report(message, ANY).codes() == codes


@pytest.mark.parametrize(
    "content", [b"", b"\x93NUMPY", b"no array at all", b"\x93NUMPY\x01\x00\x05\x00abc"]
)
def test_what_is_no_npy_is_an_error_of_its_own(tmp_path, content) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(ToolError, match=r"\.npy"):
        read_array_file(tmp_path / "a.npy", "any")


def test_a_missing_bin_is_named(tmp_path) -> None:
    path = _pair(tmp_path)
    path.with_suffix(".bin").unlink()
    with pytest.raises(ToolError, match=r"cannot read .*capture\.bin"):
        read_array_file(path, "any")


def test_the_invented_message_leads_to_a_verdict() -> None:
    body = struct.pack("<4sIQ3h", b"EXS1", 3, 7, -1, 0, 1)
    profile = load_arrays_profile("example")
    message = decode(profile, "Example.Samples", body)
    assert message.sequence == 7
    assert message_report(message, profile.contract_of_schema("samples")).accepted
    short = decode(profile, "Example.Samples", body[:-1])
    assert message_report(short, profile.contract_of_schema("samples")).codes() == ("FR004",)


@pytest.mark.parametrize("name", ["Prpcast.Info", "Prpcast.Chunk"])
def test_what_nobody_can_decode_says_what_it_needs(name) -> None:
    with pytest.raises(NeedsInput, match=rf"{name} cannot be decoded yet\. Needed: one captured"):
        decode(load_arrays_profile("pz"), name, b"")


def test_a_failing_decoder_is_an_error() -> None:
    with pytest.raises(ToolError, match=r"decoder of Example\.Samples .* failed: ValueError"):
        decode(load_arrays_profile("example"), "Example.Samples", bytes(16))


def test_an_unknown_message_names_the_known_ones() -> None:
    with pytest.raises(ToolError, match=r"'Other'\. Known are: Example\.Samples"):
        decode(load_arrays_profile("example"), "Other", b"")


@pytest.mark.parametrize("view", ["multichannel", "singlechannel", "waterfall", "heatmaps"])
def test_dtype_by_view_is_a_value_with_status(view) -> None:
    profile = load_arrays_profile("pz")
    assert profile.file.dtype_by_view[view].status.value == "specified"
    expected = "float32" if view == "heatmaps" else "float16"
    assert profile.contract_of_view(view).dtypes == (expected,)


def test_an_unknown_view_needs_input() -> None:
    with pytest.raises(NeedsInput, match="gives no dtype for view 'other'"):
        load_arrays_profile("pz").contract_of_view("other")


def test_invented_values_judge_the_sandbox_only() -> None:
    load_arrays_profile("example").require_for("sandbox")
    with pytest.raises(NotAllowed, match="is invented"):
        load_arrays_profile("example").require_for("staging")


def test_a_placeholder_must_say_what_it_needs(tmp_path) -> None:
    original: ArraysProfile = load_arrays_profile("pz")
    text = (original.folder / "arrays.yaml").read_text(encoding="utf-8")
    (tmp_path / "cut").mkdir()
    cut = "\n".join(line for line in text.splitlines() if "whether amplitudes" not in line)
    (tmp_path / "cut" / "arrays.yaml").write_text(cut, encoding="utf-8")
    with pytest.raises(ToolError, match=r"range_policy.*needs"):
        load_arrays_profile("cut", tmp_path)


def test_a_summary_of_unknown_fields_needs_input() -> None:
    with pytest.raises(NeedsInput, match=r"Needed: the fields that pzpy/data/data_summary\.py"):
        load_arrays_profile("pz").summary_rules()
    assert load_arrays_profile("example").summary_rules().fields


@pytest.mark.parametrize(("view", "code"), [("multichannel", "0"), ("waterfall", "2")])
def test_the_code_of_a_view(view, code) -> None:
    assert load_arrays_profile("pz").view_type_of(view) == code


def test_a_view_without_a_code_needs_input() -> None:
    with pytest.raises(
        NeedsInput, match=r"view_type of 'heatmaps' is not known\. Needed: the code"
    ):
        load_arrays_profile("pz").view_type_of("heatmaps")
