"""The shape of `variables/thresholds.yaml`, and what makes such a file sound.

A limit may be tightened anywhere, but it is loosened only by a waiver with a reason, an owner and
an end date.
"""

from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field

from focus_engine.contract.endpoints.coverage import known_endpoints
from focus_engine.datafile import Count, EndDay, Record, Text, read_yaml
from focus_engine.environment import known_environments
from focus_engine.given import DAY
from focus_engine.latency.requirements.limit import percent_name
from focus_engine.verdict import ToolError

JOB_TO_FIRST_FRAME = "job to first frame"  # what is measured beside the endpoints
UNDER_LOAD = " under load"

Percent = Annotated[float, Field(ge=50, lt=100)]  # below the median most requests may take longer
Milliseconds = Annotated[float, Field(ge=0.1, le=DAY * 1000)]
Share = Annotated[float, Field(ge=0, le=0.5)]


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

    nfft: Count
    window_s: Count
    channels: Count
    limit_s: Annotated[float, Field(gt=0, le=DAY)]

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
    reason: Text = ""
    owner: Text = ""
    until: EndDay | None = None

    def ended(self, today: date) -> bool:
        return self.until is not None and self.until < today


class GateSeconds(Record):
    """How long a gate looks at least, on the sandbox and on every other environment."""

    sandbox: Annotated[float, Field(ge=1, le=DAY)]
    others: Annotated[float, Field(ge=1, le=DAY)]


class ThresholdsFile(Record):
    targets: list[Target] = Field(default_factory=list)
    error_rates: list[ErrorRate] = Field(default_factory=list)
    outages: list[OutageLimit] = Field(default_factory=list)
    load_times: list[LoadTime] = Field(default_factory=list)
    gate_seconds: GateSeconds = GateSeconds(sandbox=30, others=300)
    waivers: list[Waiver] = Field(default_factory=list)


@cache
def read_thresholds_file(path: Path) -> ThresholdsFile:
    """This project's own: its environments and endpoints must be known ones."""
    file = read_sound_file(path, tuple(known_environments()))
    _check_endpoints(path, file)
    return file


@cache
def read_sound_file(path: Path, environments: tuple[str, ...]) -> ThresholdsFile:
    """Raises ToolError naming the file and what is wrong in it."""
    file = read_yaml(path, ThresholdsFile)
    by_key: dict[tuple[str, float], Target] = {}
    for target in file.targets:
        key = (target.endpoint, target.percentile)
        if key in by_key:
            raise ToolError(f"{path} has two targets for {_named(*key)}. Remove one.")
        by_key[key] = target
    _refuse_rising_limits(path, file)
    _check_outages(path, file)
    _refuse_twice(path, file)
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


def _refuse_twice(path: Path, file: ThresholdsFile) -> None:
    """Of what is there twice nobody knows which one holds."""
    seen = Counter(
        [
            *(f"load times for {one.shown}" for one in file.load_times),
            *(f"error rates of {one.endpoint}" for one in file.error_rates),
            *(
                f"waivers of {_named(one.endpoint, one.percentile)} in {one.environment}"
                for one in file.waivers
            ),
        ]
    )
    for shown, times in seen.items():
        if times > 1:
            raise ToolError(f"{path} has {times} {shown}. Remove all but one.")


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
