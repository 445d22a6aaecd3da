"""Where a load breaks the server: the first step whose users are not served as demanded."""

from dataclasses import dataclass, replace

from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.latency.statistics.binomial import share_lower_bound
from focus_engine.latency.statistics.decision import ALPHA
from focus_engine.load.counts import Counts
from focus_engine.load.readers import ReaderCounts
from focus_engine.load.result import LoadResult, Step
from focus_engine.masking import head_of
from focus_engine.verdict import ProductFailure, Undetermined

EXAMPLE_CHARACTERS = 120
SHOWN_JOBS = 3
TRIED_SHARE = 0.8  # of its investigations that a step must have alive at once to say so much


@dataclass(frozen=True)
class Break:
    """The step at which the server broke, and why."""

    step: Step
    reason: str


def why_broken(step: Step, requirement: LatencyRequirement) -> str | None:
    """Why `step` broke the server; None when it held.

    Failures are counted as they happened: each was a user who was not served. A percentile is an
    estimate, so too many slow answers break a step only where chance does not explain them.
    """
    reasons = [_failures(step, requirement.error_rate)]
    reasons += [_slowness(step.counts, limit) for limit in requirement.limits]
    reasons += [_unknown_jobs(step), _badly_read(step)]
    found = [reason for reason in reasons if reason]
    return "; ".join(found) or None


def breaking_step(result: LoadResult, requirement: LatencyRequirement) -> Break | None:
    """The first step that broke, or None."""
    for step in result.steps:
        reason = why_broken(step, requirement)
        if reason:
            return Break(step, reason)
    return None


def conclude(result: LoadResult, requirement: LatencyRequirement, up_to: int | None = None) -> None:
    """Raise ProductFailure when a step broke; with `up_to` only steps of at most so many jobs.

    Raises Undetermined when what held had fewer alive at once than it should have had: than
    `up_to`, or else than most of what each step says.
    """
    found = breaking_step(result, requirement)
    if found is not None and (up_to is None or found.step.jobs <= up_to):
        raise ProductFailure(
            f"Load '{result.shape}' breaks the server at step {found.step.number} of "
            f"{result.planned} ({found.step.jobs} investigations at once): {found.reason}."
        )
    _require_decided(result, requirement, found, up_to)
    if up_to is not None:
        _require_held(result, found, up_to)
    else:
        _require_tried(result)


def held_at_once(result: LoadResult, found: Break | None) -> int:
    """The most investigations that were alive at once before the server broke, if it did."""
    held = [step for step in result.steps if found is None or step.number < found.step.number]
    return max((step.reached for step in held), default=0)


def _require_held(result: LoadResult, found: Break | None, up_to: int) -> None:
    held = held_at_once(result, found)
    if held < up_to:
        slowed = "".join(_why_fewer(step) for step in result.steps[-1:])
        breaks = f" and breaks with {found.step.jobs}" if found else ""
        raise Undetermined(
            f"load '{result.shape}' holds with {held} investigations at once{breaks}; {up_to} "
            f"were not tried{slowed}. Give `jobs` that have them, or longer steps."
        )


def _require_decided(
    result: LoadResult, requirement: LatencyRequirement, found: Break | None, up_to: int | None
) -> None:
    """A step with more slow answers than a limit allows, too few to be certain, does not hold."""
    for step in result.steps:
        judged = up_to is None or step.jobs <= up_to
        if not judged or (found is not None and step.number >= found.step.number):
            continue
        for limit in requirement.limits:
            counts = step.counts
            over, failed = counts.over[limit.text], counts.failures
            if over > failed and over > limit.allowed_share * counts.requests:
                raise Undetermined(
                    f"step {step.number} of load '{result.shape}' ({step.jobs} investigations at "
                    f"once) neither breaks for certain nor holds: {_too_slow(counts, limit)}. Give "
                    "longer steps, or more of them."
                )


def _require_tried(result: LoadResult) -> None:
    for step in result.steps:
        if step.reached < TRIED_SHARE * step.jobs:
            raise Undetermined(
                f"step {step.number} of load '{result.shape}' should have had {step.jobs} "
                f"investigations alive at once and had {step.reached}{_why_fewer(step)}, so "
                "nothing is known of so many. Give a longer `step`, or run the load by itself."
            )


def _why_fewer(step: Step) -> str:
    return f" ({step.held_back})" if step.held_back else ""


def _failures(step: Step, allowed: float) -> str | None:
    counts = step.counts
    if counts.success >= 1 - allowed and counts.requests:
        return None
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.failed.items())
    example = f" ({head_of(step.example, EXAMPLE_CHARACTERS)})" if step.example else ""
    return (
        f"{counts.failures} of {counts.requests} requests failed "
        f"({1 - counts.success:.1%}, at most {allowed:.0%} may): {kinds}{example}"
    )


def _slowness(counts: Counts, limit: Limit) -> str | None:
    """Why too many were slow for certain; a request that failed counts as too slow."""
    over = counts.over[limit.text]
    only_failed = over == counts.failures  # which the error rate has judged
    if only_failed or share_lower_bound(over, counts.requests, ALPHA) <= limit.allowed_share:
        return None
    return _too_slow(counts, limit)


def _too_slow(counts: Counts, limit: Limit) -> str:
    over = counts.over[limit.text]
    failed = " or failed" if counts.failures else ""
    return (
        f"{over} of {counts.requests} requests were slower than {limit.seconds * 1000:g} ms"
        f"{failed} ({over / counts.requests:.1%}, {limit.text} allows {limit.allowed_share:.0%})"
    )


def _badly_read(step: Step) -> str | None:
    """What the readers found; where nothing was started nothing can be read: the requests tell."""
    return step.readers.reason or None if step.readers and step.counts.ok else None


def judged_readers(counts: ReaderCounts, demanded: LatencyRequirement) -> ReaderCounts:
    """The counts with the reason why streams were not served as is demanded of a first frame."""
    return replace(counts, reason=_why_badly_read(counts, demanded) or "")


def _why_badly_read(counts: ReaderCounts, demanded: LatencyRequirement) -> str | None:
    first = counts.first
    if not first.requests:
        return "none of its investigations could be read"
    if 1 - first.success > demanded.error_rate:
        kinds = ", ".join(f"{count} {kind}" for kind, count in first.failed.items())
        example = head_of(counts.example, EXAMPLE_CHARACTERS)
        said = f" ({example})" if example else ""
        return f"{first.failures} of {first.requests} streams did not serve: {kinds}{said}"
    late = [_slowness(first, limit) for limit in demanded.limits]
    return next((f"to the first frame of a stream, {text}" for text in late if text), None)


def _unknown_jobs(step: Step) -> str | None:
    if not step.unknown:
        return None
    return f"the cluster has jobs that no answer named: {shown(step.unknown)}"


def shown(job_ids: tuple[str, ...]) -> str:
    """A few of them by name, the others counted."""
    names = ", ".join(f"grpc-job-{job_id}" for job_id in job_ids[:SHOWN_JOBS])
    rest = len(job_ids) - SHOWN_JOBS
    return f"{names} and {rest} more" if rest > 0 else names
