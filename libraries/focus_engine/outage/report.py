"""An outage as evidence: tables for the log, JSON to keep."""

from dataclasses import asdict
from itertools import groupby
from typing import Any

from focus_engine.checks.report import findings_table
from focus_engine.evidence import Evidence
from focus_engine.outage.active import ActiveOutage
from focus_engine.outage.model import Moment
from focus_engine.outage.model import OutageEvidence as Done
from focus_engine.outage.preflight import PreflightReport
from focus_engine.outage.verification.protocol import ProtocolEntry

PHASES = {
    "before": "before: it must answer",
    "held": "before: a connection is opened, answered and held",
    "re-opened": "the outage is not there yet: the held connection is opened anew",
    "new": "new connections",
    "controls": "control targets",
    "established": "the held connection is asked again",
    "during": "new connections, asked again",
    "lifted": "after the lift: it must answer",
}


def as_json(active: ActiveOutage) -> dict[str, Any]:
    """Everything that is known of the outage; plain data."""
    outage = active.outage
    return {
        "id": outage.id,
        "dependency": outage.dependency,
        "namespace": outage.namespace,
        "run": outage.run,
        "request": asdict(outage.request),
        "method": outage.method.value,
        "state": outage.state.value,
        "new_connections": outage.new_connections,
        "established": outage.established,
        "enforced_at": _wall(outage.enforced),
        "lifted_at": _wall(outage.lifted),
        "lasted": _seconds(outage.enforced, outage.lifted),
        "expires_at": outage.expires_at.isoformat() if outage.expires_at else None,
        "clients": [pod.name for pod in active.facts.clients],
        "probes": [
            {
                "at": _wall(entry.at),
                "phase": entry.phase,
                "target": entry.target,
                **asdict(entry.probe),
            }
            for entry in active.verification.entries
        ],
        **_done(outage.evidence),
    }


def _done(evidence: Done) -> dict[str, Any]:
    """The evidence as JSON; what the backend made stands by its own name."""
    told = asdict(evidence)
    return {**told.pop("made"), **told}


def outage_html(active: ActiveOutage) -> str:
    """What was asked, by what it was made, and what the probes saw; repeated ones as one row."""
    evidence = Evidence()
    outage = active.outage
    rows: list[tuple[str, Any]] = [
        ("asked", f"{outage.scope}, established={outage.request.established}"),
        ("method", outage.method),
        ("new connections", outage.new_connections or "not proven"),
        ("established ones", outage.established or "not proven"),
        ("looked from", ", ".join(pod.name for pod in active.facts.clients)),
        ("proven", _wall(outage.enforced) or "not proven"),
        ("lifted", _wall(outage.lifted) or "not yet"),
        ("ends by itself", _end(active)),
    ]
    evidence.add(f"Outage {outage.id}: {outage.state}", ("what", "seen"), rows)
    evidence.add("Probes from the client's pod", ("phase", "target", "saw"), _probes(active))
    return evidence.to_html()


def preflight_html(report: PreflightReport) -> str:
    state = "possible" if not report.blocking else "not possible"
    caption = f"Preflight: {state}, by {report.backend.name}"
    return findings_table(caption, report.findings).to_html()


def _probes(active: ActiveOutage) -> list[tuple[str, str, str]]:
    rows = []
    entries = active.verification.entries
    for (phase, target, outcome), group in groupby(entries, key=_alike):
        several = list(group)
        rows.append((PHASES.get(phase, phase), target, _summary(outcome, several)))
    return rows


def _alike(entry: ProtocolEntry) -> tuple[str, str, str]:
    return entry.phase, entry.target, entry.probe.outcome


def _summary(outcome: str, several: list[ProtocolEntry]) -> str:
    times = [entry.probe.elapsed * 1000 for entry in several]
    count = "" if len(several) == 1 else f"{len(several)} x "
    span = f"{min(times):.0f} ms" if len(several) == 1 else f"{min(times):.0f}-{max(times):.0f} ms"
    return f"{count}{outcome} after {span}"


def _end(active: ActiveOutage) -> str:
    outage = active.outage
    if outage.expires_at is None:
        return "nothing was made"
    bounded = all(created.bounded for created in active.rollback.stack)
    who = "by Kubernetes" if bounded else "only by this process or focus.py sweep"
    return f"{outage.expires_at:%H:%M:%S} UTC, {who}"


def _wall(moment: Moment | None) -> str | None:
    return moment.wall.isoformat(timespec="milliseconds") if moment else None


def _seconds(start: Moment | None, end: Moment | None) -> float | None:
    return end.monotonic - start.monotonic if start and end else None
