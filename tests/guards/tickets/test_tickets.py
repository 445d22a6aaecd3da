"""Every ticket is told of, every pattern means a case, and no case is there for nobody."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from guards.suites import SUITES
from robot.api import TestSuite as Suite

from focus_engine.declared.known_bugs import read_known_bugs
from focus_engine.declared.tickets import TicketKind, case_name, matches, read_tickets

FOLDER = Path(__file__).parent
EARLIER = FOLDER / "earlier_tickets.csv"  # of the earlier framework: case, tickets, bugs
OBSERVED = FOLDER.parents[1] / "proof" / "observed_tickets.yaml"


@cache
def suite_names() -> dict[str, str]:
    """Name of each suite by its file's stem."""
    suites = Suite.from_file_system(SUITES)
    return {Path(str(case.source)).stem: case.parent.name for case in suites.all_tests}


@cache
def names() -> list[str]:
    suites = Suite.from_file_system(SUITES)
    return [case_name(case.parent.name, case.name) for case in suites.all_tests]


def test_each_ticket_of_the_earlier_framework_is_told_of() -> None:
    with EARLIER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tests = {ticket for row in rows for ticket in row["test_tickets"].split()}
    bugs = {ticket for row in rows for ticket in row["bug_tickets"].split()}
    told = read_tickets().tickets
    assert sorted((tests | bugs) - {"PZ-TBD"} - set(told)) == []
    assert [key for key in bugs - tests if told[key].kind is not TicketKind.BUG] == []


def test_each_pattern_means_a_case() -> None:
    idle = [
        f"{whose}: {pattern}"
        for whose, pattern in read_tickets().patterns()
        if not any(matches(pattern, name) for name in names())
    ]
    assert idle == []


def test_no_case_is_untold() -> None:
    tickets = read_tickets()
    told = [pattern for _whose, pattern in tickets.patterns()]
    untold = [name for name in names() if not any(matches(pattern, name) for pattern in told)]
    assert untold == [], "name them in variables/tickets.yaml: a ticket, or without_ticket"


def test_each_reason_is_needed() -> None:
    tickets = read_tickets()
    assert {ticket.out for ticket in tickets.tickets.values() if ticket.out} == set(tickets.reasons)


def test_two_suites_of_one_name_could_not_be_told_apart() -> None:
    assert len(set(suite_names().values())) == len(suite_names())


def test_suites_carry_no_ticket_themselves() -> None:
    written = [file.name for file in SUITES.rglob("*.robot") if re.search("PZ-", file.read_text())]
    assert written == []


def test_names_have_no_dot_of_their_own() -> None:
    """Else the end of a long name could not be told from its beginning."""
    assert [name for name in names() if name.count(".") != 1] == []


def test_an_excused_case_is_part_of_its_ticket() -> None:
    tickets = read_tickets()
    suites = Suite.from_file_system(SUITES)
    for bug in read_known_bugs().bugs:
        for case in suites.all_tests:
            if any(bug.concerns(case.full_name, name) for name in bug.environments):
                assert bug.ticket in tickets.of_case(case_name(case.parent.name, case.name))


@pytest.mark.parametrize(
    ("ticket", "entry"), yaml.safe_load(OBSERVED.read_text(encoding="utf-8"))["flagged"].items()
)
def test_what_an_observed_ticket_turns_red_is_part_of_it(
    ticket: str, entry: dict[str, str]
) -> None:
    stem, row = entry["case"].split(" / ", 1)
    assert ticket in read_tickets().of_case(case_name(suite_names()[stem], row))


def test_each_observed_ticket_is_known() -> None:
    unknown = yaml.safe_load(OBSERVED.read_text(encoding="utf-8"))["unknown"]
    assert sorted(set(unknown) - set(read_tickets().tickets)) == []
