"""What one run adds to the history, read from its output.xml."""

import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from robot.api import ExecutionResult, ResultVisitor
from robot.errors import DataError
from robot.result import TestCase, TestSuite

from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError, refusing
from reports.page import told

TICKET = re.compile(r"PZ-\d+")
_KNOWN_BUG = re.compile(r"KNOWN BUG (PZ-\d+)")
_KIND = re.compile(r"([A-Z]{2,}(?: [A-Z]{2,})*)(?: PZ-\d+)?:")
_PERCENTILE = re.compile(r"P(50|95|99) (.+)")
_DURATION = re.compile(r"([\d.]+) (ms|s)\b")
STATUSES = {"PASS", "FAIL", "SKIP"}
LARGEST = 2**30  # bytes; a run of all suites writes about a hundredth
_MILLISECONDS = {"ms": 1.0, "s": 1000.0}


@dataclass
class EndpointLatency:
    """Percentiles of one endpoint in ms (None where none was told), and its case's verdict."""

    name: str
    verdict: str
    percentiles: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseVerdict:
    """How one case ended: PASS, FAIL or SKIP, the kind of its message, and its tickets."""

    case: str
    status: str
    kind: str
    tickets: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One run: when, what, where, and how each case and each measured endpoint ended."""

    started: str
    commit: str
    environment: str
    server: str
    verdicts: tuple[CaseVerdict, ...]
    endpoints: tuple[EndpointLatency, ...]
    kill_rate: float | None
    options: str = ""

    @property
    def known_bugs(self) -> list[str]:
        """Tickets of known bugs that this run saw again."""
        found = [one.tickets for one in self.verdicts if one.kind == "KNOWN BUG"]
        return sorted({ticket for tickets in found for ticket in tickets})

    @property
    def counts(self) -> Counter[str]:
        """How many cases ended PASS, FAIL, SKIP."""
        return Counter(one.status for one in self.verdicts)


def read_run(output: Path) -> Run:
    """The run that wrote `output`. Raises ValueError with a sentence where that is no such file."""
    cases = _Cases()
    try:
        with refusing(DataError):
            suite = _suite(read_bounded(output, LARGEST))
            suite.visit(cases)
            started = suite.start_time.isoformat() if suite.start_time else ""
    except (UndecodableError, OSError) as error:
        said = (error.strerror if isinstance(error, OSError) else "") or error
        raise ValueError(f"{output} cannot be read as a result of Robot: {said}.") from error
    kill_rate = _kill_rate(output.parent / "proof" / "summary.json")
    if not cases.verdicts:
        raise ValueError(f"{output} holds no case, so there is nothing to keep.")
    facts = suite.metadata
    return Run(
        started=started,
        commit=str(facts.get("Commit", "unknown")),
        environment=str(facts.get("Environment", "unknown")).split(" (")[0],
        server=str(facts.get("Server version", "unknown")),
        verdicts=tuple(cases.verdicts),
        endpoints=tuple(cases.endpoints.values()),
        kill_rate=kill_rate,
        options=str(facts.get("Run options", "")),
    )


def _suite(content: bytes) -> TestSuite:
    if b"\0" in content or b"<!DOCTYPE" in content:  # robot writes no entities
        raise UndecodableError("robot did not write that")
    return ExecutionResult(io.BytesIO(content), include_keywords=False).suite


_GRAVITY = {"PASS": 0, "ERROR": 2, "FAIL": 3}  # of a verdict; what was not decided lies between


class _Cases(ResultVisitor):
    """Collects verdicts, and the percentiles that measuring cases carry as metadata."""

    def __init__(self) -> None:
        self.verdicts: list[CaseVerdict] = []
        self.endpoints: dict[str, EndpointLatency] = {}

    def visit_test(self, test: TestCase) -> None:
        if test.status not in STATUSES:
            raise UndecodableError(f"a case ended as {test.status!r:.40}")
        message = str(test.message)
        known = _KNOWN_BUG.match(message)
        kind = _KIND.match(message)
        tickets = (known[1],) if known else tuple(tag for tag in test.tags if TICKET.fullmatch(tag))
        name = "KNOWN BUG" if known else (kind[1] if kind else "")
        self.verdicts.append(CaseVerdict(test.full_name, test.status, name, tickets))
        for key, words in test.metadata.items():
            if found := _PERCENTILE.fullmatch(key):
                self._add(found[2], f"P{found[1]}", words, name or test.status)

    def _add(self, endpoint: str, percentile: str, words: str, verdict: str) -> None:
        known = self.endpoints.setdefault(endpoint, EndpointLatency(endpoint, verdict))
        duration = _DURATION.search(words)
        value = float(duration[1]) * _MILLISECONDS[duration[2]] if duration else None
        known.percentiles[percentile] = value
        known.verdict = max(known.verdict, verdict, key=lambda each: _GRAVITY.get(each, 1))


def _kill_rate(summary: Path) -> float | None:
    """The share of faults and lies that the last proof saw noticed; None where none was run."""
    if not summary.is_file():
        return None
    try:
        rate = decode_object(read_bounded(summary, LARGEST)).get("kill_rate")
    except (UndecodableError, OSError) as error:
        raise ValueError(f"{summary} cannot be read: {told(error)}.") from error
    if isinstance(rate, bool) or not isinstance(rate, float | int) or not 0 <= rate <= 1:
        raise ValueError(f"{summary} is no summary of a proof: its kill_rate is no share.")
    return float(rate)
