"""One run of a plan by all workers of a fleet, as one measurement: rows together, shares named."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from focus_engine.latency.measuring.fleet import (
    Fleet,
    LostShare,
    Member,
    Result,
    require_reachable,
)
from focus_engine.latency.measuring.generator import Honesty
from focus_engine.latency.measuring.share_worker import RefusedShare, SentShare
from focus_engine.latency.measuring.worker_process import Progress
from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.planning.share import shares_of
from focus_engine.ledger import JobLedger
from focus_engine.verdict import ToolError, Undetermined

if TYPE_CHECKING:  # which loads numpy
    from focus_engine.latency.statistics.samples import Samples

LEAD_SECONDS = 3.0  # until all shares start: their processes must be there by then
LEAD_PER_SHARE = 0.5
GRACE_SECONDS = 20.0


class SharedRun:
    """Made at the start; `outcome` waits for the end. A context manager that ends all shares."""

    def __init__(self, plan: MeasurementPlan, fleet: Fleet, ledger: JobLedger) -> None:
        self._fleet, self._ledger = fleet, ledger
        self._members = fleet.members()
        require_reachable(plan, self._members)
        count = len(self._members)
        lead = LEAD_SECONDS + LEAD_PER_SHARE * count + plan.warm_up
        self._lent: tuple[tuple[int, ...], ...] = ((),) * count
        free = None if plan.jobs is None else plan.jobs.budget - ledger.alive()
        starts_at = time.time() + lead
        self._origin = time.perf_counter() + lead
        plans = shares_of(plan, count, starts_at, free)
        plans = tuple(
            _on_clock_of(one, member) for one, member in zip(plans, self._members, strict=True)
        )
        wait = plan.jobs.wait_limit if plan.jobs else 0.0
        self._limit = lead + plan.planned_seconds + plan.timeout + wait + GRACE_SECONDS
        self._limit += plan.reading_seconds
        if plan.jobs is not None:
            held = self._limit + plan.jobs.life
            self._lent = tuple(ledger.lend(_places(one), plan.jobs.life, held) for one in plans)
        self._done = False
        fleet.send(plans, self._members)

    def stop(self) -> None:
        """End all shares early."""
        self._fleet.stop()

    def outcome(self, on_progress: Callable[[Progress], None]) -> tuple["Samples", list[Honesty]]:
        """All rows, and how honest each share was.

        Raises Undetermined when a share is lost, ToolError when a worker refused its share.
        """
        from focus_engine.latency.statistics.shares import whole  # noqa: PLC0415 - loads numpy

        results = self._fleet.results(self._limit, lambda: self._tell(on_progress))
        self._done = True
        self._take_back(results)
        sent = require_all(results, self._members)
        samples = whole([share.samples for share in sent], self._origin)
        return samples, [share.honesty for share in sent if share.honesty is not None]

    def close(self) -> None:
        if not self._done:
            self.stop()
            self._take_back(self._fleet.results(GRACE_SECONDS, lambda: None))
            self._done = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tell(self, on_progress: Callable[[Progress], None]) -> None:
        """Shares tell their counts at the end only."""
        seconds = time.perf_counter() - self._origin
        on_progress({"seconds": seconds, "shares": len(self._members)})

    def _take_back(self, results: Sequence[Result]) -> None:
        """Enter what each share started; places of a lost one may have jobs for a life yet."""
        for places, result in zip(self._lent, results, strict=True):
            if isinstance(result, LostShare):
                for place in places:
                    self._ledger.lose(place)
            else:
                jobs = result.jobs if isinstance(result, SentShare) else ()
                self._ledger.take_back(places, jobs)


def require_all(results: Sequence[Result], members: Sequence[Member]) -> list[SentShare]:
    """Every share, or the reason why the whole says nothing."""
    count = len(results)
    numbered = [
        (f"share {number} of {count} on {member.host}", result)
        for number, (member, result) in enumerate(zip(members, results, strict=True), start=1)
    ]
    lost = [f"{name}: {result.cause}" for name, result in numbered if isinstance(result, LostShare)]
    if lost:
        raise Undetermined(
            f"the load was not laid on whole, and a part of it says nothing: {'; '.join(lost)}. "
            "Nothing was sent again. Look at that worker's log, and measure anew."
        )
    refused = [f"{name}: {r.sentence}" for name, r in numbered if isinstance(r, RefusedShare)]
    if refused:
        raise ToolError(" ".join(refused))
    return [result for result in results if isinstance(result, SentShare)]


def _on_clock_of(plan: MeasurementPlan, member: Member) -> MeasurementPlan:
    """The start as the clock of that worker shows it."""
    assert plan.share is not None  # noqa: S101 - it was just divided
    return replace(plan, share=replace(plan.share, starts_at=plan.share.starts_at + member.offset))


def _places(plan: MeasurementPlan) -> int:
    return plan.jobs.budget if plan.jobs else 0
