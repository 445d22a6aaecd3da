"""The file of tickets: what it refuses, and which cases its patterns mean."""

from pathlib import Path

import pytest
import yaml

from focus_engine.declared.tickets import TicketKind, case_name, matches, read_tickets
from focus_engine.verdict import ToolError

GOOD = {
    "reasons": {"elsewhere": "it is another service"},
    "tickets": {
        "PZ-1": {"subject": "a row", "cases": ["Nfft Rejected.Zero"]},
        "PZ-2": {"subject": "a table", "cases": ["Nfft Rejected.*"], "kind": "bug"},
        "PZ-3": {"subject": "not ours", "out": "elsewhere"},
        "PZ-LOAD-4": {"subject": "later", "open": "not built yet"},
    },
    "without_ticket": [{"reason": "of ourselves", "cases": ["Outage Safety.*"]}],
}


def _read(folder: Path, **changes: object) -> object:
    file = folder / "tickets.yaml"
    file.write_text(yaml.safe_dump(GOOD | changes), encoding="utf-8")
    return read_tickets(file)


def test_a_case_has_the_tickets_whose_patterns_mean_it(tmp_path: Path) -> None:
    tickets = _read(tmp_path)
    assert tickets.of_case(case_name("Nfft Rejected", "Zero")) == ["PZ-1", "PZ-2"]
    assert tickets.of_case(case_name("Nfft Rejected", "Negative")) == ["PZ-2"]
    assert tickets.tickets["PZ-2"].kind is TicketKind.BUG


def test_one_row_is_not_another_that_begins_alike() -> None:
    assert not matches("Nfft Rejected.Null", "Nfft Rejected.Null, multichannel")


@pytest.mark.parametrize(
    ("ticket", "sentence"),
    [
        ({"subject": "what"}, "exactly one of cases, out and open"),
        (
            {"subject": "what", "cases": ["A.b"], "open": "why"},
            "exactly one of cases, out and open",
        ),
        ({"subject": "what", "cases": []}, "exactly one of cases, out and open"),
        ({"subject": "what", "out": "nowhere"}, "no key of reasons"),
        ({"subject": "what", "cases": ["no suite"]}, "cases.0"),
        ({"subject": "what", "cases": ["A.b"], "kind": "epic"}, "kind"),
        ({"subject": "what", "cases": ["A.b"], "verdict": "PASS"}, "verdict"),
    ],
)
def test_what_is_no_fate_of_a_ticket_is_refused(
    tmp_path: Path, ticket: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ToolError, match=sentence):
        _read(tmp_path, tickets={"PZ-1": ticket, "PZ-2": {"subject": "why", "out": "elsewhere"}})


def test_a_key_that_is_no_ticket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="PZ-TBD"):
        _read(tmp_path, tickets={"PZ-TBD": {"subject": "what", "open": "why"}})
