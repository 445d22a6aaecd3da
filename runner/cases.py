"""What happened to each case, read from Robot's output.xml without Robot."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

_KIND = re.compile(r"(KNOWN BUG|[A-Z]+(?: [A-Z]+)*)(?: PZ-\d+)?:")
_MERGED = "*HTML*"  # how rebot marks the message of a case that was run again
_NEW_MESSAGE = re.compile(r"New message:</span> (.*?)<br>", re.DOTALL)
_ALONE = {"exclusive", "latency", "load", "disruptive"}


@dataclass(frozen=True)
class Case:
    """One executed row."""

    name: str
    status: str
    message: str
    tags: frozenset[str] = frozenset()
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The words in capitals before the colon of the message, such as UNDETERMINED."""
        found = _KIND.match(self.message)
        return found.group(1) if found else "without a reason"

    @property
    def may_be_rerun(self) -> bool:
        """Never a measured or a disruptive case: running it again would hide the defect."""
        return not self.tags & _ALONE


@dataclass(frozen=True)
class Outcome:
    """The cases of a run by long name, and the metadata of the root suite."""

    cases: dict[str, Case]
    metadata: dict[str, str]

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


def read_outcome(outputs: Iterable[Path]) -> Outcome:
    """Read `outputs` together; a case of a later file replaces the same case of an earlier one."""
    cases: dict[str, Case] = {}
    metadata: dict[str, str] = {}
    for output in outputs:
        root = ET.parse(output).getroot().find("suite")  # noqa: S314 - our own robot wrote it
        if root is not None:
            cases.update((case.name, case) for case in _cases(root, ()))
            metadata |= _metadata(root)
    return Outcome(cases, metadata)


def _cases(suite: ET.Element, above: tuple[str, ...]) -> Iterator[Case]:
    names = (*above, suite.get("name", ""))
    for test in suite.findall("test"):
        yield _case(test, names)
    for child in suite.findall("suite"):
        yield from _cases(child, names)


def _case(test: ET.Element, suites: tuple[str, ...]) -> Case:
    status = test.find("status")
    if status is None:
        raise ValueError(f"output.xml holds a test without status: {test.get('name')}")
    return Case(
        name=".".join([*suites, test.get("name", "")]),
        status=status.get("status", ""),
        message=_plain((status.text or "").strip()),
        tags=frozenset((tag.text or "") for tag in test.findall("tag")),
        metadata=_metadata(test),
    )


def _plain(message: str) -> str:
    """The latest message, without the HTML in which `rebot --merge` tells the story of a case."""
    if not message.startswith(_MERGED):
        return message
    newest = _NEW_MESSAGE.search(message)
    return html.unescape(newest.group(1)) if newest else ""


def _metadata(element: ET.Element) -> dict[str, str]:
    return {meta.get("name", ""): meta.text or "" for meta in element.findall("meta")}
