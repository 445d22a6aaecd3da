"""`variables/thresholds.yaml`: what latency is demanded of which endpoint, by whom.

A limit may be tightened anywhere, but it is loosened only by a waiver with a reason, an owner and
an end date. A waiver that has ended fails whatever leans on it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field

from focus_engine.contract.endpoints.coverage import known_endpoints
from focus_engine.datafile import Day, Record, read_yaml
from focus_engine.environment import SANDBOX, known_environments
from focus_engine.given import file_given
from focus_engine.latency.requirements.limit import Limit, percent_name, percent_of
from focus_engine.paths import VARIABLES
from focus_engine.verdict import ToolError

THRESHOLDS = VARIABLES / "thresholds.yaml"

JOB_TO_FIRST_FRAME = "job to first frame"  # what is measured beside the endpoints
UNDER_LOAD = " under load"

Text = Annotated[str, Field(min_length=1)]
Percent = Annotated[float, Field(gt=0, lt=100, strict=False)]
Milliseconds = Annotated[float, Field(gt=0, strict=False)]
Share = Annotated[float, Field(ge=0, lt=1, strict=False)]


class Target(Record):
    """At least `percentile` per cent of the requests to `endpoint` take at most `limit_ms`."""

    endpoint: Text
    percentile: Percent
    limit_ms: Milliseconds
    source: Text
    status: Annotated[str, Field(pattern="^(specified|assumed)$")]


class ErrorRate(Record):
    """At most this share of the requests to `endpoint` ends in an error or a timeout."""

    endpoint: Text
    share: Share
    source: Text


class OutageLimit(Record):
    """How long one request, or a recovery, may take around an outage; None: not agreed."""

    what: Text
    limit_ms: Milliseconds | None
    source: Text
    status: Annotated[str, Field(pattern="^(specified|assumed|open)$")]


class LoadTime(Record):
    """Seconds from POST /configure until data of this NFFT, window and channels shows."""

    nfft: Annotated[int, Field(gt=0)]
    window_s: Annotated[int, Field(gt=0)]
    channels: Annotated[int, Field(gt=0)]
    limit_s: Annotated[float, Field(gt=0, strict=False)]

    @property
    def shown(self) -> str:
        return f"NFFT {self.nfft}, {self.channels} channels, {self.window_s} s"


class Waiver(Record):
    """Another limit in one environment, until its end date (inclusive) where it has one.

    A looser one needs reason, owner and end date; a stricter one needs nothing.
    """

    endpoint: Text
    percentile: Percent
    environment: Text
    limit_ms: Milliseconds
    reason: str = ""
    owner: str = ""
    until: Day | None = None

    def ended(self, today: date) -> bool:
        return self.until is not None and self.until < today


class GateSeconds(Record):
    """How long a gate looks at least, on the sandbox and on every other environment."""

    sandbox: Annotated[float, Field(gt=0, strict=False)]
    others: Annotated[float, Field(gt=0, strict=False)]


class ThresholdsFile(Record):
    targets: list[Target] = Field(default_factory=list)
    error_rates: list[ErrorRate] = Field(default_factory=list)
    outages: list[OutageLimit] = Field(default_factory=list)
    load_times: list[LoadTime] = Field(default_factory=list)
    gate_seconds: GateSeconds = GateSeconds(sandbox=30, others=300)
    waivers: list[Waiver] = Field(default_factory=list)


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
    return Thresholds(_checked(path), environment, today or datetime.now(UTC).date())


def thresholds_of_service(name: str, path: Path | None, today: date | None = None) -> Thresholds:
    """The thresholds at `path` for a service that is not this project's; without a path none."""
    file = ThresholdsFile() if path is None else _sound(path, (name,))
    return Thresholds(file, name, today or datetime.now(UTC).date())


@cache
def _checked(path: Path) -> ThresholdsFile:
    file = _sound(path, tuple(known_environments()))
    _check_endpoints(path, file)
    return file


@cache
def _sound(path: Path, environments: tuple[str, ...]) -> ThresholdsFile:
    file = read_yaml(path, ThresholdsFile)
    by_key: dict[tuple[str, float], Target] = {}
    for target in file.targets:
        key = (target.endpoint, target.percentile)
        if key in by_key:
            raise ToolError(f"{path} has two targets for {_named(*key)}. Remove one.")
        by_key[key] = target
    _refuse_rising_limits(path, file)
    _check_outages(path, file)
    _refuse_twice_released(path, file)
    for waiver in file.waivers:
        if waiver.environment not in environments:
            raise ToolError(
                f"{path} waives a limit for environment '{waiver.environment}', which is not "
                f"known. Known are: {', '.join(environments)}. Correct the file."
            )
        _check_waiver(path, waiver, by_key.get((waiver.endpoint, waiver.percentile)))
    return file


def _refuse_rising_limits(path: Path, file: ThresholdsFile) -> None:
    """A higher percentile with a lower limit is a slip: the lower one could never decide."""
    ordered = sorted(file.targets, key=lambda target: (target.endpoint, target.percentile))
    for low, high in pairwise(ordered):
        if low.endpoint == high.endpoint and high.limit_ms < low.limit_ms:
            raise ToolError(
                f"{path}: {_named(high.endpoint, high.percentile)} has {high.limit_ms:g} ms, less "
                f"than the {low.limit_ms:g} ms of P{low.percentile:g}. Correct one of them."
            )


def _check_endpoints(path: Path, file: ThresholdsFile) -> None:
    """A misspelt endpoint has a limit that nothing is ever held against."""
    known = {*known_endpoints(), JOB_TO_FIRST_FRAME}
    named: list[Target | ErrorRate] = [*file.targets, *file.error_rates]
    for each in named:
        if each.endpoint.removesuffix(UNDER_LOAD) not in known:
            raise ToolError(
                f"{path}: endpoint '{each.endpoint}' is none of endpoints.yaml, nor "
                f"'{JOB_TO_FIRST_FRAME}', nor one of them with '{UNDER_LOAD.strip()}'. Correct it."
            )


def _check_outages(path: Path, file: ThresholdsFile) -> None:
    seen: set[str] = set()
    for limit in file.outages:
        if limit.what in seen:
            raise ToolError(f"{path} has two outage limits for '{limit.what}'. Remove one.")
        seen.add(limit.what)
        if (limit.limit_ms is None) != (limit.status == "open"):
            raise ToolError(
                f"{path}: the outage limit for '{limit.what}' is {limit.limit_ms} with status "
                f"{limit.status}. An open one has no limit, and every other has."
            )


def _refuse_twice_released(path: Path, file: ThresholdsFile) -> None:
    seen = Counter(one.shown for one in file.load_times)
    for shown, times in seen.items():
        if times > 1:
            raise ToolError(f"{path} has {times} load times for {shown}. Remove all but one.")


def _check_waiver(path: Path, waiver: Waiver, target: Target | None) -> None:
    named = _named(waiver.endpoint, waiver.percentile)
    if target is None:
        raise ToolError(f"{path} waives {named}, which has no target. Remove the waiver.")
    if waiver.limit_ms == target.limit_ms:
        raise ToolError(
            f"{path} waives {named} to {waiver.limit_ms:g} ms, which is its target. Remove the "
            "waiver."
        )
    if waiver.limit_ms > target.limit_ms and not (waiver.reason and waiver.owner and waiver.until):
        raise ToolError(
            f"{path} loosens {named} to {waiver.limit_ms:g} ms in {waiver.environment} without "
            "reason, owner and end date. Add all three."
        )


def _named(endpoint: str, percentile: float) -> str:
    return f"{percent_name(Fraction(str(percentile)))} of {endpoint}"
