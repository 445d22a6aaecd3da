"""What each kind does with an object that is about to be stored: status, generation, selectors."""

from collections.abc import Callable, Mapping

from sandbox.kubernetes.addresses import new_cluster_address
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.store import Object, Store

_UID_LABELS = ("batch.kubernetes.io/controller-uid", "controller-uid")
_NAME_LABELS = ("batch.kubernetes.io/job-name", "job-name")
_FIRST_STATUS: Mapping[str, Object] = {
    "jobs": {},
    "deployments": {},
    "pods": {"phase": "Pending", "qosClass": "BestEffort"},
    "services": {"loadBalancer": {}},
    "namespaces": {"phase": "Active"},
}


def prepare_new(resource: ServedResource, item: Object, store: Store) -> None:
    """Complete a new object in place, before it is judged."""
    if resource.generation:
        item["metadata"]["generation"] = 1
    if resource.plural in _FIRST_STATUS:
        item["status"] = dict(_FIRST_STATUS[resource.plural])
    prepare = _NEW.get(resource.plural)
    if prepare is not None:
        prepare(item, store)


def prepare_change(resource: ServedResource, before: Object, after: Object) -> None:
    """Keep what a change of the object itself cannot change, and count changes of the spec."""
    if resource.plural in _FIRST_STATUS and "status" in before:
        after["status"] = before["status"]
    if resource.plural == "services":
        for name in ("clusterIP", "clusterIPs"):
            if name in before["spec"]:
                after["spec"].setdefault(name, before["spec"][name])
    if resource.generation and before.get("spec") != after.get("spec"):
        after["metadata"]["generation"] = before["metadata"].get("generation", 0) + 1


def scale_of(item: Object) -> Object:
    """How many pods a controller wants and has, in the form that every kind of them shares."""
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    labels = item["spec"]["selector"].get("matchLabels", {})
    return {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {key: item["metadata"][key] for key in kept if key in item["metadata"]},
        "spec": {"replicas": item["spec"].get("replicas", 1)},
        "status": {
            "replicas": item.get("status", {}).get("replicas", 0),
            "selector": ",".join(f"{key}={labels[key]}" for key in sorted(labels)),
        },
    }


def _job(item: Object, _: Store) -> None:
    """Give a Job the selector by which it finds its pods."""
    spec, uid, name = item["spec"], item["metadata"]["uid"], item["metadata"].get("name", "")
    if spec.get("manualSelector"):
        return
    spec["template"] = template = dict(spec["template"])
    metadata = dict(template.get("metadata", {}))
    labels = dict(metadata.get("labels", {}))
    labels |= {**dict.fromkeys(_UID_LABELS, uid), **dict.fromkeys(_NAME_LABELS, name)}
    template["metadata"] = {**metadata, "labels": labels}
    spec["selector"] = {"matchLabels": {_UID_LABELS[0]: uid}}


def _service(item: Object, store: Store) -> None:
    spec = item["spec"]
    if spec.get("type") == "ExternalName":
        return
    address = spec.setdefault("clusterIP", new_cluster_address(store))
    spec.setdefault("clusterIPs", [address])
    spec.setdefault("internalTrafficPolicy", "Cluster")
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")


_NEW: Mapping[str, Callable[[Object, Store], None]] = {"jobs": _job, "services": _service}
