"""The results of a run in Xray's JSON, to be imported by whoever may; nothing is sent.

Only tests are in it: Xray refuses the import of a bug's key. Its states are spelt differently by
Xray Cloud (PASSED, FAILED, TO DO) and by Xray for Jira Server and Data Center (PASS, FAIL, TODO).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from focus_engine.declared.tickets import TicketKind, Tickets
from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError
from reports.history.record import Run
from reports.tickets.verdicts import TicketResult, Told


class Flavour(StrEnum):
    """Which Xray reads the file."""

    SERVER = "server"
    CLOUD = "cloud"


_STATES = {
    Flavour.SERVER: {
        TicketResult.PASS: "PASS",
        TicketResult.FAIL: "FAIL",
        TicketResult.KNOWN_BUG: "FAIL",
    },
    Flavour.CLOUD: {
        TicketResult.PASS: "PASSED",
        TicketResult.FAIL: "FAILED",
        TicketResult.KNOWN_BUG: "FAILED",
    },
}
_UNDECIDED = {Flavour.SERVER: "TODO", Flavour.CLOUD: "TO DO"}
_WITHOUT_RESULT = {TicketResult.OPEN, TicketResult.OUT, TicketResult.NOT_RUN}


def document(tickets: Tickets, each: Iterable[Told], run: Run, flavour: Flavour) -> dict[str, Any]:
    """What `POST …/import/execution` takes: the execution, and a result for each test that ran."""
    info = {
        "summary": f"Focus Server tests on {run.environment}",
        "description": f"Server {run.server}, tests at commit {run.commit}.",
        "testEnvironments": [run.environment.replace(" ", "_")],
    }
    if run.started:
        info["startDate"] = (
            datetime.fromisoformat(run.started).astimezone().isoformat("T", "seconds")
        )
    results = [
        _result(one, flavour)
        for one in each
        if one.fate not in _WITHOUT_RESULT and tickets.tickets[one.key].kind is TicketKind.TEST
    ]
    return {"info": info, "tests": results}


def is_document(content: bytes) -> bool:
    """Whether `document` made it."""
    try:
        found = decode_object(content)
    except UndecodableError:
        return False
    return {*found} == {"info", "tests"}


def _result(one: Told, flavour: Flavour) -> dict[str, str]:
    because = f": {one.why}" if one.why else ""
    return {
        "testKey": one.key,
        "status": _STATES[flavour].get(one.fate, _UNDECIDED[flavour]),
        "comment": f"{one.fate}, {one.passed} of {one.cases} cases passed{because}.",
    }
