"""Numbers and paths from the environment: finite, in range, there."""

from pathlib import Path

import pytest

from focus_engine.given import file_given, folder_given, seconds_given, whole_given
from focus_engine.verdict import ToolError


@pytest.mark.parametrize(
    "text",
    [
        *["nan", "inf", "-inf", "-5", "0", "1e400", "86401", "soon", "1,5"],
        *[
            "\u0663\u0660",
            "1_0",
            "0x10",
            "30s",
            "1e-400",
            "\U0001d7cf",
            "Infinity",
            "1 0",
            "\x1b[31m",
        ],
    ],
)
def test_seconds_that_cannot_be_waited_are_refused(monkeypatch, text):
    monkeypatch.setenv("FOCUS_X", text)
    with pytest.raises(ToolError, match=r"FOCUS_X is .*(86400)"):
        seconds_given("FOCUS_X", 1.0)


@pytest.mark.parametrize(("text", "seconds"), [("", 7.0), (" ", 7.0), ("0.5\n", 0.5), ("1e2", 100)])
def test_seconds(monkeypatch, text, seconds):
    monkeypatch.setenv("FOCUS_X", text)
    assert seconds_given("FOCUS_X", 7) == seconds


@pytest.mark.parametrize("text", ["0", "65536", "-1", "1.5", "1e3", "٣", "9" * 5000, "--1", "0x10"])
def test_whole_numbers_out_of_range_are_refused(monkeypatch, text):
    monkeypatch.setenv("FOCUS_X", text)
    with pytest.raises(ToolError, match="FOCUS_X is "):
        whole_given("FOCUS_X", 1, 1, 65_535)


@pytest.mark.parametrize("text", ["/no/such/place", "x" * 5000, "/dev/zero"])
def test_a_path_that_is_not_there_is_refused_and_not_quoted(monkeypatch, text):
    monkeypatch.setenv("FOCUS_X", text)
    for given in (file_given, folder_given):
        with pytest.raises(ToolError, match="FOCUS_X names no f") as caught:
            given("FOCUS_X", Path())
        assert text not in str(caught.value)


def test_a_folder_may_be_absent_where_it_can_be_made(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("FOCUS_X", str(tmp_path / "a" / "b"))
    assert folder_given("FOCUS_X", Path(), made=True) == tmp_path / "a" / "b"
    for name in ("file", "file/below", "loop", "loop/below", "x" * 5000):
        monkeypatch.setenv("FOCUS_X", str(tmp_path / name))
        with pytest.raises(ToolError, match="FOCUS_X names no folder"):
            folder_given("FOCUS_X", Path(), made=True)
