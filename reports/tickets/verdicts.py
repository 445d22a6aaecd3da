"""A verdict for each ticket, made of the verdicts of its cases in one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from robot.api import TestSuite

from focus_engine.declared.tickets import Ticket, Tickets, case_name, matches
from reports.history.record import CaseVerdict, Run

SUITES = Path(__file__).resolve().parents[2] / "robot"
_NOT_EXECUTED = "NOT RUN"


class TicketResult(StrEnum):
    """What a ticket came to; the first that is true of one of its cases wins."""

    FAIL = "FAIL"  # the product does not do what the ticket asks
    ERROR = "ERROR"  # the tests could not judge it
    KNOWN_BUG = "KNOWN BUG"
    UNDECIDED = "UNDECIDED"  # skipped, or UNDETERMINED under a gate
    PART = "PART RUN"  # what ran of it passed
    NOT_RUN = "NOT RUN"
    PASS = "PASS"  # noqa: S105 - no password
    OPEN = "OPEN"  # no case fulfils it yet
    OUT = "OUT"


@dataclass(frozen=True)
class Told:
    """One ticket, or one item of the plan: how many of its cases passed, and why not all."""

    key: str
    subject: str
    fate: TicketResult
    passed: int = 0
    cases: int = 0
    why: str = ""

    def __str__(self) -> str:
        count = f"{self.passed} of {self.cases}" if self.cases else ""
        return f"{self.key:<12} {self.fate:<9} {count:>9}  {self.subject}{self._because()}"

    def _because(self) -> str:
        return f" ({self.why})" if self.why else ""


def written_cases() -> dict[str, frozenset[str]]:
    """The tags of each case that the suites hold, by the end of its long name."""
    cases = TestSuite.from_file_system(str(SUITES)).all_tests
    return {case_name(case.parent.name, case.name): frozenset(case.tags) for case in cases}


def by_name(run: Run) -> dict[str, CaseVerdict]:
    """The verdicts of `run` by the ends of the long names, as tickets name cases.

    A name may hold dots. Of several cases whose names end alike the worst counts.
    """
    seen: dict[str, CaseVerdict] = {}
    for one in run.verdicts:
        steps = one.case.split(".")
        for name in (".".join(steps[at:]) for at in range(len(steps) - 1)):
            seen[name] = min(seen.get(name, one), one, key=_badness)
    return seen


def _badness(verdict: CaseVerdict) -> int:
    return list(TicketResult).index(_fate_of(verdict))


def told(key: str, subject: str, cases: Sequence[str], seen: Mapping[str, CaseVerdict]) -> Told:
    """What `cases` came to together, which are those of a ticket or of an item."""
    each = {name: _fate_of(seen.get(name)) for name in cases}
    passed = sum(fate is TicketResult.PASS for fate in each.values())
    worst = min(each.values(), key=list(TicketResult).index, default=TicketResult.NOT_RUN)
    if worst is TicketResult.NOT_RUN and passed:
        worst = TicketResult.PART
    blamed = [name for name, fate in each.items() if fate is worst]
    why = blamed[0] + (f" and {len(blamed) - 1} more" if len(blamed) > 1 else "") if blamed else ""
    unusual = worst not in {TicketResult.PASS, TicketResult.NOT_RUN, TicketResult.PART}
    return Told(key, subject, worst, passed, len(cases), why if unusual else "")


def tell(tickets: Tickets, names: Sequence[str], run: Run | None) -> list[Told]:
    """Every ticket in the order of the file; without a `run` nothing has been run."""
    seen = by_name(run) if run else {}
    return [_tell(key, ticket, tickets, names, seen) for key, ticket in tickets.tickets.items()]


def _tell(
    key: str,
    ticket: Ticket,
    tickets: Tickets,
    names: Sequence[str],
    seen: Mapping[str, CaseVerdict],
) -> Told:
    if ticket.out:
        return Told(key, ticket.subject, TicketResult.OUT, why=tickets.reasons[ticket.out])
    if ticket.open:
        return Told(key, ticket.subject, TicketResult.OPEN, why=ticket.open)
    mine = [name for name in names if any(matches(pattern, name) for pattern in ticket.cases)]
    return told(key, ticket.subject, mine, seen)


def _fate_of(verdict: CaseVerdict | None) -> TicketResult:
    if verdict is None or verdict.kind == _NOT_EXECUTED:
        return TicketResult.NOT_RUN
    if verdict.status == "PASS":
        return TicketResult.PASS
    if verdict.status == "FAIL" and not verdict.kind:
        return TicketResult.FAIL
    if verdict.kind == TicketResult.ERROR:
        return TicketResult.ERROR
    return (
        TicketResult.KNOWN_BUG if verdict.kind == TicketResult.KNOWN_BUG else TicketResult.UNDECIDED
    )
