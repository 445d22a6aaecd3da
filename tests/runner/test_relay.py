"""No traceback of a program reaches the console, and nothing else is lost."""

import io
import sys
import traceback
from pathlib import Path

from runner.suites.relay import Relay, told

LINES = ["one\n", "  two\n", "\n", "[ ERROR ] three\n"]


def _traceback() -> list[str]:
    try:
        int("no\nnumber")
    except ValueError:
        return traceback.format_exc().splitlines(keepends=True)


def test_lines_without_tracebacks_are_told() -> None:
    assert list(told([*LINES, *LINES])) == [*LINES, *LINES]


def test_of_a_traceback_the_error_stays() -> None:
    said = "".join(told([*LINES, *_traceback(), *LINES, *_traceback()]))
    assert "Traceback" not in said
    assert "File" not in said
    assert said.count("ValueError: ") == 2
    assert said.startswith("".join(LINES))


def test_what_pabot_says_of_its_own_files_is_not_told() -> None:
    lines = ["Output:  \n", "/x/results/.run-abc/passes/1-parallel/output.xml\n", "3 tests\n"]
    assert list(told(lines)) == ["3 tests\n"]


def test_all_is_kept_for_the_cause(tmp_path: Path, capsys) -> None:
    text = "".join([*LINES, *_traceback()])
    relay = Relay(io.StringIO(text), tmp_path / "console.txt")
    assert relay.said(60) == text
    assert capsys.readouterr().out == (tmp_path / "console.txt").read_text(encoding="utf-8")
    assert sys.stdout is not None
