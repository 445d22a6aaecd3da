"""What every object of an outage carries, and the Job that ends them when we are dead.

A Job of no completions and no pods is complete at once, and Kubernetes removes it, and what it
owns, `ttlSecondsAfterFinished` later. It starts no pod and pulls no image; a patch prolongs it.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.fields import reading
from focus_engine.kubernetes.selectors import text_of

Object = dict[str, Any]
MARK = "focus-server-tests"
LEASE = f"{MARK}-outage"  # the lock of outages in a namespace; the Role names it
MANAGED = {"app.kubernetes.io/managed-by": MARK}
RUN_LABEL = f"{MARK}/run"
DEPENDENCY_LABEL = f"{MARK}/dependency"
OUTAGE_LABEL = f"{MARK}/outage"
EXPIRES_AT = f"{MARK}/expires-at"
REASON = f"{MARK}/reason"
CREATED_BY = f"{MARK}/created-by"
SPEC_HASH = f"{MARK}/spec-hash"
NAMESPACE_NAME = "kubernetes.io/metadata.name"  # the label that every namespace carries
STILL_THERE = "it is still there, although its deletion was accepted."
IMAGE = "registry.k8s.io/pause:3.10"  # never pulled: the Job has no pods


@dataclass(frozen=True)
class Identity:
    """Whose outage it is: the names and labels of all its objects."""

    outage: str
    run: str
    dependency: str
    reason: str
    created_by: str

    @property
    def name(self) -> str:
        return f"{MARK}-{self.outage}"

    def metadata(self, expires_at: datetime, spec: Mapping[str, Any]) -> Object:
        return {
            "name": self.name,
            "labels": {
                **MANAGED,
                RUN_LABEL: self.run,
                DEPENDENCY_LABEL: self.dependency,
                OUTAGE_LABEL: self.outage,
            },
            "annotations": {
                EXPIRES_AT: stamp(expires_at),
                REASON: self.reason,
                CREATED_BY: self.created_by,
                SPEC_HASH: spec_hash(spec),
            },
        }


def stamp(moment: datetime) -> str:
    """A time as the annotations have it: RFC 3339 with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_stamp(text: Any) -> datetime | None:
    """The time of an annotation; None for anything but a time with its zone."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return None if moment.tzinfo is None else moment


def spec_hash(spec: Mapping[str, Any]) -> str:
    """Twelve hex digits that differ when the spec does."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def owner_job(identity: Identity, ttl: float, expires_at: datetime) -> Object:
    """The Job that owns the objects of an outage for `ttl` seconds."""
    spec = {
        "completions": 0,
        "parallelism": 0,
        "ttlSecondsAfterFinished": whole_seconds(ttl),
        "template": {
            "spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "none", "image": IMAGE}],
            }
        },
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": identity.metadata(expires_at, spec),
        "spec": spec,
    }


@reading("a Job")
def reference_to(job: Object) -> Object:
    """The ownerReference that makes an object go when the Job goes."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": job["metadata"]["name"],
        "uid": job["metadata"]["uid"],
    }


def is_owned_by(item: Object, owner: Object) -> bool:
    """Whether the API server kept the reference with which an object was made."""
    references = item["metadata"].get("ownerReferences") or []
    return any(each.get("uid") == owner["uid"] for each in references)


def renewal(age: float, ttl: float, annotations: dict[str, str]) -> Object:
    """The patch that lets a Job that is `age` seconds old live for `ttl` more."""
    return {
        "metadata": {"annotations": annotations},
        "spec": {"ttlSecondsAfterFinished": whole_seconds(age + ttl)},
    }


def has_deadline(job: Object, ttl: float) -> bool:
    """Whether the API server kept the time to live (s) that a Job was made with."""
    spec = job.get("spec")
    kept = spec.get("ttlSecondsAfterFinished") if isinstance(spec, dict) else None
    return type(kept) is int and 0 <= kept <= whole_seconds(ttl)


def why_still_there(item: Object) -> str:
    """What keeps an object whose deletion was accepted, and who ends it."""
    metadata = item["metadata"]
    holding = ", ".join(map(str, metadata.get("finalizers") or []))
    if holding:
        return (
            f"{STILL_THERE} Its finalizers hold it ({holding}), beyond its time to live too: "
            "whoever set them must remove them."
        )
    ends = read_stamp((metadata.get("annotations") or {}).get(EXPIRES_AT))
    return f"{STILL_THERE} Its time to live ends at {stamp(ends)}." if ends else STILL_THERE


def still_there(cluster: Cluster, resource: Any, outage: str) -> str | None:
    """What of an outage is still listed, and what holds it: an accepted deletion proves nothing."""
    left = cluster.items(resource, text_of({OUTAGE_LABEL: outage}))
    return " ".join(map(why_still_there, left)) or None


def whole_seconds(seconds: float) -> int:
    """Kubernetes counts whole seconds; rounding up never ends an outage early."""
    return math.ceil(seconds)
