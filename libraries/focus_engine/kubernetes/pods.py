"""Whether the pods that stand there went on undisturbed: no other pod, no restart, still ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.fields import count_in, is_ready, reading
from focus_engine.kubernetes.resources import PODS
from focus_engine.on_use import on_use
from focus_engine.verdict import PreconditionUnmet, ProductFailure, join_sentences

with on_use(__name__):
    from focus_engine.kubernetes import client as clients
    from focus_engine.kubernetes import leftovers


@dataclass(frozen=True)
class PodState:
    """A pod as far as it can be disturbed. `restarts` are those of all its containers."""

    name: str
    uid: str
    restarts: int
    ready: bool

    @classmethod
    @reading("a pod")
    def of(cls, pod: clients.Object) -> PodState:
        status = pod.get("status") or {}
        return cls(
            name=str(pod["metadata"]["name"]),
            uid=str(pod["metadata"].get("uid")),
            restarts=sum(
                count_in(one, "restartCount") for one in status.get("containerStatuses") or []
            ),
            ready=is_ready(pod),
        )


@dataclass(frozen=True)
class Workload:
    """The pods with one set of labels at one moment."""

    selector: str
    pods: tuple[PodState, ...]


def snapshot(cluster: clients.Cluster, selector: str) -> Workload:
    """The pods with labels `selector` (all of them when empty), without those of jobs.

    Raises PreconditionUnmet when there are none: nothing could be disturbed.
    """
    found = [PodState.of(pod) for pod in cluster.items(PODS, selector)]
    pods = tuple(pod for pod in found if not pod.name.startswith(leftovers.OF_A_JOB))
    if not pods:
        which = f"no pod has the labels {selector}" if selector else "there is no pod"
        raise PreconditionUnmet(f"{which}, so no workload can be watched. Correct the selector.")
    return Workload(selector, pods)


def require_undisturbed(before: Workload, after: Workload, evidence: Evidence) -> None:
    """Raise ProductFailure naming each pod that is another one, restarted or no longer ready."""
    evidence.add(
        "Workload before and after",
        ["pod", "UID", "restarts", "ready"],
        [
            [f"{when}: {pod.name}", pod.uid, pod.restarts, pod.ready]
            for when, workload in (("before", before), ("after", after))
            for pod in workload.pods
        ],
    )
    findings = _findings(before.pods, after.pods)
    if findings:
        raise ProductFailure(join_sentences(findings))


def _findings(before: Sequence[PodState], after: Sequence[PodState]) -> list[str]:
    now = {pod.uid: pod for pod in after}
    known = {pod.uid for pod in before}
    findings = [sentence for pod in before if (sentence := _change(pod, now.get(pod.uid)))]
    return findings + [
        f"pod {pod.name} should not be there: it came while the dependency was away."
        for pod in after
        if pod.uid not in known
    ]


def _change(before: PodState, after: PodState | None) -> str | None:
    if after is None:
        return f"pod {before.name} should still be there, but it is gone (UID {before.uid})."
    if after.restarts > before.restarts:
        return (
            f"pod {before.name} should run on, but its containers were restarted: "
            f"{before.restarts} before, {after.restarts} now. See the log of the previous one."
        )
    if before.ready and not after.ready:
        return f"pod {before.name} should stay ready, but it is not ready now."
    return None
