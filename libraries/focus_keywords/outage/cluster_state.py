"""Keywords about what an outage must leave alone in the cluster."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from robot.api.deco import keyword

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.namespace_watch import NamespaceWatch, WatchedKind
from focus_engine.kubernetes.pods import Workload, require_undisturbed, snapshot
from focus_engine.on_use import on_use
from focus_engine.outage.model import Outage
from focus_keywords.outage.observer import Observer, log

with on_use(__name__):
    from focus_engine.kubernetes import leftovers
    from focus_engine.outage import dependency

ALL_KINDS = tuple(WatchedKind)


@dataclass(frozen=True)
class SideEffectSnapshot:
    """A moment (`time.monotonic()`) of a watch, which others may share."""

    watch: NamespaceWatch
    began: float


class ClusterStateKeywords:
    """They only read: what the account may list in the namespace."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._watch: NamespaceWatch | None = None  # the last one that was begun

    @keyword(tags=["Observation"])
    def snapshot_side_effects(self, kinds: Sequence[WatchedKind] = ALL_KINDS) -> SideEffectSnapshot:
        """Note what there is in the namespace, and watch what comes from now on.

        While a watch of the same kinds goes on, such as one that the suite's set-up began, its
        next moments are noted instead: two watches would see the same.

        Args:
            kinds: Some of `jobs`, `services`, `pods`, `configmaps`, `secrets` and the other kinds
                of `NamespaceWatch`; default all that the account may list.

        Returns:
            The moment, for `Side Effects Should Be Empty`. The watch ends with the case that began
            it, or with the suite whose set-up did.

        Raises:
            PreconditionUnmet: No Kubernetes API is given for this system.
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${before} =    Snapshot Side Effects
        Side Effects Should Be Empty    ${before}    settle=100 ms
        ```
        """
        cluster, watch = self._observer.cluster(), self._watch
        fits = watch and watch.kinds == tuple(kinds) and cluster.is_like(watch.cluster)
        if watch and fits and watch.goes_on:
            return SideEffectSnapshot(watch, time.monotonic())
        self._watch = watch = NamespaceWatch(cluster, tuple(kinds)).begin()
        self._observer.belongings.add(watch, watch.stop)
        return SideEffectSnapshot(watch, watch.began)

    @keyword(tags=["Assertion"])
    def side_effects_should_be_empty(
        self,
        snapshot: SideEffectSnapshot,
        what: str = "the request",
        *,
        settle: timedelta | None = None,
        outage: Outage | None = None,
    ) -> None:
        """Fail when something came into the namespace that nobody asked for.

        What came and went meanwhile counts: a job ends by itself within a minute. Objects of these
        tests, and those of jobs that this run was given, are expected.

        Args:
            snapshot: What `Snapshot Side Effects` returned.
            what: What was done meanwhile, as the message names it.
            settle: How long to wait for what comes late; default `settle` of the
                environment.
            outage: One that deleted pods; those that their controllers make instead are expected.

        Raises:
            ProductFailure: `the request should leave nothing in the cluster, but Job grpc-job-3-17
                came 0.4 s after its beginning.`
            Undetermined: Others work on this system too, or a watch broke, so what came and went
                is not known.
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${before} =    Snapshot Side Effects    kinds=['jobs']
        Side Effects Should Be Empty    ${before}    the whole outage    settle=100 ms
        ```
        """
        environment = self._observer.environment
        time.sleep(settle.total_seconds() if settle else environment.file.settle)
        seen = snapshot.watch.look().since(snapshot.began)
        jobs = self._observer.ledger.job_ids()
        evidence = Evidence()
        try:
            expected = leftovers.Expected(jobs, environment.file.shared, _controllers(outage))
            leftovers.require_no_effects(seen, expected, what, snapshot.began, evidence)
        finally:
            log(evidence)

    @keyword(tags=["Observation"])
    def snapshot_workload(self, selector: str = "", *, besides: str = "") -> Workload:
        """Note the pods that stand in the namespace: UIDs, restarts, readiness.

        Args:
            selector: Their labels, such as `app.kubernetes.io/instance=mongodb`; default every
                pod that belongs to no job.
            besides: A dependency of `variables/dependencies.yaml` whose pods are left out, since
                they are to be replaced.

        Returns:
            The pods, for `Workload Should Be Undisturbed`.

        Raises:
            PreconditionUnmet: There is no such pod, or no Kubernetes API.
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${before} =    Snapshot Workload
        Workload Should Be Undisturbed    ${before}
        ```
        """
        if besides:
            place = self._observer.environment
            labels = dependency.read_dependency(besides, place.name, place.dependencies).labels
            selector = ",".join(filter(None, [selector, *(f"{k}!={v}" for k, v in labels.items())]))
        return snapshot(self._observer.cluster(), selector)

    @keyword(tags=["Assertion"])
    def workload_should_be_undisturbed(self, before: Workload) -> None:
        """Fail unless the pods of a snapshot are the same ones, without restarts, and ready.

        Args:
            before: What `Snapshot Workload` returned.

        Raises:
            ProductFailure: `pod panda-panda-focus-server-0 should run on, but its containers were
                restarted: 0 before, 1 now. See the log of the previous one.`
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${before} =    Snapshot Workload    app.kubernetes.io/name=panda-panda-focus-server
        Workload Should Be Undisturbed    ${before}
        ```
        """
        evidence = Evidence()
        try:
            after = snapshot(self._observer.cluster(), before.selector)
            require_undisturbed(before, after, evidence)
        finally:
            log(evidence)


def _controllers(outage: Outage | None) -> frozenset[str]:
    """UIDs of what brings back the pods that an outage deleted."""
    deleted = outage.evidence.made.get("pods_deleted", []) if outage else []
    return frozenset(one["controller_uid"] for one in deleted)
