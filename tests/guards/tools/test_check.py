"""What `focus.py check` tells a tester: one sentence per trouble, and none for what is right."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from guards.check import layout, main, proven_rows, rows_that_run, tags, told_rows
from guards.suites import SUITES

SUITE = """\
*** Settings ***
Documentation       A table.

Resource            channels.resource
Resource            nfft.resource

Test Template       Channel Range Should Be Rejected

Test Tags           channels{tags}


*** Test Cases ***      MIN     MAX
{rows}
"""
GOOD = "Minimum is zero         0       ${END_CHANNEL}"
TWICE = "Multiple test cases with name 'Minimum is zero'"
SLIPS = {
    "Cell missing            0": "a cell is missing: MAX",
    "Cell too many           0       1       2": "too many cells",
    "Misspelt                0       ${END_CHANEL}": "Variable '${END_CHANEL}' not found",
    "Type\n    [Template]    NFFT Should Be Accepted\n    50    1024": "'view' got value '50'",
    "Unknown\n    [Template]    No Such Keyword\n    0    1": "No keyword with name",
}


@pytest.fixture
def table() -> Iterator[Callable[..., Path]]:
    """Tables that stand in the project, as the editor's analysis wants it."""
    with ExitStack() as tables:

        def made(*rows: str, tags: str = "", aligned: bool = False) -> Path:
            here = Path(__file__).parent
            file = tables.enter_context(
                tempfile.NamedTemporaryFile("w", dir=here, prefix="t_", suffix=".robot")
            )
            file.write(SUITE.format(rows="\n".join(rows), tags=tags))
            file.flush()
            if aligned:
                subprocess.run([sys.executable, "-m", "robocop", "format", file.name], check=True)
            return Path(file.name)

        yield made


def test_a_table_that_is_right_has_nothing_to_mend(table, capsys) -> None:
    assert main([str(table(GOOD, aligned=True))]) == 0
    assert capsys.readouterr().out.endswith("1 files, 7 checks: nothing to mend.\n")


def test_each_slip_gets_its_sentence(table, capsys) -> None:
    rows = (GOOD, GOOD, *SLIPS)
    assert main([str(table(*rows, aligned=True))]) == 1
    said = capsys.readouterr().out
    assert [sentence for sentence in [*SLIPS.values(), TWICE] if sentence not in said] == []


def test_a_table_that_is_not_aligned_is_told_how(table) -> None:
    [said] = layout([table(GOOD.replace("    ", " \t "))])
    assert "cells are not aligned. Mend it: python -m robocop format" in said


def test_a_load_table_is_exclusive_as_a_whole(table) -> None:
    [said] = tags([table(GOOD, tags="    load")])
    assert "the whole file must be tagged exclusive" in said


def test_the_settings_of_a_folder_are_no_table(table) -> None:
    assert list(rows_that_run([SUITES / "__init__.robot", table(GOOD)])) == []


@pytest.mark.parametrize(
    ("check", "says"), [(proven_rows, "is unproven: no fault"), (told_rows, "is untold: no ticket")]
)
def test_a_table_of_the_suites_must_be_proven_and_told(check, says: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=SUITES, prefix="_t_", suffix=".robot") as file:
        file.write(SUITE.format(rows=GOOD, tags=""))
        file.flush()
        [said] = check([Path(file.name)])
    assert "Minimum is zero" in said
    assert says in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"*** Settings ***\nDocumentation    Pr\xfcfung\n", "line 2 is not UTF-8 text. Save the"),
        ("*** Test Cases ***\n".encode("utf-16"), "line 1 is not UTF-8 text"),
        (b"*** Test Cases ***\nA\0\n", "line 2 holds a NUL"),
        (b"", "contains no tests or tasks"),
    ],
)
def test_what_cannot_be_read_is_told_and_not_looked_at(
    tmp_path: Path, capsys, content: bytes, says: str
) -> None:
    (tmp_path / "my table \u00fc.robot").write_bytes(content)
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert says in said
    assert said.endswith("1 files, 7 checks: 1 to mend.\n")


@pytest.mark.parametrize("name", ["nowhere.robot", f"{'n' * 300}.robot", "loop.robot"])
def test_what_is_no_suite_is_refused(tmp_path: Path, capsys, name: str) -> None:
    (tmp_path / "loop.robot").symlink_to(tmp_path / "loop.robot")
    assert main([str(tmp_path / name)]) == 252
    assert f"{name} is no suite and no resource file." in capsys.readouterr().err
