"""The object that ends an outage when everything of ours is dead.

A Job of no completions and no pods is complete at once, and Kubernetes removes it, and what it
owns, `ttlSecondsAfterFinished` later. It starts no pod and pulls no image; a patch prolongs it.
"""

import math
from datetime import datetime
from typing import Any

from focus_engine.outage.policy import Identity

Object = dict[str, Any]
IMAGE = "registry.k8s.io/pause:3.10"  # never pulled: the Job has no pods


def owner_job(identity: Identity, ttl: float, expires_at: datetime) -> Object:
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


def reference_to(job: Object) -> Object:
    """The ownerReference that makes an object go when the Job goes."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": job["metadata"]["name"],
        "uid": job["metadata"]["uid"],
    }


def renewal(age: float, ttl: float, annotations: dict[str, str]) -> Object:
    """The patch that lets a Job that is `age` seconds old live for `ttl` more."""
    return {
        "metadata": {"annotations": annotations},
        "spec": {"ttlSecondsAfterFinished": whole_seconds(age + ttl)},
    }


def whole_seconds(seconds: float) -> int:
    """Kubernetes counts whole seconds; rounding up never ends an outage early."""
    return math.ceil(seconds)
