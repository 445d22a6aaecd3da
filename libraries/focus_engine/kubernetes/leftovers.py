"""Whether what came into the namespace was asked for by anybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.namespace_watch import NamespaceChanges, NewObject, WatchedKind
from focus_engine.verdict import ProductFailure, Undetermined

OF_A_JOB = ("grpc-job-", "cleanup-job-", "grpc-service-")
SHOWN = 5


@dataclass(frozen=True)
class Expected:
    """Whose objects are no side effect. `shared` is a system where others work as well.

    `owners` are UIDs of objects that are known to make new ones, such as the controller of pods
    that were deleted on purpose.
    """

    job_ids: frozenset[str]
    shared: bool
    owners: frozenset[str] = frozenset()


def require_no_effects(
    seen: NamespaceChanges, expected: Expected, what: str, since: float, evidence: Evidence
) -> None:
    """Raise ProductFailure when something came that nobody asked for.

    `what` is what was done meanwhile, from `since` on (`time.monotonic()`). On a shared system
    somebody else may have asked for it: Undetermined. So is what a broken watch could not see.
    """
    reasons = reasons_of(seen.effects, expected)
    add_effects(seen, reasons, since, evidence)
    strange = [effect for effect in seen.effects if effect.uid not in reasons]
    if strange and expected.shared:
        raise Undetermined(
            f"{named(strange)} came into the cluster during {what}, but others work on this system "
            "too. Repeat it while nobody else does."
        )
    if strange:
        raise ProductFailure(
            f"{what} should leave nothing in the cluster, but {named(strange)} came "
            f"{strange[0].at - since:.1f} s after its beginning."
        )
    if seen.not_known:
        raise Undetermined(seen.not_known[0])


def reasons_of(effects: Iterable[NewObject], expected: Expected) -> dict[str, str]:
    """Why each of `effects` is expected, by UID; what is not expected is not in it."""
    reasons: dict[str, str] = {}
    waiting = list(effects)
    for effect in waiting:
        if reason := _own_reason(effect, expected.job_ids):
            reasons[effect.uid] = reason
        elif effect.owners & expected.owners:
            reasons[effect.uid] = "made by a controller in the place of what was deleted"
    # What an expected object owns is expected, and what that owns, in whatever order they came.
    while owned := [one for one in waiting if one.uid not in reasons and one.owners & set(reasons)]:
        reasons |= {one.uid: "owned by what is expected" for one in owned}
    return reasons


def add_effects(
    seen: NamespaceChanges, reasons: dict[str, str], since: float, evidence: Evidence
) -> None:
    """Show what came and why it is expected, and what could not be looked at."""
    evidence.add(
        "What came into the cluster",
        ["after, s", "kind", "name", "why it is expected"],
        [
            [
                f"{effect.at - since:.1f}",
                effect.resource.kind,
                effect.name,
                reasons.get(effect.uid, "NOT EXPECTED"),
            ]
            for effect in seen.effects
        ],
    )
    if seen.not_watched or seen.not_known:
        rows = [*seen.not_watched, *seen.not_known]
        evidence.add("What was not watched", ["kind and reason"], [[row] for row in rows])


def named(effects: list[NewObject]) -> str:
    """Some of them by kind and name, jobs before what they bring along; the rest counted."""
    order = [kind.value for kind in WatchedKind]
    shown = sorted(effects, key=lambda effect: order.index(effect.resource))[:SHOWN]
    names = ", ".join(effect.in_words for effect in shown)
    return f"{names} and {len(effects) - SHOWN} more" if len(effects) > SHOWN else names


def _own_reason(effect: NewObject, job_ids: frozenset[str]) -> str | None:
    if effect.is_ours:
        return "made by these tests"
    for job_id in job_ids:
        if is_of_job(effect.name, job_id):
            return f"of job {job_id}, which was asked for"
    return None


def is_of_job(name: str, job_id: str) -> bool:
    """Whether an object of that name was made for the job: its Jobs, their pods, its Service."""
    return any(_belongs(name, f"{prefix}{job_id}") for prefix in OF_A_JOB)


def _belongs(name: str, owner: str) -> bool:
    return name == owner or name.startswith(f"{owner}-")
