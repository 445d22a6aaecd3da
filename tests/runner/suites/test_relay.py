"""What the programs of a pass print is read to its end, whatever cannot be written."""

from io import StringIO
from pathlib import Path

import pytest

from runner.suites.relay import OutputRelay

LINES = [f"line {number}\n" for number in range(1000)]


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("kept", ["full", "nowhere/said.txt", "."])
def test_a_full_disk_stops_no_reader(tmp_path: Path, capsys, kept: str) -> None:
    if Path("/dev/full").exists():
        (tmp_path / "full").symlink_to("/dev/full")
    relay = OutputRelay(StringIO("".join(LINES)), tmp_path / kept)
    assert relay.said(30) == "".join(LINES)
    assert capsys.readouterr().out.endswith(LINES[-1])


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_console_that_is_gone_stops_no_reader(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdout", _Gone())
    relay = OutputRelay(StringIO("".join(LINES)), tmp_path / "said.txt")
    assert relay.said(30) == "".join(LINES)
    monkeypatch.undo()


class _Gone(StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError
