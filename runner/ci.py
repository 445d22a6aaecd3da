"""What CI servers show of a run: a page in Markdown, and on GitHub a note for each cause."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from runner import summary
from runner.cases import RunResult
from runner.grouping import groups_of
from runner.problem import reason
from runner.suites.results import SUMMARY

_GITHUB_PAGE = "GITHUB_STEP_SUMMARY"
_MOST_NOTES = 10  # GitHub shows no more of one step


def keep(page: str, folder: Path) -> None:
    """Write `summary.md` into `folder`."""
    (folder / SUMMARY).write_text(page, encoding="utf-8")


def tell(outcome: RunResult, page: str) -> None:
    """On GitHub: the job's page, and notes on the console. A page that cannot be written is told.

    The results are kept by then: no page is worth them.
    """
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    if given := os.environ.get(_GITHUB_PAGE):
        _append(Path(given), page)
    for note in notes(outcome):
        print(note)


def _append(file: Path, page: str) -> None:
    why = "it is no ordinary file"
    try:
        if file.is_file() or not file.exists():  # a pipe would be waited for
            with file.open("a", encoding="utf-8") as opened:
                opened.write(page)
            return
    except OSError as error:
        why = reason(error)
    print(f"The page of {_GITHUB_PAGE} could not be written ({file}): {why}.")


def markdown(outcome: RunResult, said: Sequence[str] = ()) -> str:
    """The run as a page: counts, then failures, skips and unchecked claims by their cause.

    `said` are sentences about a run that was stopped, broke or executed nothing. "Nothing failed"
    is said where there is no more to say.
    """
    failed = len(outcome.with_status("FAIL"))
    well = "No case failed, but read what follows" if said else "Nothing failed"
    title = f"{failed} of {len(outcome.cases)} cases failed" if failed else well
    counts = [f"* {_escaped(line)}" for line in (*said, *summary.counts(outcome))]
    sections = [
        line
        for name, lines in summary.parts(outcome).items()
        for line in ("", f"### {name}", *(f"* {_escaped(each)}" for each in lines))
    ]
    facts = [f"* {_escaped(line)}" for line in summary.facts(outcome)]
    return "\n".join([f"## {title}", "", *counts, *sections, "", "### Run", *facts, ""])


def notes(outcome: RunResult) -> Iterator[str]:
    """Workflow commands of GitHub: one error per cause of failures, the most frequent first."""
    for group in groups_of(outcome.messages("FAIL"))[:_MOST_NOTES]:
        title = _property(f"{group.count} cases, as {group.example}")
        yield f"::error title={title}::{_data(group.message)}"


def _escaped(text: str) -> str:
    """`text` as itself: what came from a server makes no link, no image and no markup."""
    shown = "".join(f"\\{sign}" if sign in r"\`*_[]#|~" else sign for sign in text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
