"""Jobs that clients made: pods are created, Jobs finish or fail, and go when their time is over.

No pod of such a Job ever runs: there is no scheduler. A Job that wants no completions is complete
at once, which is what outages use it for.
"""

import time
from collections.abc import Callable
from typing import Any

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.api.faults import TTL_DEAD
from sandbox.kubernetes.api.options import DeleteOptions, Propagation
from sandbox.kubernetes.objects.deletion import delete
from sandbox.kubernetes.objects.discovery import find_resource
from sandbox.kubernetes.objects.store import Change, ChangeType, Key, Object, Store, key_of

_FINISHED = ("Complete", "Failed")
_FOREGROUND = DeleteOptions(Propagation.FOREGROUND)
_REACHED = ("CompletionsReached", "Reached expected number of succeeded pods")
_EXCEEDED = ("DeadlineExceeded", "Job was active longer than specified deadline")


class JobController:
    """Follows the store; acts when it is ticked."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._new: dict[Key, None] = {}
        self._started: dict[str, float] = {}
        store.follow(self._note)

    def tick(self) -> None:
        """Start what is new, fail what is late."""
        waiting, self._new = self._new, {}
        for key in waiting:
            if job := self._store.find(*key):
                self._start(key, job)
        for job in self._running():
            self._check_deadline(job)

    def _note(self, change: Change) -> None:
        if change.plural != "jobs":
            return
        uid = change.object["metadata"]["uid"]
        if change.type is ChangeType.DELETED:
            self._started.pop(uid, None)
        elif not change.object.get("status") and not change.object["spec"].get("suspend"):
            self._new[key_of("jobs", change.object)] = None

    def _running(self) -> list[Object]:
        if not self._started:
            return []
        jobs = self._store.list("jobs", None)
        return [job for job in jobs if job["metadata"]["uid"] in self._started]

    def _start(self, key: Key, job: Object) -> None:
        now, spec = self._store.timestamp(), job["spec"]
        self._started[job["metadata"]["uid"]] = self._clock()
        counts: Object = {"ready": 0, "terminating": 0, "uncountedTerminatedPods": {}}
        status: Object = {"startTime": now, **counts}
        if spec.get("completions") == 0:
            status |= {"completionTime": now}
            self._finish(job, "SuccessCriteriaMet", "Complete", _REACHED, status)
            return
        wanted = min(spec["parallelism"], spec.get("completions", spec["parallelism"]))
        for _ in range(wanted):
            self._store.add("pods", _pod(job, self._store))
        if wanted:
            status["active"] = wanted
        self._store.update(*key, {"status": status})

    def _check_deadline(self, job: Object) -> None:
        deadline_s = job["spec"].get("activeDeadlineSeconds")
        if deadline_s is None:
            return
        uid = job["metadata"]["uid"]
        if self._clock() - self._started[uid] >= deadline_s:
            for pod in self._store.list("pods", job["metadata"]["namespace"]):
                if _belongs(pod, uid):
                    self._store.remove(*key_of("pods", pod))
            self._finish(job, "FailureTarget", "Failed", _EXCEEDED, {"active": None})

    def _finish(
        self, job: Object, first: str, last: str, why: tuple[str, str], status: Object
    ) -> None:
        now, (reason, message) = self._store.timestamp(), why
        conditions = [
            {
                "type": kind,
                "status": "True",
                "lastProbeTime": now,
                "lastTransitionTime": now,
                "reason": reason,
                "message": message,
            }
            for kind in (first, last)
        ]
        self._started.pop(job["metadata"]["uid"], None)
        changes = {"status": {**status, "conditions": conditions}}
        self._store.update(*key_of("jobs", job), changes)


class TtlController:
    """Removes finished Jobs after `ttlSecondsAfterFinished`, which may still be changed."""

    def __init__(
        self, store: Store, faults: ActiveFaults, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._faults = faults
        self._clock = clock
        self._finished: dict[Key, float] = {}
        store.follow(self._note)

    def tick(self) -> None:
        """Remove what is over, dependents first, unless the controller is dead."""
        if self._faults.on(TTL_DEAD):
            return
        now = self._clock()
        for key, since in list(self._finished.items()):
            job = self._store.find(*key)
            if job is not None and now - since >= job["spec"]["ttlSecondsAfterFinished"]:
                self._remove(job)

    def _note(self, change: Change) -> None:
        if change.plural != "jobs":
            return
        key, job = key_of("jobs", change.object), change.object
        gone = change.type is ChangeType.DELETED or "deletionTimestamp" in job["metadata"]
        if gone or not _is_finished(job):
            self._finished.pop(key, None)
        elif "ttlSecondsAfterFinished" in job["spec"]:
            self._finished.setdefault(key, self._clock())

    def _remove(self, job: Object) -> None:
        resource = find_resource("batch", "jobs")
        if resource is None:
            raise LookupError("Jobs are not served")
        delete(self._store, resource, job, _FOREGROUND)


def _is_finished(job: Object) -> bool:
    return any(
        condition["type"] in _FINISHED and condition["status"] == "True"
        for condition in job.get("status", {}).get("conditions", [])
    )


def _belongs(pod: Object, uid: str) -> bool:
    return any(one["uid"] == uid for one in pod["metadata"].get("ownerReferences", []))


def _pod(job: Object, store: Store) -> Object:
    metadata, template = job["metadata"], job["spec"]["template"]
    owner: dict[str, Any] = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    suffix = store.version
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{metadata['name']}-{suffix}",
            "namespace": metadata["namespace"],
            "labels": dict(template["metadata"]["labels"]),
            "ownerReferences": [owner],
        },
        "spec": dict(template["spec"]),
        "status": {"phase": "Pending", "qosClass": "BestEffort"},
    }
