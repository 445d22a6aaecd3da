"""What happened to each case, read from Robot's output.xml without Robot."""

import html
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from runner.problem import ProblemError, reason
from runner.project import ROOT
from runner.system.bounded_file import read_bounded

_KIND = re.compile(r"(KNOWN BUG|[A-Z]+(?: [A-Z]+)*)(?: PZ-\d+)?:")
_MERGED = "*HTML*"  # how rebot marks the message of a case that was run again
_NEW_MESSAGE = re.compile(r"New message:</span> (.*?)<br>|<hr>Original message:\n(.*)", re.DOTALL)
_INSIDES = re.compile(
    r"\n(Traceback|PYTHONPATH).*", re.DOTALL
)  # of Robot, which tell a tester nothing
NOT_CHECKED = "Not checked"
SELF_CHECK = "self-check"  # the tag of cases that ask no server and no PZ
_LARGEST = 2**30  # bytes; a run of all suites writes about a hundredth
_DOCTYPE = b"<!DOCTYPE"  # the only place of entities; robot writes none
_DAMAGE = (ET.ParseError, OSError, ValueError, LookupError, TypeError, ArithmeticError,
           RecursionError, MemoryError)  # fmt: skip
_STATUSES = {"PASS", "FAIL", "SKIP"}
_ALONE = {"exclusive", "latency", "load", "disruptive"}
_NOT_EXECUTED = "robot:exit"  # robot's tag of cases that it left out
# … and what robot and pabot say of the one that ran then, and pabot of all that it ended
_INTERRUPTED = ("Execution terminated by signal", "User interrupted Pabot execution")
_OVERRAN = "Pabot's --processtimeout option has been reached"


@dataclass(frozen=True)
class Case:
    """One executed row."""

    name: str
    status: str
    message: str
    tags: frozenset[str] = frozenset()
    metadata: dict[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()  # names of suites below the root, and its own
    ended: datetime | None = None
    seconds: float = 0.0
    place: str = ""  # its file and line

    @property
    def was_left_out(self) -> bool:
        """Whether robot was stopped before the case had run."""
        return _NOT_EXECUTED in self.tags

    @property
    def was_interrupted(self) -> bool:
        """Whether robot was stopped while the case ran."""
        return self.status == "FAIL" and any(words in self.message for words in _INTERRUPTED)

    @property
    def overran(self) -> bool:
        """Whether pabot ended the process of the case for its time."""
        return self.status == "FAIL" and _OVERRAN in self.message

    @property
    def kind(self) -> str:
        """The words in capitals before the colon of the message, such as UNDETERMINED."""
        found = _KIND.match(self.message)
        return found.group(1) if found else "without a reason"

    @property
    def unchecked(self) -> list[str]:
        """The claims of the case that could not be checked, as the listener noted them."""
        noted = self.metadata.get(NOT_CHECKED, "")
        return [line.removeprefix("- ") for line in noted.splitlines() if line]

    @property
    def may_be_rerun(self) -> bool:
        """Never a measured or a disruptive case: running it again would hide the defect."""
        return not self.tags & _ALONE


@dataclass(frozen=True)
class RunResult:
    """The cases of a run by long name, and what its root suite and Robot itself say."""

    cases: dict[str, Case]
    metadata: dict[str, str]
    remarks: tuple[str, ...] = ()  # Robot's errors and warnings, each once

    @property
    def unchecked(self) -> list[tuple[str, str]]:
        """Case and claim of all that was not checked."""
        return [(case.name, claim) for case in self.cases.values() for claim in case.unchecked]

    def messages(self, status: str) -> list[tuple[str, str]]:
        """Case and message of all with this status."""
        return [(case.name, case.message) for case in self.with_status(status)]

    @property
    def subjects(self) -> str:
        return by_subject(case.tags for case in self.cases.values())

    def with_status(self, status: str) -> list[Case]:
        return [case for case in self.cases.values() if case.status == status]

    @property
    def skips(self) -> Counter[str]:
        """How many were skipped, by the prefix of their message."""
        return Counter(case.kind for case in self.with_status("SKIP"))

    @property
    def conversions(self) -> Counter[str]:
        """In how many cases each deviating form was read as it is meant."""
        told = (case.metadata.get("Converted", "") for case in self.cases.values())
        return Counter(form for forms in told for form in forms.split("; ") if form)

    @property
    def no_longer_reproduces(self) -> list[str]:
        """What the listener found out about known bugs whose case passes."""
        notes = (case.metadata.get("Known bug") for case in self.cases.values())
        return [note for note in notes if note]


def by_subject(tags: Iterable[Collection[str]]) -> str:
    """`456 about the product, 126 about ourselves (self-check)`, by the tags of each case."""
    ours = [SELF_CHECK in each for each in tags]
    return f"{ours.count(False)} about the product, {ours.count(True)} about ourselves (self-check)"


def read_outcome(outputs: Iterable[Path]) -> RunResult:
    """Read `outputs` together; a case of a later file replaces the same case of an earlier one.

    Raises ProblemError for a file that is no output of robot or not whole.
    """
    cases: dict[str, Case] = {}
    metadata: dict[str, str] = {}
    remarks: dict[str, None] = {}
    for output in outputs:
        try:
            whole = _parsed(output)
            root = whole.find("suite")
            remarks.update(dict.fromkeys(_remarks(whole)))
            if root is not None:
                cases.update((case.name, case) for case in _cases(root, ()))
                metadata |= _metadata(root)
        except _DAMAGE as error:
            raise ProblemError(
                f"{output} is damaged or cut ({reason(error)}): it cannot be read."
            ) from error
    return RunResult(cases, metadata, tuple(remarks))


def _remarks(whole: ET.Element) -> Iterator[str]:
    """What Robot says of the files that it read, and what keywords warned of."""
    for said in whole.iterfind("errors/msg"):
        if said.get("level") in {"WARN", "ERROR"}:
            yield remark(str(said.get("level")), said.text or "")


def remark(level: str, text: str) -> str:
    """An error or warning of Robot without its insides."""
    return f"{level}: {_INSIDES.sub('', text)}"


def _parsed(output: Path) -> ET.Element:
    """The root of what robot wrote. Raises one of `_DAMAGE` for anything else."""
    if not output.exists():
        raise ValueError("there is no such file")
    data = read_bounded(output, _LARGEST)
    if b"\0" in data or _DOCTYPE in data:  # the first is in each encoding that hides the second
        raise ValueError("robot did not write that")
    return ET.fromstring(data)  # noqa: S314 - it declares no entities


def _cases(suite: ET.Element, above: tuple[str, ...]) -> Iterator[Case]:
    names = (*above, suite.get("name", ""))
    source = suite.get("source", "").removeprefix(f"{ROOT}{os.sep}")
    for test in suite.findall("test"):
        yield _case(test, names, f"{source}:{test.get('line')}" if source else "")
    for child in suite.findall("suite"):
        yield from _cases(child, names)


def _case(test: ET.Element, suites: tuple[str, ...], place: str) -> Case:
    status = test.find("status")
    if status is None:
        raise ValueError(f"it holds a test without status: {test.get('name')}")
    if status.get("status") not in _STATUSES:
        raise ValueError(f"a test of it ended as {status.get('status')!r:.40}: {test.get('name')}")
    seconds = float(status.get("elapsed", "0"))
    start = status.get("start")
    return Case(
        name=".".join([*suites, test.get("name", "")]),
        status=status.get("status", ""),
        message=_plain((status.text or "").strip()),
        tags=frozenset((tag.text or "") for tag in test.findall("tag")),
        metadata=_metadata(test),
        path=(*suites[1:], test.get("name", "")),
        ended=datetime.fromisoformat(start) + timedelta(seconds=seconds) if start else None,
        seconds=seconds,
        place=place,
    )


def _plain(message: str) -> str:
    """The latest message, without the HTML in which `rebot --merge` tells the story of a case."""
    if not message.startswith(_MERGED):
        return message
    newest = _NEW_MESSAGE.search(message)
    return html.unescape(newest.group(1) or newest.group(2) or "") if newest else ""


def _metadata(element: ET.Element) -> dict[str, str]:
    return {meta.get("name", ""): meta.text or "" for meta in element.findall("meta")}
