"""Stand-ins for the engine of outages: a cluster in memory, and a pod whose probes are scripted."""
# ruff: noqa: ARG002 - stand-ins take what the protocol gives, needed or not

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from focus_engine.clock import Clock
from focus_engine.environment import Environment, read_environment_file
from focus_engine.kubernetes.errors import CONFLICT, KubernetesError
from focus_engine.kubernetes.resources import (
    JOBS,
    LEASES,
    PODS,
    POLICIES,
)
from focus_engine.outage.backends.toxiproxy import OurToxic
from focus_engine.outage.context import Connections, Context
from focus_engine.outage.verification.probe import Endpoint, Probe

MONGO = {"app.kubernetes.io/instance": "mongodb"}
SERVER = {"app.kubernetes.io/name": "panda-panda-focus-server"}
OK = Probe("ok", 0.002, 300)
REFUSED = Probe("refused", 0.001)
TIMED_OUT = Probe("timeout", 1.0)
START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeTime:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.at: dict[float, Callable[[], None]] = {}

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        for moment in [each for each in self.at if each <= self.seconds]:
            self.at.pop(moment)()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, lambda: START.timestamp() + self.seconds, self.sleep)


def service(name: str, labels: dict[str, str] | None, port: int, target: int) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "panda"},
        "spec": {
            "selector": labels,
            "clusterIP": "10.43.0.9",
            "ports": [{"port": port, "targetPort": target}],
        },
    }


def pod(name: str, labels: dict[str, str], address: str, port: int, **spec: Any) -> dict[str, Any]:
    container = {"name": "main", "ports": [{"containerPort": port}]}
    return {
        "metadata": {"name": name, "namespace": "panda", "labels": labels},
        "spec": {"containers": [container], **spec},
        "status": {
            "phase": "Running",
            "podIP": address,
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def endpoint_slice(name: str, port: int, *addresses: str) -> dict[str, Any]:
    return {
        "metadata": {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}},
        "ports": [{"port": port}],
        "endpoints": [{"addresses": [address]} for address in addresses],
    }


@dataclass
class FakeCluster:
    """Objects by kind and name. `refuse` makes calls fail: verb and plural -> status or None."""

    time: FakeTime
    namespace: str = "panda"
    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    refuse: dict[tuple[str, str], int | None] = field(default_factory=dict)
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    version: int = 0

    def __post_init__(self) -> None:
        self.put(
            "namespaces",
            {
                "metadata": {
                    "name": "panda",
                    "labels": {"kubernetes.io/metadata.name": "panda"},
                    "annotations": {"focus-server-tests/disruptive": "allowed"},
                }
            },
        )
        self.put("services", service("mongodb", MONGO, 27017, 27017))
        self.put("endpointslices", endpoint_slice("mongodb", 27017, "10.42.0.9"))
        self.put("pods", pod("mongodb-0", MONGO, "10.42.0.9", 27017))
        self.put("pods", pod("server-0", SERVER, "10.42.0.5", 5000))

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.time.seconds)

    def put(self, plural: str, item: dict[str, Any]) -> dict[str, Any]:
        self.version += 1
        item["metadata"].update(resourceVersion=str(self.version))
        item["metadata"].setdefault("uid", f"uid-{self.version}")
        self.objects.setdefault(plural, {})[item["metadata"]["name"]] = item
        return deepcopy(item)

    def names(self, resource: Any) -> list[str]:
        return sorted(self.objects.get(resource.plural, {}))

    def names_of(self, plural: str) -> list[str]:
        return sorted(self.objects.get(plural, {}))

    def get(self, resource: Any, name: str) -> dict[str, Any] | None:
        self._called("get", resource, name)
        return deepcopy(self.objects.get(resource.plural, {}).get(name))

    def items(self, resource: Any, selector: str = "") -> list[dict[str, Any]]:
        self._called("list", resource, "")
        wanted = dict(part.split("=") for part in selector.split(",") if part)
        return [
            deepcopy(item)
            for item in self.objects.get(resource.plural, {}).values()
            if wanted.items() <= (item["metadata"].get("labels") or {}).items()
        ]

    def create(self, resource: Any, body: dict[str, Any], *, dry_run: bool = False) -> Any:
        name = body["metadata"].setdefault("name", body["metadata"].get("generateName", ""))
        self._called("create", resource, name)
        if resource.plural != "events" and name in self.objects.get(resource.plural, {}):
            raise KubernetesError(f"{name} exists.", CONFLICT)
        return deepcopy(body) if dry_run else self.put(resource.plural, deepcopy(body))

    def replace(self, resource: Any, name: str, body: dict[str, Any]) -> Any:
        self._called("update", resource, name)
        held = self.objects[resource.plural][name]
        if body["metadata"]["resourceVersion"] != held["metadata"]["resourceVersion"]:
            raise KubernetesError("the object has been modified.", CONFLICT)
        return self.put(resource.plural, deepcopy(body))

    def update(self, resource: Any, name: str, change: Callable[[Any], Any]) -> Any:
        for _ in range(5):
            found = self.get(resource, name)
            wanted = None if found is None else change(found)
            if wanted is None:
                return None
            with suppress(KubernetesError):
                return self.replace(resource, name, wanted)
        raise KubernetesError("the object has been modified.", CONFLICT)

    def patch(self, resource: Any, name: str, body: dict[str, Any], **how: Any) -> Any:
        self._called("patch", resource, name, how.get("subresource", ""))
        held = self.objects.get(resource.plural, {}).get(name)
        if held is None:
            return None
        if how.get("subresource") == "ephemeralcontainers":
            added = body["spec"]["ephemeralContainers"][0]
            ended = {"name": added["name"], "state": {"terminated": {"exitCode": 0}}}
            held["status"]["ephemeralContainerStatuses"] = [ended]
        else:
            held["spec"].update(body.get("spec", {}))
            held["metadata"]["annotations"].update(body["metadata"]["annotations"])
        return deepcopy(held)

    def delete(self, resource: Any, name: str, version: str = "") -> bool:
        self._called("delete", resource, name)
        held = self.objects.get(resource.plural, {}).get(name)
        if held and version not in {"", held["metadata"]["resourceVersion"]}:
            raise KubernetesError("the object has been modified.", CONFLICT)
        return self.objects.get(resource.plural, {}).pop(name, None) is not None

    def log(self, name: str, container: str) -> str:
        self.calls.append(("log", name, container))
        return "tcp ESTAB 0 0 10.42.0.5:4000 10.43.0.9:27017\n"

    def may(self, verb: str, resource: Any, subresource: str = "", name: str = "") -> bool:
        return (verb, "/".join(filter(None, [resource.plural, subresource]))) not in self.forbidden

    def _called(self, verb: str, resource: Any, name: str, subresource: str = "") -> None:
        what = "/".join(filter(None, [resource.plural, subresource]))
        self.calls.append((verb, what, name))
        if (verb, what) in self.refuse:
            status = self.refuse[verb, what]
            raise KubernetesError(f"Kubernetes refused {verb} {what} ({status}).", status)


class FakeProxy:
    """A Toxiproxy in memory."""

    def __init__(self) -> None:
        self.toxics: dict[str, Any] = {}

    def is_known(self, proxy: str) -> bool:
        return proxy == "mongodb"

    def impose(self, proxy: str, fault: Any, amount: float, name: Any) -> None:
        self.toxics[str(name)] = (proxy, fault, amount, name)

    def lift(self, proxy: str, name: Any) -> None:
        self.toxics.pop(str(name), None)

    remove_toxic = lift
    remove_named = lift

    def enable(self, proxy: str) -> None: ...

    def is_enabled(self, proxy: str) -> bool:
        return True

    def ours(self) -> Iterator[OurToxic]:
        for raw, (proxy, _fault, _amount, name) in self.toxics.items():
            yield OurToxic(proxy, name, raw)


@dataclass
class FakePods:
    """What the client's pods see; follows the policies in the cluster unless told otherwise.

    `cuts` is whether established connections die with the policy, `enforced` whether it does
    anything, `broad` the control targets that go as well.
    """

    cluster: FakeCluster
    proxy: FakeProxy | None = None
    enforced: bool = True
    cuts: bool = False
    killable: bool = True
    delay: float = 0.0
    broad: frozenset[str] = frozenset()
    reachable: bool = True
    stays_away: bool = False
    closed: int = 0
    sessions: int = 0
    since: float | None = None

    @property
    def away(self) -> bool:
        if self.stays_away and self.since is not None:
            return True
        cut = (
            bool(self.cluster.names(POLICIES))
            or bool(self.proxy and self.proxy.toxics)
            or not any(name.startswith("mongodb") for name in self.cluster.names(PODS))
        )
        if cut and self.since is None:
            self.since = self.cluster.time.seconds
        if not cut:
            self.since = None
        started = self.since is not None and self.cluster.time.seconds >= self.since + self.delay
        return cut and self.enforced and started

    def connect(self, target: Endpoint, timeout: float = 1.0, exchanges: int = 1) -> Probe:
        if not self.reachable:
            return TIMED_OUT
        if target.host in self.broad:
            return REFUSED if self.away else OK
        return REFUSED if target.host == "mongodb" and self.away else OK

    def reach(self, target: Endpoint) -> Probe:
        return self.connect(target)

    def hold(self, target: Endpoint) -> Probe:
        return OK

    def ask_meanwhile(self) -> None: ...

    def ask_held(self, timeout: float = 2.0) -> Probe:
        killed = any(call[0] == "log" for call in self.cluster.calls) and self.killable
        gone = "mongodb-0" not in self.cluster.names(PODS)
        dead = self.away and (self.cuts or killed or bool(self.proxy and self.proxy.toxics))
        dead = dead or (gone and self.enforced)
        return replace(TIMED_OUT, outcome="reset") if dead else OK

    def resolve(self, target: Endpoint) -> Probe:
        return Probe("dns", 0.1) if "names" in self.broad and self.away else OK

    def close(self) -> None:
        self.closed += 1


def context_of(pods: FakePods) -> Callable[[Environment, str], Context]:
    """What the engine opens its contexts with."""
    connections = Connections(pods.cluster, pods.proxy)  # type: ignore[arg-type]

    def witnesses(_pods: Any) -> Any:
        pods.sessions += 1
        return pods

    return lambda environment, _namespace: Context(
        environment, connections, lambda: connections, witnesses
    )


def environment(name: str = "sandbox") -> Environment:
    return Environment(
        name=name,
        file=read_environment_file(name),
        base_url="http://127.0.0.1:1/focus-server",
        mongo_uri=None,
        kubeconfig="unused",
        namespace="panda",
        stream_host=None,
        job_life=2,
    )


def left_in(cluster: FakeCluster) -> list[str]:
    return [name for kind in (POLICIES, JOBS, LEASES) for name in cluster.names(kind)]


def without(cluster: FakeCluster, resource: Any, name: str) -> None:
    with suppress(KeyError):
        del cluster.objects[resource.plural][name]
