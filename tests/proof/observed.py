"""What the server of October 2025 did wrong must be red on the sandbox that reproduces it."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from proof.runs import Case
from proof.workers import run_jobs

TICKETS = Path(__file__).with_name("observed_tickets.yaml")
CONTRACT = "--contract=observed-2025-10"


@dataclass(frozen=True)
class Flag:
    """One ticket: `verdict` is how its case ended, empty where the behaviour is unknown."""

    ticket: str
    evidence: str
    what: str
    verdict: str
    message: str = ""


def judge() -> list[Flag]:
    """Run the cases of the observed tickets on the observed contract."""
    data = yaml.safe_load(TICKETS.read_text(encoding="utf-8"))
    cases = {Case(*entry["case"].split(" / ", 1)) for entry in data["flagged"].values()}
    [(_, seen)] = run_jobs([(None, sorted(cases, key=str))], CONTRACT)
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
    return [
        f"{flag.ticket} ({flag.evidence}) is not flagged on {CONTRACT}: "
        f"{flag.what} is {flag.verdict} {flag.message}"
        for flag in flags
        if flag.evidence != "unknown" and flag.verdict != "FAIL"
    ]


def table(flags: list[Flag]) -> str:
    lines = ["", "Tickets on the observed contract of October 2025:"]
    lines += [
        f"  {flag.ticket:<9} {flag.evidence:<9} {_shown(flag):<8} {flag.what}" for flag in flags
    ]
    return "\n".join(lines)


def _shown(flag: Flag) -> str:
    if flag.evidence == "unknown":
        return "unknown"
    return "flagged" if flag.verdict == "FAIL" else flag.verdict
