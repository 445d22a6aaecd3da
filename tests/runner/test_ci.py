"""What CI servers are told of a run."""

import os
import sys
from pathlib import Path

import pytest

from runner import ci
from runner.cases import Case, RunResult

FOREIGN = "POST /configure answered 500: <img src=x> [click](http://e.example) `x` | y\nsecond"


@pytest.fixture
def outcome() -> RunResult:
    cases = [
        Case("A.Passes", "PASS", ""),
        Case("A.Fails, twice: 1", "FAIL", FOREIGN),
        Case("A.Fails 2", "FAIL", FOREIGN),
        Case("A.Skipped", "SKIP", "UNDETERMINED: nobody knows"),
    ]
    return RunResult({case.name: case for case in cases}, {"Environment": "sandbox"})


def test_the_page_counts_and_groups(outcome: RunResult) -> None:
    page = ci.markdown(outcome)
    assert page.startswith("## 2 of 4 cases failed\n")
    assert "* 4 cases: 1 passed, 2 failed, 1 skipped" in page
    assert "### Failures by cause\n* 2 cases:" in page
    assert "### Skips by reason\n* 1 case: UNDETERMINED: nobody knows" in page


@pytest.mark.parametrize("said", ["Stopped by SIGHUP: 1 cases not run", "Dry run: nothing ran"])
def test_the_page_of_a_run_that_is_not_whole_does_not_praise_it(said: str) -> None:
    page = ci.markdown(RunResult({"A": Case("A", "PASS", "")}, {}), [said])
    assert "Nothing failed" not in page
    assert f"* {said}\n* 1 cases: 1 passed" in page


def test_foreign_text_makes_no_markup(outcome: RunResult) -> None:
    page = ci.markdown(outcome)
    assert "<img" not in page
    assert "[click](" not in page
    assert " `x`" not in page


def test_notes_are_one_line_each_with_their_title(outcome: RunResult) -> None:
    [note] = ci.notes(outcome)
    assert note.startswith("::error title=2 cases%2C as A.Fails%2C twice%3A 1::POST /configure")
    assert "\n" not in note


def test_only_github_gets_its_page_and_notes(
    outcome: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    ci.tell(outcome, ci.markdown(outcome))
    assert not page.exists()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ci.tell(outcome, ci.markdown(outcome))
    assert page.read_text(encoding="utf-8") == ci.markdown(outcome)
    assert "::error" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="makes a pipe")
@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a folder that is not there", "too long"])
def test_a_page_that_cannot_be_written_is_told(
    outcome: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, kind: str
) -> None:
    page = tmp_path / "page.md"
    if kind == "a pipe":
        os.mkfifo(page)
    elif kind == "a folder":
        page.mkdir()
    else:
        page = page / ("x" * 300 if kind == "too long" else "x.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ci.tell(outcome, ci.markdown(outcome))
    said = capsys.readouterr().out
    assert f"could not be written ({page}): " in said
    assert "::error" in said
