"""A background sampler of one endpoint: is the server alive while a dependency is away?"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from focus_engine.evidence import Evidence
from focus_engine.probes.single_request import Answer
from focus_engine.verdict import (
    ProductFailure,
    ToolError,
    Undetermined,
    broken_off,
    join_sentences,
)

LONGEST_PROBE = 900.0  # seconds: as long as an outage may last
SHOWN = 10


@dataclass(frozen=True)
class Sample:
    """One answer, and when it was asked for (`time.monotonic()`)."""

    at: float
    answer: Answer


@dataclass(frozen=True)
class Series:
    """The samples of one endpoint in their order; `began` and `ended` are `time.monotonic()`."""

    request: str
    interval: float
    began: float
    ended: float
    samples: tuple[Sample, ...]

    @property
    def failed(self) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.samples if not sample.answer.is_ok)

    @property
    def slowest(self) -> float:
        """Seconds; 0 without samples."""
        return max((sample.answer.seconds for sample in self.samples), default=0.0)

    @property
    def availability(self) -> float:
        """The share of the samples that were answered 200; 0 without samples."""
        return 1 - len(self.failed) / len(self.samples) if self.samples else 0.0

    def __str__(self) -> str:
        return (
            f"{self.request} every {self.interval:g} s for {self.ended - self.began:.1f} s: "
            f"{len(self.samples)} requests, {self.availability:.1%} answered 200, slowest "
            f"{self.slowest * 1000:.0f} ms"
        )

    def add_to(self, evidence: Evidence) -> None:
        slowest = sorted(self.samples, key=lambda one: one.answer.seconds, reverse=True)
        evidence.add(
            f"{self}; the slowest of them",
            ["after, s", "what came of it"],
            [[f"{one.at - self.began:.1f}", one.answer.in_words] for one in slowest[:SHOWN]],
        )


@dataclass
class EndpointProber:
    """Asks every `interval` seconds in a thread of its own, until `end()`.

    One request at a time: an endpoint that is frozen shows as one slow sample.
    """

    ask: Callable[[], Answer]
    interval: float
    _samples: list[Sample] = field(default_factory=list)
    _trouble: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _began: float = 0.0
    _ended: float = 0.0

    @property
    def runs(self) -> bool:
        return not self._over.is_set()

    def begin(self) -> "EndpointProber":
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def halt(self) -> None:
        """Ask no more, and wait for the last answer."""
        if self.runs:
            self._over.set()
            if self._thread is not None:
                self._thread.join()
            self._ended = time.monotonic()

    def end(self) -> Series:
        """Halt, and tell what was seen. Raises ToolError when nothing could be sampled."""
        self.halt()
        if self._trouble:
            raise ToolError(self._trouble[0])
        if not self._samples:
            raise ToolError("the probe took no sample. Let it run longer than its interval.")
        request = self._samples[0].answer.request
        return Series(request, self.interval, self._began, self._ended, tuple(self._samples))

    def _run(self) -> None:
        try:
            while not self._over.is_set() and time.monotonic() < self._began + LONGEST_PROBE:
                at = time.monotonic()
                self._samples.append(Sample(at, self.ask()))
                self._over.wait(max(0.0, at + self.interval - time.monotonic()))
        except Exception as error:  # noqa: BLE001 - a probe that died must not look like a short one
            self._trouble.append(broken_off("the probe", error).sentence)


def require_answered(series: Series, within: float) -> None:
    """Raise ProductFailure unless every sample was answered 200 within so many seconds.

    Raises Undetermined where nothing is wrong but what came late as this machine stood still.
    """
    failures = [
        f"{series.request} should be answered 200 all the time, but {len(series.failed)} of "
        f"{len(series.samples)} requests were not: {_first(series.failed, series.began)}."
        for _ in series.failed[:1]
    ]
    slow = [one for one in series.samples if one.answer.is_ok and one.answer.seconds > within]
    blamed = [one for one in slow if not one.answer.excuse(within)]
    failures += [_slow(series, blamed, within) for _ in blamed[:1]]
    if failures:
        raise ProductFailure(join_sentences(failures))
    if slow:
        said = _slow(series, slow, within)
        raise Undetermined(f"{said[:-1]}; {slow[0].answer.excuse(within)}")


def _slow(series: Series, slow: Sequence[Sample], within: float) -> str:
    worst = max(slow, key=lambda one: one.answer.seconds)
    return (
        f"{series.request} should be answered within {within:g} s all the time, but "
        f"{len(slow)} of {len(series.samples)} requests took longer: the slowest "
        f"{worst.answer.seconds:.1f} s, {worst.at - series.began:.1f} s after the probe began."
    )


def _first(failed: Sequence[Sample], began: float) -> str:
    return f"{failed[0].at - began:.1f} s after the probe began it {failed[0].answer.in_words}"
