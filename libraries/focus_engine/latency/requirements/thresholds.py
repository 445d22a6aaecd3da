"""What latency is demanded of which endpoint in one environment on one day, by whom.

A waiver that has ended fails whatever leans on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from focus_engine.environment import SANDBOX
from focus_engine.given import file_given
from focus_engine.latency.requirements.limit import Limit, percent_name, percent_of
from focus_engine.latency.requirements.thresholds_file import (
    ErrorRate,
    Target,
    ThresholdsFile,
    Waiver,
    read_sound_file,
    read_thresholds_file,
)
from focus_engine.paths import VARIABLES
from focus_engine.verdict import ToolError

THRESHOLDS = VARIABLES / "thresholds.yaml"


@dataclass(frozen=True)
class Threshold:
    """A limit in force, beside the target that it may replace."""

    limit: Limit
    target: Target
    waiver: Waiver | None

    @property
    def text(self) -> str:
        if self.waiver is None:
            assumed = ", assumed" if self.target.status == "assumed" else ""
            return f"{self.limit.text} ({self.target.source}{assumed})"
        waiver = self.waiver
        if waiver.limit_ms < self.target.limit_ms:
            until = "" if waiver.until is None else f" until {waiver.until}"
            return (
                f"{self.limit.text}, stricter than {self.target.limit_ms:g} ms in "
                f"{waiver.environment}{until}"
            )
        return (
            f"{self.limit.text}, waived from {self.target.limit_ms:g} ms until {waiver.until} by "
            f"{waiver.owner}: {waiver.reason}"
        )


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of one environment on one day."""

    file: ThresholdsFile
    environment: str
    today: date

    def of(self, endpoint: str) -> list[Threshold]:
        """The limits in force for `endpoint`, by percentile; empty when there are none.

        Raises ToolError when a waiver has ended: whoever leans on it is to fail.
        """
        found = self.named(endpoint)
        for threshold in found:
            self._require_good(threshold)
        return found

    def named(self, endpoint: str) -> list[Threshold]:
        """As `of`, for tables that only name a limit: where a waiver has ended, the target."""
        targets = [target for target in self.file.targets if target.endpoint == endpoint]
        return [self._in_force(target) for target in sorted(targets, key=lambda t: t.percentile)]

    @property
    def gate_seconds(self) -> float:
        """Seconds that a gate looks at least in this environment."""
        gate = self.file.gate_seconds
        return gate.sandbox if self.environment == SANDBOX else gate.others

    def error_rate(self, endpoint: str) -> ErrorRate | None:
        return next((rate for rate in self.file.error_rates if rate.endpoint == endpoint), None)

    def refuse_looser(self, endpoint: str, limit: Limit) -> None:
        """Raise ToolError when a case asks for less than the threshold in force demands.

        That P95 is at most 300 ms demands the same of P90: a case may not ask P90 for more.
        """
        for threshold in self.of(endpoint):
            implied = threshold.limit.percent >= limit.percent
            if implied and limit.seconds > threshold.limit.seconds:
                raise ToolError(
                    f"{limit.text} is looser than {threshold.limit.text}, which thresholds.yaml "
                    f"demands of {endpoint}. Tighten the case, or add a waiver with reason, owner "
                    "and end date."
                )

    def left_out(self, endpoint: str, judged: Iterable[Limit]) -> list[Limit]:
        """The limits in force that a case with the limits `judged` says nothing about."""
        strict = list(judged)
        return [
            found.limit
            for found in self.of(endpoint)
            if not any(
                limit.percent >= found.limit.percent and limit.seconds <= found.limit.seconds
                for limit in strict
            )
        ]

    def _in_force(self, target: Target) -> Threshold:
        waiver = next((item for item in self.file.waivers if self._covers(item, target)), None)
        percent = percent_of(target.percentile)
        holds = waiver is not None and not waiver.ended(self.today)
        limit_ms = waiver.limit_ms if waiver and holds else target.limit_ms
        return Threshold(Limit(percent, limit_ms / 1000), target, waiver)

    def _require_good(self, threshold: Threshold) -> None:
        waiver = threshold.waiver
        if waiver is not None and waiver.ended(self.today):
            raise ToolError(
                f"the waiver of {percent_name(threshold.limit.percent)} of {waiver.endpoint} for "
                f"environment '{self.environment}' ended on {waiver.until} (owner {waiver.owner}). "
                "Remove it from thresholds.yaml, or have its owner decide anew."
            )

    def _covers(self, waiver: Waiver, target: Target) -> bool:
        return (waiver.endpoint, waiver.percentile, waiver.environment) == (
            target.endpoint,
            target.percentile,
            self.environment,
        )


def read_thresholds(
    environment: str, path: Path | None = None, today: date | None = None
) -> Thresholds:
    """The thresholds at `path`; else at `FOCUS_THRESHOLDS`, where it is set; else the project's.

    Raises ToolError naming the file and what is wrong in it.
    """
    path = path or file_given("FOCUS_THRESHOLDS", THRESHOLDS)
    return Thresholds(read_thresholds_file(path), environment, today or datetime.now(UTC).date())


def thresholds_of_service(name: str, path: Path | None) -> Thresholds:
    """The thresholds at `path` for a service that is not this project's; without a path none."""
    file = ThresholdsFile() if path is None else read_sound_file(path, (name,))
    return Thresholds(file, name, datetime.now(UTC).date())
