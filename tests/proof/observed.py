"""What the observed contracts leave red: the tickets of October 2025, and what December left."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from proof.runs import Case
from proof.workers import run_jobs

TICKETS = Path(__file__).with_name("observed_tickets.yaml")
OCTOBER, DECEMBER = "observed-2025-10", "observed-2025-12"


@dataclass(frozen=True)
class Flag:
    """One ticket: `verdict` is how its case ended, empty where the behaviour is unknown."""

    ticket: str
    evidence: str
    what: str
    verdict: str
    message: str = ""


def judge(contract: str) -> list[Flag]:
    """Run the cases of the observed tickets on `contract`."""
    data = yaml.safe_load(TICKETS.read_text(encoding="utf-8"))
    cases = {Case(*entry["case"].split(" / ", 1)) for entry in data["flagged"].values()}
    [(_, seen)] = run_jobs([(None, sorted(cases, key=str))], 1, [f"--contract={contract}"])
    by_case = {str(outcome.case): outcome for outcome in seen}
    flags = []
    for ticket, entry in data["flagged"].items():
        outcome = by_case[entry["case"]]
        flags.append(
            Flag(ticket, entry["evidence"], entry["case"], outcome.status, outcome.message)
        )
    flags += [Flag(ticket, "unknown", why, "") for ticket, why in data["unknown"].items()]
    return flags


def findings(flags: list[Flag]) -> list[str]:
    """What was seen in October 2025 and is not red on its contract."""
    return [
        f"{flag.ticket} ({flag.evidence}) is not flagged on {OCTOBER}: "
        f"{flag.what} is {flag.verdict} {flag.message}"
        for flag in flags
        if flag.evidence != "unknown" and flag.verdict != "FAIL"
    ]


def table(october: list[Flag], december: list[Flag]) -> str:
    """A line for each ticket: how its case ended on the contract of either month."""
    lines = ["", "Tickets on the observed contracts:"]
    lines.append(f"  {'ticket':<9} {'evidence':<9} {'2025-10':<8} {'2025-12':<8} case")
    lines += [
        f"  {flag.ticket:<9} {flag.evidence:<9} {_shown(flag):<8} {_shown(later):<8} {flag.what}"
        for flag, later in zip(october, december, strict=True)
    ]
    return "\n".join(lines)


def _shown(flag: Flag) -> str:
    if flag.evidence == "unknown":
        return "unknown"
    return "flagged" if flag.verdict == "FAIL" else flag.verdict
