"""Is the start log clean? Rules by id, a positive sign of readiness, and nothing swallowed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from focus_engine.checks.finding import Finding, Place, Severity, finding
from focus_engine.decoding.bounded_pattern import each_found_in
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import head_of, showable
from focus_engine.pz.codes import PzCode
from focus_engine.pz.live.log_limits import AgreedLimits
from focus_engine.pz.live.log_text import LogEntry, LogLine, entries, read_lines
from focus_engine.pz.profile_file import Allowance, Explanation, LogRule, LogRules
from focus_engine.verdict import ToolError

FIRST_LINE_WITHIN = 30.0  # seconds after the container's start; later means that lines are gone
CLOCK_GRAIN = 1.0  # seconds; startedAt has no fraction
P = TypeVar("P", LogRule, Allowance, Explanation)
CONFIG_FAULT_RULES = PzCode.LOG_NOT_READY.id  # rules sort before the engine's own codes


@dataclass(frozen=True)
class Scan:
    """One log to judge. `started_at` is the container's own; `conditions` hold at present."""

    log: str
    name: str
    started_at: datetime
    conditions: Collection[str] = ()


def scan_start(
    scan: Scan, rules: LogRules, limits: AgreedLimits, today: date
) -> tuple[Finding, ...]:
    """Judge the log of a running container from its start on."""
    expired = tuple(_expired(rules.allow, today))
    lines = read_lines(scan.log)
    if not lines:
        return (*expired, finding(PzCode.LOG_EMPTY, "the start log is empty.", file=scan.name))
    return (
        *expired,
        *_completeness(lines, scan),
        *scan_entries(lines, scan, rules),
        *_told_limits(lines, scan, limits),
        *_readiness(lines, scan, rules),
    )


def scan_entries(lines: Sequence[LogLine], scan: Scan, rules: LogRules) -> Iterator[Finding]:
    """One finding per faulty entry, by the first rule that fits it."""
    told = [*entries(lines)]
    texts = [entry.text for entry in told]
    both = zip(told, _fitting(texts, rules.rules), _fitting(texts, rules.allow), strict=True)
    for entry, fitting, allowing in both:
        rule = next((rule for rule in fitting if _concerns(rule, entry)), None)
        if rule is not None:
            holding = (item for item in allowing if item.condition in {"", *scan.conditions})
            yield _fault(rule, entry, scan, next(holding, None))


def explanation(exception: str, rules: LogRules) -> Explanation | None:
    """What explains a crash whose traceback ends with this line, if anything does."""
    fitting = _fitting([exception] if exception else [], rules.crash_explanations)
    return next((item for items in fitting for item in items), None)


def last_exception(log: str) -> str:
    """The exception that the last traceback of `log` ends with; empty without one."""
    blocks = [entry for entry in entries(read_lines(log)) if entry.traceback]
    return blocks[-1].text if blocks else ""


def is_rule(item: Finding) -> bool:
    """Whether a rule of the profile made the finding, not the completeness of the log."""
    return item.code < CONFIG_FAULT_RULES and item.severity is Severity.FAIL


def _found(texts: Sequence[str], patterns: Sequence[str]) -> list[list[bool]]:
    """For each pattern of the profile, of each text whether it fits."""
    try:
        return each_found_in(texts, patterns)
    except UndecodableError as error:
        raise ToolError(f"a pattern of the profile's log rules {error}.") from error


def _fitting(texts: Sequence[str], items: Sequence[P]) -> list[list[P]]:
    """For each text those of `items` whose pattern fits it, in their order."""
    found = _found(texts, [item.pattern for item in items])
    return [
        [item for item, fits in zip(items, found, strict=True) if fits[at]]
        for at in range(len(texts))
    ]


def _concerns(rule: LogRule, entry: LogEntry) -> bool:
    if rule.scope == "traceback":
        return bool(entry.traceback)
    return rule.scope != "line" or not entry.traceback


def _fault(rule: LogRule, entry: LogEntry, scan: Scan, allowance: Allowance | None) -> Finding:
    text = showable(head_of(entry.text, 160))
    shown = showable(head_of("\n".join(entry.traceback[-4:]), 400)) if entry.traceback else text
    place = Place(scan.name, entry.number)
    if allowance is not None:
        message = f"tolerated until {allowance.expires} ({allowance.owner}): {allowance.reason}."
        return Finding(PzCode.LOG_ALLOWED.id, Severity.WARN, message, seen=shown, place=place)
    message = f"{rule.name}: {text}"
    return Finding(rule.id, Severity.FAIL, message, seen=shown, place=place)


def _expired(allowances: Sequence[Allowance], today: date) -> Iterator[Finding]:
    for item in allowances:
        if item.expires < today:
            yield finding(
                PzCode.LOG_ALLOWANCE_EXPIRED,
                f"allowance {item.id} of {item.owner} expired on {item.expires}; renew it.",
                expected=f"a date from {today} on",
                seen=str(item.expires),
            )


def _completeness(lines: Sequence[LogLine], scan: Scan) -> Iterator[Finding]:
    first = lines[0].stamp
    if first is None:
        message = "log lines carry no time stamps, so completeness cannot be told."
        yield finding(PzCode.LOG_NO_STAMPS, message, file=scan.name, line=lines[0].number)
        return
    delay = (first - scan.started_at).total_seconds()
    if delay < -CLOCK_GRAIN or delay > FIRST_LINE_WITHIN:
        yield finding(
            PzCode.LOG_TRUNCATED,
            f"the first line is {delay:.1f} s after the container's start; lines are missing.",
            file=scan.name,
            line=lines[0].number,
            expected=f"0 to {FIRST_LINE_WITHIN:.0f} s",
            seen=f"{delay:.1f} s",
        )


def _told_limits(lines: Sequence[LogLine], scan: Scan, limits: AgreedLimits) -> Iterator[Finding]:
    for line in lines:
        for wrong in limits.wrong(line.text):
            text = showable(head_of(line.text, 160))
            yield finding(
                PzCode.LOG_LIMIT, f"{wrong}: {text}", file=scan.name, line=line.number, seen=text
            )


def _readiness(lines: Sequence[LogLine], scan: Scan, rules: LogRules) -> Iterator[Finding]:
    if not any(map(any, _found([line.text for line in lines], rules.ready))):
        yield finding(
            PzCode.LOG_NOT_READY,
            f"none of {len(lines)} lines shows that the server became ready.",
            file=scan.name,
            expected=" or ".join(rules.ready) or "a readiness line (none is known)",
        )
