"""What rests on a file that nobody could read is not judged, and says which file that is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from unit.pz.corpus import (
    CHECKER,
    COMMON,
    HEATMAP,
    MODULES,
    PROFILE,
    all_reports,
    prepend,
    profile_in,
    replace,
    valid_profile,
    write,
)

from focus_engine.checks.finding import Severity
from focus_engine.pz.cli import main
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.external import run_checker
from focus_engine.verdict import Verdict

STARTED = "started"
MARK = f"import pathlib; pathlib.Path(__file__).with_name({STARTED!r}).touch()\n".encode()
POSIX = pytest.mark.skipif(os.name == "nt", reason="makes a pipe, limits memory")


def endless(file: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        (folder / file).unlink()
        (folder / file).symlink_to("/dev/zero")

    return edit


def pipe(file: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        (folder / file).unlink()
        os.mkfifo(folder / file)

    return edit


def removed(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


@pytest.mark.parametrize(
    ("edit", "file", "cause"),
    [
        pytest.param(pipe(MODULES), "sv_modules.py", "no ordinary file", marks=POSIX),
        (write(MODULES, b"(" * 3_000_000), "sv_modules.py", "too many nested parentheses"),
        (write(MODULES, b"-" * 200_000), "sv_modules.py", "nests too deep"),
        (write(MODULES, b"a\0"), "sv_modules.py", "null bytes"),
        (prepend(MODULES, b"# coding: utf-7\n"), "sv_modules.py", "declares the code utf-7"),
        (write(MODULES, b"MODULES = []\n"), "sv_modules.py", "defines no assign 'SV_MODULES'"),
        (removed(MODULES), "sv_modules.py", "No such file"),
        pytest.param(endless(HEATMAP), "heatMapSummary.json", "no ordinary file", marks=POSIX),
        (write(HEATMAP, b'{"a":' * 90 + b"1" + b"}" * 90), "heatMapSummary.json", "too deep"),
        pytest.param(endless(COMMON), "common.yaml", "no ordinary file", marks=POSIX),
        (removed(COMMON), "common.yaml", "is not there"),
        (write(COMMON, b"- a list\n"), "common.yaml", "holds no mapping"),
    ],
)
def test_nothing_is_accused_but_the_file(
    edit: Callable[[Path], None], file: str, cause: str, tmp_path: Path
) -> None:
    folder = valid_profile(tmp_path)
    prepend(CHECKER, MARK)(folder)
    edit(folder)
    reports = all_reports(profile_in(tmp_path))
    found = [each for report in reports for each in report.findings]
    aside = f"'{file}' is no file."  # a link to it, judged by itself
    told = [each for each in found if not each.sentence.endswith(aside)]
    assert all(cause in each.sentence and file in each.sentence for each in told), told
    assert len({each.sentence for each in told if each.severity is Severity.FAIL}) == 1
    assert not (folder / STARTED).exists()


def test_the_checker_that_was_not_run_says_why(tmp_path: Path) -> None:
    write(HEATMAP, b"{")(valid_profile(tmp_path))
    report = run_checker(ProfileConfiguration(profile_in(tmp_path)))
    assert report.verdict is Verdict.UNDETERMINED
    assert "the external checker was not run: heatMapSummary.json is not" in report.sentence()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("{}['recorders']", "broke (KeyError: 'recorders'), so it gave no verdict"),
        ("raise ValueError('one\\ntwo')", "broke (ValueError: one), so it gave no verdict"),
        pytest.param("open('/dev/zero').read()", "broke (MemoryError), so it gave no", marks=POSIX),
    ],
)
def test_what_a_checker_dies_of_is_one_sentence(code: str, told: str, tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    write(CHECKER, f"{code}\n".encode())(folder)
    replace(PROFILE, "  rejected: [1]", "  rejected: [1]\n  memory_mb: 200")(folder)
    report = run_checker(ProfileConfiguration(profile_in(tmp_path)))
    assert report.verdict is Verdict.UNDETERMINED
    assert told in report.sentence()
    assert "Traceback" not in str(report.to_json())


def test_what_we_found_is_told_beside_a_checker_that_cannot_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = valid_profile(tmp_path)
    write(CHECKER, b"import traceback, os\ntry: {}[1]\nexcept KeyError: traceback.print_exc()\n"
          b"os._exit(9)")(folder)  # fmt: skip
    assert main(["validate", "--profile", "example", "--profiles", str(tmp_path)]) == 3
    said = capsys.readouterr()
    assert "PASS          heatmap summary" in said.out
    assert said.err.strip().endswith("does not know; it said: KeyError: 1")
