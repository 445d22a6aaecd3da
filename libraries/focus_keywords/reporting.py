"""How every keyword that judges ends: the findings as one table in the log, then the verdict."""

from robot.api import logger

from focus_engine.checks.report import Report
from focus_engine.evidence import Evidence


def conclude(
    report: Report, evidence: Evidence | None = None, decisive: tuple[str, ...] = ()
) -> None:
    """Log `evidence` and the findings as one message, then pass or raise the verdict."""
    show(report, evidence)
    report.conclude(decisive=decisive)


def show(report: Report, evidence: Evidence | None = None) -> None:
    shown = evidence or Evidence()
    report.add_to(shown)
    logger.info(shown.to_html(), html=True)
