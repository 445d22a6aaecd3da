"""Known bugs: which FAIL may be shown as a SKIP with its ticket, and which never."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from focus_engine.datafile import Day, Record, Text, read_yaml
from focus_engine.decoding.bounded_pattern import fitting_anything, found_in, regular
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.environment import known_environments
from focus_engine.paths import VARIABLES
from focus_engine.verdict import Prefix, ToolError

KNOWN_BUGS = VARIABLES / "known_bugs.yaml"
NEVER_EXCUSED_TAG = "plan"  # what the improvement plan demands
_FIRST_TO_BEGIN_A_DAY = timezone(timedelta(hours=14))

_NOT_OF_THE_PRODUCT = re.compile(
    r"(Several failures occurred|(Parent suite )?(Setup|Teardown|setup|teardown) failed)|"
    r"Also (parent suite )?teardown failed"
)
_REJECTED = "POST /configure with … should be rejected (400 or 422), but the server"
_ACCEPTED = "POST /configure with … should be accepted, but the server"
# Failures by what went wrong: a pattern that fits some of two kinds does not say what did.
_FAILURES = {
    "served": [f"{_REJECTED} accepted it: 200: {{…}}"],
    "failed": [f"{_REJECTED} answered 500: {{…}}", f"{_ACCEPTED} answered 503: {{…}}"],
    "refused": [f"{_ACCEPTED} answered 404: {{…}}"],
}


def _compiles(pattern: str) -> str:
    fitting_anything(regular(pattern))
    return pattern


def _tells_apart(pattern: str) -> str:
    if fitting_anything(pattern):
        raise ValueError(f"'{pattern}' fits any failure: write what this one says")
    if sum(any(found_in(sentences, pattern)) for sentences in _FAILURES.values()) > 1:
        raise ValueError(
            f"'{pattern}' fits failures of different kinds: write also what this one says of the "
            "answer, such as 'accepted it: 200' or 'answered 500'"
        )
    return pattern


def _has_come(day: date) -> date:
    if day > datetime.now(_FIRST_TO_BEGIN_A_DAY).date():
        raise ValueError(f"{day} is still to come: write the day on which the bug was first seen")
    return day


CasePattern = Annotated[str, Field(min_length=1)]
MessagePattern = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]
OwnMessage = Annotated[MessagePattern, AfterValidator(_tells_apart)]


def is_named(case: str, pattern: str) -> bool:
    """Whether the long name `case` fits `pattern`, in which `*` and `?` match anything."""
    return fnmatchcase(case.casefold(), pattern.casefold())


class KnownBug(Record):
    """A ticket, and the cases whose failure it explains."""

    ticket: Annotated[str, Field(pattern=r"^PZ-[0-9]+$")]
    environments: Annotated[list[str], Field(min_length=1)]
    cases: Annotated[list[CasePattern], Field(min_length=1)]
    since: Annotated[Day, AfterValidator(_has_come)]
    message: OwnMessage
    reason: Text

    def concerns(self, case: str, environment: str) -> bool:
        """Whether the long name `case` is listed for `environment`; `*` and `?` match anything."""
        return environment in self.environments and any(
            is_named(case, pattern) for pattern in self.cases
        )

    def explains(self, message: str) -> bool:
        """A pattern that takes too long explains nothing."""
        try:
            return found_in([message], self.message)[0]
        except UndecodableError:
            return False


def _is_not_demanded(bug: KnownBug, file: ValidationInfo) -> KnownBug:
    for pattern in bug.cases:
        demanded = [each for each in file.data.get("never_excused", ()) if _overlap(pattern, each)]
        if demanded:
            raise ValueError(
                f"{bug.ticket} excuses '{pattern}', but the improvement plan demands "
                f"'{demanded[0]}': such a case cannot be excused"
            )
    return bug


class KnownBugs(Record):
    """`variables/known_bugs.yaml`."""

    never_excused: Annotated[list[CasePattern], Field(min_length=1)]
    never_excused_messages: Annotated[list[MessagePattern], Field(min_length=1)]
    bugs: list[Annotated[KnownBug, AfterValidator(_is_not_demanded)]]

    def excusable(self, case: str, message: str) -> bool:
        """Whether an entry may explain this failure of `case` at all, however broad it is."""
        if any(is_named(case, never) for never in self.never_excused):
            return False
        try:
            return not any(found_in([message], never)[0] for never in self.never_excused_messages)
        except UndecodableError:
            return False


@dataclass(frozen=True)
class FinishedCase:
    """What the decision needs to know of a case that ended."""

    name: str
    tags: Collection[str]
    status: str
    message: str
    fixture_failed: bool


@dataclass(frozen=True)
class Excuse:
    """The case failed as the ticket says."""

    bug: KnownBug

    def message(self, original: str) -> str:
        return f"{Prefix.KNOWN_BUG.value} {self.bug.ticket}: {original}"


@dataclass(frozen=True)
class NoLongerReproduces:
    """The case passes although the ticket says that it fails."""

    bug: KnownBug

    def note(self, case: str) -> str:
        return f"{self.bug.ticket} no longer reproduces: {case}"


def read_known_bugs(path: Path = KNOWN_BUGS) -> KnownBugs:
    """Raises ToolError naming file and key; also when an entry excuses what the plan
    demands, and when it names an environment that there is not."""
    file = read_yaml(path, KnownBugs)
    known = known_environments()
    for bug in file.bugs:
        strange = [name for name in bug.environments if name not in known]
        if strange:
            raise ToolError(
                f"{path}: {bug.ticket} names environment '{strange[0]}', which is not known. "
                f"Known are: {', '.join(known)}. Correct the file."
            )
    return file


def judge(
    bugs: KnownBugs, environment: str, case: FinishedCase
) -> Excuse | NoLongerReproduces | None:
    """What the known bugs say of `case`; None where its own verdict stands."""
    listed = [bug for bug in bugs.bugs if bug.concerns(case.name, environment)]
    if not listed or NEVER_EXCUSED_TAG in case.tags:
        return None
    if case.status == "PASS":
        return NoLongerReproduces(listed[0])
    if not _is_product_failure(case) or not bugs.excusable(case.name, case.message):
        return None
    return next((Excuse(bug) for bug in listed if bug.explains(case.message)), None)


def _is_product_failure(case: FinishedCase) -> bool:
    """A FAIL with one finding about the product: no prefix, no set-up, no second failure."""
    return (
        case.status == "FAIL"
        and not case.fixture_failed
        and Prefix.of(case.message) is None
        and _NOT_OF_THE_PRODUCT.search(case.message) is None
    )


def _overlap(first: str, second: str) -> bool:
    """Whether one of two patterns covers the other, read as a name."""
    return is_named(first, second) or is_named(second, first)
