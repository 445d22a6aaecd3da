"""A share of a plan: what one of n workers sends of one schedule. Nothing here looks at a clock.

Share i of n takes the arrivals i, i + n, i + 2n … and the requests that belong to them, so the
union of all shares is the schedule. Users of a closed loop and places of the job budget are
divided. Standard library only, because the sampler process must start fast.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from focus_engine.latency.planning.schedule import ClosedLoop
from focus_engine.verdict import ToolError

if TYPE_CHECKING:  # which imports this
    from focus_engine.latency.planning.plan import MeasurementPlan


@dataclass(frozen=True)
class Share:
    """Share `number` (from 1) of `of`. `starts_at` is time 0 of the schedule, as time.time()."""

    number: int
    of: int
    starts_at: float

    @property
    def words(self) -> str:
        return f"share {self.number} of {self.of}"

    def takes(self, arrival: int) -> bool:
        """Whether the `arrival`-th request (from 0, warm-up included) is of this share."""
        return arrival % self.of == self.number - 1

    def part(self, amount: int) -> int:
        """How many of `amount` things that are dealt out in turn."""
        return max(0, amount - self.number + self.of) // self.of


def shares_of(
    plan: "MeasurementPlan", count: int, starts_at: float, budget: int | None = None
) -> tuple["MeasurementPlan", ...]:
    """The plans of `count` workers; `budget` is how many jobs all of them may have alive.

    Raises ToolError when a share would get no user or no place in the job budget.
    """
    return tuple(
        _share_of(plan, Share(number, count, starts_at), budget) for number in range(1, count + 1)
    )


def _share_of(plan: "MeasurementPlan", share: Share, budget: int | None) -> "MeasurementPlan":
    shape, jobs = plan.shape, plan.jobs
    if isinstance(shape, ClosedLoop):
        users = share.part(shape.users)
        _require_some(users, share, f"a closed loop of {shape.users} users")
        shape = replace(shape, users=users)
    if jobs is not None:
        whole = jobs.budget if budget is None else budget
        places = share.part(whole)
        _require_some(places, share, f"a job budget of {whole}")
        jobs = replace(jobs, budget=places)
    return replace(plan, shape=shape, jobs=jobs, share=share)


def _require_some(amount: int, share: Share, what: str) -> None:
    if amount < 1:
        raise ToolError(
            f"{what} cannot be divided among {share.of} workers: {share.words} would get none. "
            "Use fewer workers, or raise it."
        )


def require_in_time(share: Share, early: float) -> None:
    """Raise ToolError when the first request of a share was due already (`early` seconds below 0).

    Nothing is sent then: a share that makes up for lost time would be a burst.
    """
    if early < 0:
        raise ToolError(
            f"{share.words} was ready {-early:.2f} s after the start that all shares had agreed "
            "on, so it sent nothing: making up for it would be a burst. Use fewer workers on this "
            "machine, or start on a quieter one."
        )
