"""How soon a server serves again after an outage or a load, counted from its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from focus_engine.evidence import Evidence
from focus_engine.probes.single_request import Answer
from focus_engine.verdict import ProductFailure


@dataclass(frozen=True)
class Try:
    """One request, and when it ended: seconds after the end of the disturbance."""

    at: float
    answer: Answer
    good: bool


@dataclass(frozen=True)
class Recovery:
    """Seconds after the end: of the first good answer, and of the last of a row of them."""

    first: float
    steady: float
    tries: tuple[Try, ...]

    def __str__(self) -> str:
        return (
            f"recovered {self.first:.2f} s after the end, steady after {self.steady:.2f} s "
            f"({len(self.tries)} requests)"
        )


@dataclass(frozen=True)
class Patience:
    """How many good answers in a row are a recovery, and when to give up (seconds).

    `within` is the longest time of a good answer, `after` what the server recovers from.
    """

    consecutive: int
    give_up: float
    within: float | None = None
    pause: float = 0.1
    after: str = "the outage without a restart"

    def is_met_by(self, answer: Answer) -> bool:
        """Whether it was answered 200, and soon enough."""
        return answer.is_ok and (self.within is None or answer.seconds <= self.within)

    @property
    def in_words(self) -> str:
        each = "" if self.within is None else f", each within {self.within * 1000:g} ms"
        return f"again after {self.after} ({self.consecutive} times in a row{each})"


def await_recovery(
    ask: Callable[[], Answer], ended: float, patience: Patience, evidence: Evidence
) -> Recovery:
    """Ask again and again until it is good `consecutive` times in a row.

    `ended` is a `time.monotonic()`. Raises ProductFailure when that did not come about in time.
    """
    tries: list[Try] = []
    row: list[Try] = []
    try:
        while len(row) < patience.consecutive:
            answer = ask()
            done = Try(time.monotonic() - ended, answer, patience.is_met_by(answer))
            tries.append(done)
            row = [*row, done] if done.good else []
            if not done.good:
                _give_up_after(done, patience)
                time.sleep(patience.pause)
    finally:
        _show(tries, evidence)
    first = next(one for one in tries if one.good)
    return Recovery(first.at, row[-1].at, tuple(tries))


def require_within(recovery: Recovery, limit: float | None, after: str = "the outage") -> None:
    """Raise ProductFailure when there is a limit (seconds) and the recovery took longer."""
    if limit is not None and recovery.steady > limit:
        request = recovery.tries[-1].answer.request
        raise ProductFailure(
            f"{request} should be served again within {limit:g} s of the end of {after}, but "
            f"it was steadily only after {recovery.steady:.1f} s."
        )


def _give_up_after(last: Try, patience: Patience) -> None:
    if last.at <= patience.give_up:
        return
    raise ProductFailure(
        f"{last.answer.request} should be served {patience.in_words}, but {last.at:.1f} s after "
        f"its end it {last.answer.in_words}."
    )


def _show(tries: list[Try], evidence: Evidence) -> None:
    evidence.add(
        "Requests since the end of what the server recovers from",
        ["after, s", "request", "good", "what came of it"],
        [
            [f"{one.at:.2f}", one.answer.request, "yes" if one.good else "no", one.answer.in_words]
            for one in tries
        ],
    )
