"""Tickets of the earlier framework, and the cases that fulfil each: `variables/tickets.yaml`."""

from collections.abc import Collection
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from focus_engine.datafile import Record, Text, read_yaml
from focus_engine.paths import VARIABLES

TICKETS = VARIABLES / "tickets.yaml"

TicketKey = Annotated[str, Field(pattern=r"^PZ-(LOAD-)?\d+$")]
CasePattern = Annotated[str, Field(pattern=r"^[^.]+\..+$")]


class TicketKind(StrEnum):
    """What a ticket is in Jira: only a test may be in what Xray imports."""

    TEST = "test"
    BUG = "bug"


class Ticket(Record):
    """What became of a ticket: exactly one of `cases`, `out` (the key of a reason) and `open`."""

    subject: Text
    kind: Annotated[TicketKind, Field(strict=False)] = TicketKind.TEST
    cases: list[CasePattern] = Field(default=[])
    out: Text | None = None
    open: Text | None = None

    @model_validator(mode="after")
    def _has_one_fate(self) -> "Ticket":
        if sum(map(bool, (self.cases, self.out, self.open))) != 1:
            raise ValueError("needs exactly one of cases, out and open")
        return self

    def concerns(self, case: str) -> bool:
        """Whether `case`, which `case_name` gave, is one of its cases."""
        return any(matches(pattern, case) for pattern in self.cases)


class Untold(Record):
    """Cases that no ticket asks for, and why they are there."""

    reason: Text
    cases: Annotated[list[CasePattern], Field(min_length=1)]


class Tickets(Record):
    """`variables/tickets.yaml`."""

    reasons: dict[str, Text]
    tickets: dict[TicketKey, Ticket]
    without_ticket: list[Untold]

    @model_validator(mode="after")
    def _reasons_are_known(self) -> "Tickets":
        for key, ticket in self.tickets.items():
            if ticket.out and ticket.out not in self.reasons:
                raise ValueError(f"{key} is out for '{ticket.out}', which is no key of reasons")
        return self

    def of_case(self, case: str) -> list[str]:
        """The tickets that `case` is part of, in the order of the file."""
        return [key for key, ticket in self.tickets.items() if ticket.concerns(case)]

    def patterns(self) -> Collection[tuple[str, str]]:
        """Whose pattern, and the pattern."""
        of_tickets = [(key, each) for key, one in self.tickets.items() for each in one.cases]
        return [
            *of_tickets,
            *((one.reason, each) for one in self.without_ticket for each in one.cases),
        ]


def case_name(suite: str, case: str) -> str:
    """The end of a case's long name, which is the same from whatever folder the run starts."""
    return f"{suite}.{case}"


def matches(pattern: str, case: str) -> bool:
    """Whether `pattern` means `case`; * and ? match anything, capitals do not count."""
    return fnmatchcase(case.casefold(), pattern.casefold())


def read_tickets(path: Path = TICKETS) -> Tickets:
    """Raises ToolError that names file, line and key."""
    return read_yaml(path, Tickets)
