"""What a ticket came to, the file for Xray, and the table of the plan."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from focus_engine.declared.tickets import read_tickets
from reports.history.record import CaseVerdict, Run
from reports.tickets import marked, red
from reports.tickets.__main__ import main
from reports.tickets.verdicts import TicketResult, by_name, tell, told
from reports.tickets.xray import Flavour, document, is_document

FILE = """\
reasons:
  elsewhere: "it is another service"
tickets:
  PZ-1: {subject: "a row", cases: ["Table.One"]}
  PZ-2: {subject: "a table", cases: ["Table.*"]}
  PZ-3: {subject: "a defect", kind: "bug", cases: ["Table.Two"]}
  PZ-4: {subject: "not ours", out: "elsewhere"}
  PZ-5: {subject: "later", open: "it is not built"}
without_ticket: []
"""
NAMES = ["Table.One", "Table.Two"]


def run(**verdicts: tuple[str, str]) -> Run:
    cases = [
        CaseVerdict(f"Focus Server.Phase.Table.{name}", status, kind, ())
        for name, (status, kind) in verdicts.items()
    ]
    return Run("2026-01-02T03:04:05", "abc", "staging", "11.17", tuple(cases), (), None)


@pytest.fixture
def tickets(tmp_path: Path):
    file = tmp_path / "tickets.yaml"
    file.write_text(FILE, encoding="utf-8")
    return read_tickets(file)


@pytest.mark.parametrize(
    ("second", "fate"),
    [
        (("PASS", ""), TicketResult.PASS),
        (("FAIL", ""), TicketResult.FAIL),
        (("FAIL", "ERROR"), TicketResult.ERROR),
        (("FAIL", "UNDETERMINED"), TicketResult.UNDECIDED),
        (("SKIP", "KNOWN BUG"), TicketResult.KNOWN_BUG),
        (("SKIP", "NOT ALLOWED"), TicketResult.UNDECIDED),
        (("FAIL", "NOT RUN"), TicketResult.PART),
    ],
)
def test_one_case_decides_where_the_other_passed(
    second: tuple[str, str], fate: TicketResult
) -> None:
    seen = by_name(run(One=("PASS", ""), Two=second))
    one = told("PZ-2", "a table", NAMES, seen)
    assert (one.fate, one.passed, one.cases) == (fate, 1 + (fate is TicketResult.PASS), 2)


@pytest.mark.parametrize("order", [1, -1])
def test_of_cases_whose_names_end_alike_the_worst_counts(order: int) -> None:
    seen = by_name(run(One=("PASS", ""), Two=("PASS", "")))
    passed, other = seen["Table.Two"], replace(seen["Table.Two"], case="Root.B.Table.Two")
    both = [passed, replace(other, status="FAIL")][::order]
    whole = replace(run(One=("PASS", "")), verdicts=tuple(both))
    assert told("PZ-2", "", ["Table.Two"], by_name(whole)).fate is TicketResult.FAIL


def test_a_case_whose_name_holds_dots_is_found() -> None:
    whole = run(One=("PASS", ""))
    dotted = replace(whole.verdicts[0], case="Root.Table.Height of 0.5 px")
    seen = by_name(replace(whole, verdicts=(dotted,)))
    assert told("PZ-2", "", ["Table.Height of 0.5 px"], seen).fate is TicketResult.PASS


def test_a_case_that_was_not_executed_is_no_success() -> None:
    assert told("PZ-2", "", NAMES, by_name(run(One=("PASS", "")))).fate is TicketResult.PART
    assert told("PZ-2", "", NAMES, {}).fate is TicketResult.NOT_RUN


def test_each_ticket_is_told_with_its_reason(tickets) -> None:
    each = {one.key: one for one in tell(tickets, NAMES, run(One=("PASS", ""), Two=("FAIL", "")))}
    fates = {key: one.fate for key, one in each.items()}
    assert fates == {"PZ-1": "PASS", "PZ-2": "FAIL", "PZ-3": "FAIL", "PZ-4": "OUT", "PZ-5": "OPEN"}
    assert each["PZ-2"].why == "Table.Two"
    assert "it is another service" in str(each["PZ-4"])


@pytest.mark.parametrize(
    ("flavour", "states"),
    [(Flavour.SERVER, ["PASS", "TODO"]), (Flavour.CLOUD, ["PASSED", "TO DO"])],
)
def test_xray_gets_tests_that_ran_and_no_bugs(tickets, flavour: Flavour, states: list[str]) -> None:
    seen = run(One=("PASS", ""), Two=("SKIP", "UNDETERMINED"))
    made = document(tickets, tell(tickets, NAMES, seen), seen, flavour)
    assert [each["testKey"] for each in made["tests"]] == ["PZ-1", "PZ-2"]
    assert [each["status"] for each in made["tests"]] == states
    assert made["info"]["startDate"].startswith("2026-01-02T03:04:05")
    assert made["info"]["testEnvironments"] == ["staging"]


def test_the_table_is_put_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "before\r\n<!-- red cases -->\r\nold\n<!-- end of the red cases -->\nafter | ü\n"
    page.write_text(text, encoding="utf-8", newline="")
    assert marked.read(page, red.NAME) == "old\n"
    marked.put(page, red.NAME, "| new |\n")
    assert page.read_bytes().decode() == text.replace("old", "| new |")


def test_red_cases_are_told_by_contract_and_ticket() -> None:
    def seen(contract: str, *tickets: str) -> Run:
        cases = (CaseVerdict("Table.One", "FAIL", "", tickets), *run(Two=("PASS", "")).verdicts)
        return replace(run(), verdicts=cases, options=f"--seed 1 --contract {contract}")

    first = red.table(seen("documented"), "")
    assert "| documented | 2 | 1 | none | Table.One |\n" in first
    both = red.table(seen("conforming", "PZ-1"), first)
    assert both.splitlines()[2:] == [
        "| conforming | 2 | 1 | Table 1 | none |",
        "| documented | 2 | 1 | none | Table.One |",
    ]
    assert red.table(seen("documented"), both) == both


def test_the_command_lists_all_and_writes_for_xray(tmp_path: Path, capsys) -> None:
    absent = str(tmp_path / "output.xml")
    assert main([absent]) == 0
    assert "PZ-13876     NOT RUN" in capsys.readouterr().out
    assert main([absent, "--xray", str(tmp_path / "xray.json")]) == 252
    assert "run the suites first" in capsys.readouterr().err


def test_only_a_file_for_xray_is_written_over(tickets, tmp_path: Path) -> None:
    made = document(tickets, tell(tickets, NAMES, run()), run(), Flavour.SERVER)
    assert is_document(json.dumps(made).encode())
    for foreign in (b"<robot/>", b"{}", b"[]", b'{"info": 1}', b"\0"):
        assert not is_document(foreign)


def test_what_is_no_result_is_refused(tmp_path: Path, capsys) -> None:
    file = tmp_path / "output.xml"
    file.write_text("<no/>", encoding="utf-8")
    assert main([str(file)]) == 252
    assert json.dumps("cannot be read")[1:-1] in capsys.readouterr().err
    capsys.readouterr()
    for page in (tmp_path, tmp_path / "absent"):
        assert main(["absent", "--plan", str(page)]) == 252
        assert f"there is no file {page}" in capsys.readouterr().err
