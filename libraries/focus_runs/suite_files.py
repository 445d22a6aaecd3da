"""What is wrong with files of suites: Robot goes on without it, and cases are missing silently."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unicodedata import category

from robot.api import get_model
from robot.api.parsing import (
    Comment,
    CommentSection,
    Keyword,
    KeywordSection,
    SettingSection,
    TestCaseSection,
    VariableSection,
)
from robot.running import TestSuite

UNSEEN = {"Cc", "Cf"}  # control and format characters
CELL = re.compile(
    r"\[(Documentation|Tags|Setup|Teardown|Template|Timeout)\]|[$@&%]\{", re.IGNORECASE
)  # of a setting or a variable: no part of a name

USUAL_HEADER = re.compile(r"\*\*\* (Settings|Variables|Test Cases) \*\*\*(\s|$)")
LEFT_OUT = "what stands below this line is left out. Take it away; comments are written with #."
AMONG_KEYWORDS = "stands among keywords, so it is no case. Move the row above *** Keywords ***."
PATTERN = re.compile(r"[\[\]*?\x00-\x1f]")
VARIABLE = re.compile(r"[$@&%]\{")
OF_ROBOT = {  # behind robot:
    "exit": "marks cases that were not run",
    "exclude": "leaves the case out",
    "skip": "skips the case without a reason",
    "skip-on-failure": "turns its failure into a SKIP",
}


def no_text(files: Sequence[Path]) -> Iterator[str]:
    """Those that are not UTF-8, each with its first bad line."""
    for file in files:
        content = file.read_bytes()
        try:
            content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            yield (
                f"{place(file, line)}: this is not UTF-8 text. Save the file as UTF-8 "
                "(in Notepad: Save as, Encoding)."
            )


def no_plain_name(files: Sequence[Path], sources: Sequence[str]) -> Iterator[str]:
    """Those with a character that pabot takes for a pattern, or for the end of an option."""
    for file in files:
        within = next((each for each in map(Path, sources) if file.is_relative_to(each)), file)
        odd = PATTERN.search(str(file.relative_to(within)) if within != file else file.name)
        if odd:
            yield (
                f"{place(file, None)!a}: a name of suites cannot hold {odd[0]!a}, by which cases "
                "are chosen. Rename it."
            )


def no_cases(files: Sequence[Path], suite: TestSuite) -> Iterator[str]:
    """Those of which nothing is in `suite`."""
    used = {_identity(Path(case.source)) for case in suite.all_tests if case.source}
    for file in files:
        if _identity(file) not in used and not file.name.startswith("__init__"):
            yield f"{place(file, 1)}: this suite has no case. Is a line *** Test Cases *** there?"


def no_names(suite: TestSuite) -> Iterator[str]:
    """Rows without a name, which belong to the one above."""
    for case in suite.all_tests:
        for row in case.body[1:] if case.template else []:
            yield (
                f"{place(Path(case.source or ''), row.lineno or case.lineno)}: this row has no "
                f"name, so it would be a part of '{case.name}'. Give it one in the first column."
            )


def no_cells(suite: TestSuite) -> Iterator[str]:
    """Rows whose name took in what should be their cells."""
    for case in suite.all_tests:
        if CELL.search(case.name) or not case.body:
            yield (
                f"{place(Path(case.source or ''), case.lineno)}: the name of this row is "
                f"'{case.name}', all of it. Put at least two spaces between it and each cell."
            )


def no_sight(suite: TestSuite) -> Iterator[str]:
    """Rows with a character that cannot be seen: two names look alike, and a cell looks right."""
    for case in suite.all_tests:
        cells = [cell for row in case.body for cell in getattr(row, "args", ())]
        text = "".join([case.name, *(cell for cell in cells if isinstance(cell, str))])
        unseen = next((each for each in text if category(each) in UNSEEN), None)
        if unseen:
            yield (
                f"{place(Path(case.source or ''), case.lineno)}: this row holds a character that "
                f"cannot be seen (U+{ord(unseen):04X}), such as a copy brings along. Write it anew."
            )


def no_section(files: Sequence[Path]) -> Iterator[str]:
    """What looks like cases and is none: where it stands, Robot reads nothing, or keywords."""
    for file in files:
        text = file.read_text(encoding="utf-8-sig")
        headers = [line for line in text.splitlines() if line.startswith("*")]
        if not (text.startswith("*") and all(map(USUAL_HEADER.match, headers))):
            sections = get_model(file).sections
            for line, said in (each for section in sections for each in _lost(section, sections)):
                yield f"{place(file, line)}: {said}"


def _lost(section: Any, sections: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Lines of `section` that somebody may take for cases, and why they are none."""
    below = any(isinstance(each, TestCaseSection) for each in sections[: sections.index(section)])
    match section:
        case CommentSection(header=None):
            for item in section.body:
                if isinstance(item, Comment) and not _text(item).startswith("#"):
                    yield item.lineno, "what stands above the first section is left out."
        case SettingSection() | VariableSection() | TestCaseSection():
            pass
        case KeywordSection():
            for keyword in section.body:
                if isinstance(keyword, Keyword) and _is_row(keyword):
                    yield keyword.lineno, f"'{keyword.name}' {AMONG_KEYWORDS}"
        case _ if below:  # of comments, or with a name that Robot does not know
            yield section.lineno, LEFT_OUT


def _text(statement: Comment) -> str:
    return "".join(token.value for token in statement.tokens).strip()


def _is_row(keyword: Keyword) -> bool:
    """Whether the first step stands behind the name, as cells do."""
    return bool(keyword.body) and keyword.body[0].lineno == keyword.lineno


def no_outcome(suite: TestSuite) -> Iterator[str]:
    """Rows with a tag by which Robot itself makes no result, or another one than the row's own;
    or with one that is known only when they run, which is when cases have been chosen by it."""
    for case in suite.all_tests:
        where = f"{place(Path(case.source or ''), case.lineno)}: '{case.name}' has the tag"
        for name, does in OF_ROBOT.items():
            if case.tags.robot(name):
                yield f"{where} robot:{name}, by which Robot {does}. Take the tag away."
        for tag in filter(VARIABLE.search, case.tags):
            yield f"{where} {tag}: cases are chosen by their tags before there are variables."


def no_second_way(sources: Sequence[str]) -> Iterator[str]:
    """Links by which robot would come to the same suites again, under other names."""
    for source in map(Path, sources):
        top = Path(os.path.realpath(source))
        for path in sorted(source.rglob("*")):
            target = Path(os.path.realpath(path))
            inside = target.is_relative_to(top) or top.is_relative_to(target)
            leads = path.is_symlink() and (target.is_dir() or path.suffix == ".robot")
            if leads and inside and not any(map(_is_hidden, path.relative_to(source).parts)):
                yield (
                    f"{place(path, None)}: this link leads to {target}, where robot comes anyway: "
                    "what is there would be executed twice. Remove it."
                )


def suite_files(sources: Sequence[str]) -> list[Path]:
    """The files that robot parses as suites below `sources`."""
    return [
        file
        for source in map(Path, sources)
        for file in ([source] if source.is_file() else sorted(source.rglob("*.robot")))
        if file.is_file() and not any(map(_is_hidden, file.relative_to(source).parts))
    ]


def _is_hidden(part: str) -> bool:
    return part.startswith((".", "_")) and not part.startswith("__init__")


def _identity(file: Path) -> tuple[int, int]:
    """However its name is written: by case, by links, by composed characters."""
    status = file.stat()
    return status.st_dev, status.st_ino


def place(file: Path, line: int | None) -> str:
    """`robot/1__alignment/one.robot:12`, from the folder of the project where it is in it."""
    inside = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return f"{inside.as_posix()}:{line}" if line else inside.as_posix()
