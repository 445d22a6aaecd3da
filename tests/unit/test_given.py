"""Numbers and paths from the environment: finite, in range, there. Files that somebody names."""

import os
import resource
import signal
from pathlib import Path

import pytest

from focus_engine.given import file_given, folder_given, seconds_given, whole_given, write_named
from focus_engine.verdict import ToolError


@pytest.mark.parametrize(
    "text",
    [
        *["nan", "inf", "-inf", "-5", "0", "1e-9", "0.099", "1e400", "86401", "soon", "1,5"],
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


def ours(there: bytes) -> bool:
    return there.startswith(b"ours")


def test_a_named_file_is_written_anew_and_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for before in (None, "", "ours, and longer than what follows"):
        if before is not None:
            file.write_text(before, encoding="utf-8")
            file.chmod(0o640)
        write_named(file, "ours\nü", ours)
        assert file.read_bytes() == "ours\nü".encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_link_leads_to_the_same_file_afterwards(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(file)
    write_named(link, "ours", ours)
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "ours"


@pytest.mark.parametrize("kind", ["foreign", "fifo", "folder", "loop", "below", "absent", "long"])
def test_what_must_not_be_written_is_refused_and_stays(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    if kind == "fifo":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "loop":
        file.symlink_to(file)
    elif kind != "absent":
        file.write_text("foreign", encoding="utf-8")
    names = {"below": "file/below", "absent": "nowhere/file", "long": "n" * 300}
    with pytest.raises(ToolError, match="Name another file"):
        write_named(tmp_path / names.get(kind, "file"), "ours", ours)
    assert [each.name for each in tmp_path.iterdir()] == ["file"] * (kind != "absent")
    if file.is_file():
        assert file.read_text(encoding="utf-8") == "foreign"
    with pytest.raises(ToolError, match="no ordinary file"):
        write_named(Path(os.devnull), "ours", ours)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("ours as before", encoding="utf-8")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
        with pytest.raises(ToolError, match=r"cannot write .*file: File too large"):
            write_named(file, "ours" * 5000, ours)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert file.read_text(encoding="utf-8") == "ours as before"
