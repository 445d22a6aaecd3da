"""The network between the pods: a relay per pod and destination, which obeys the policies."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping

from sandbox.faults import ActiveFaults, Unit, Value, knob
from sandbox.kubernetes.addresses import SERVICES
from sandbox.kubernetes.objects.store import Change, ChangeType, Store
from sandbox.network.cni import ADMITTED, Cni, FlowTreatment
from sandbox.network.endpoints import Destination, Places
from sandbox.network.listener import Address, Door
from sandbox.network.policy import ConnectionAttempt, FlowEnd, admits
from sandbox.network.relay import Relay

ENFORCED_AFTER = knob(
    "policy-enforced-after",
    "a change of a NetworkPolicy takes effect after this time (0.3 s without the knob)",
    Value(Unit.SECONDS, 0.3),
)
KNOBS = (ENFORCED_AFTER,)

Pod = tuple[str, str]
"""Namespace and name."""

_ENFORCED_AFTER_S = 0.3
_NOTHING_BEHIND = FlowTreatment(Door.REFUSING, packets_pass=True)
_RESOLVER = FlowEnd(
    str(SERVICES[9]),
    "kube-system",
    {"k8s-app": "kube-dns"},
    {"kubernetes.io/metadata.name": "kube-system"},
)
_DNS_PORT = 53


class ClusterNetwork:
    """Implements `sandbox.kubernetes.pods.network.PodNetwork`.

    The Focus Server's own relays outlive its pod: whatever pod is the server's now, they are its
    network, so that the server's clients keep their addresses when it is replaced.
    """

    def __init__(self, store: Store, cni: Cni, server: Callable[[], Pod]) -> None:
        self._store = store
        self._places = Places(store)
        self._start_cni = self._cni = cni
        self._server = server
        self._destinations: list[Destination] = []
        self._of_server: dict[Destination, Relay] = {}
        self._of_pods: dict[tuple[Pod, Destination], Relay] = {}
        self._delay_s = _ENFORCED_AFTER_S
        self._enforcing: asyncio.TimerHandle | None = None
        self._policies: list[Mapping[str, object]] = []
        store.follow(self._changed)

    @property
    def cni(self) -> Cni:
        """Behaviour of the plugin."""
        return self._cni

    def switch(self, cni: Cni) -> None:
        """Let the plugin behave so from now on."""
        self._cni = cni
        self._enforce()

    def reset(self) -> None:
        """Be as at the start; the policies that are in the API go on being obeyed."""
        self._cni = self._start_cni
        self._enforce()

    def follow(self, active: ActiveFaults) -> None:
        """Take the enforcement delay from the knobs in force."""
        known = active.on(ENFORCED_AFTER)
        self._delay_s = active.number(ENFORCED_AFTER) if known else _ENFORCED_AFTER_S

    def add(self, destination: Destination) -> None:
        """Let pods reach a further server."""
        self._destinations.append(destination)

    def of_server(self, destination: Destination) -> Relay:
        """The relay through which the Focus Server reaches the destination."""
        if destination not in self._of_server:
            self._of_server[destination] = Relay(destination.upstream)
        return self._of_server[destination]

    def server_started_anew(self) -> None:
        """End the connections of the server's former process."""
        for relay in self._of_server.values():
            relay.kill()

    def close(self) -> None:
        """End every connection and give the ports back."""
        if self._enforcing is not None:
            self._enforcing.cancel()
        for _, _, relay in self._relays():
            relay.close()

    def routes(self, namespace: str, pod: str) -> Mapping[str, Address]:
        """Where that pod reaches what, by `host:port`; names only where DNS answers."""
        client = self._places.pod(namespace, pod)
        if client is None:
            return {}
        by_name = admits(self._enforced(), ConnectionAttempt(client, _RESOLVER, _DNS_PORT, "UDP"))
        found: dict[str, Address] = {}
        for destination in self._destinations:
            if self._places.behind(destination) is None:
                continue
            address = self._relay((namespace, pod), destination).address
            for ip, port in self._places.addresses(destination):
                found[_key(ip, port)] = address
            if by_name:
                for name in self._places.names(destination, namespace):
                    found[_key(name, destination.port)] = address
        return found

    def kill_sockets(
        self, namespace: str, pod: str, destination: str | None, port: int | None
    ) -> int:
        """Reset that pod's connections to the destination (name or address) and port."""
        return sum(
            relay.kill()
            for client, known, relay in self._relays()
            if client == (namespace, pod) and self._is_meant(known, namespace, destination, port)
        )

    def _is_meant(
        self, known: Destination, namespace: str, host: str | None, port: int | None
    ) -> bool:
        ends = [
            *((name, known.port) for name in self._places.names(known, namespace)),
            *self._places.addresses(known),
        ]
        return any(host in (None, name) and port in (None, number) for name, number in ends)

    def _relay(self, pod: Pod, destination: Destination) -> Relay:
        if pod == self._server():
            return self.of_server(destination)
        key = (pod, destination)
        if key not in self._of_pods:
            self._of_pods[key] = Relay(destination.upstream)
            self._of_pods[key].treat(self._treatment(pod, destination))
        return self._of_pods[key]

    def _relays(self) -> Iterator[tuple[Pod, Destination, Relay]]:
        for destination, relay in list(self._of_server.items()):
            yield self._server(), destination, relay
        for (pod, destination), relay in list(self._of_pods.items()):
            yield pod, destination, relay

    def _changed(self, change: Change) -> None:
        """Enforce a while after a change that can matter; all changes until then are one."""
        if change.plural == "pods":
            self._note_pod(change)
        concerns = change.plural in ("networkpolicies", "namespaces") or (
            change.plural == "pods" and bool(self._policies)
        )
        if concerns and self._enforcing is None:
            loop = asyncio.get_running_loop()
            self._enforcing = loop.call_later(self._delay_s, self._enforce)

    def _note_pod(self, change: Change) -> None:
        """A pod that goes takes its connections along; behind a Service there may be none then."""
        metadata = change.object["metadata"]
        if change.type is ChangeType.DELETED:
            self._forget((metadata["namespace"], metadata["name"]))
        if change.type is ChangeType.MODIFIED:
            return
        concerned = [
            one for one in self._destinations if self._places.is_behind(one, change.object)
        ]
        if concerned:  # later: a look at the store, in the midst of its change, would change it
            is_gone = change.type is ChangeType.DELETED
            asyncio.get_running_loop().call_soon(self._follow_pods, concerned, is_gone)

    def _follow_pods(self, concerned: list[Destination], is_gone: bool) -> None:
        for pod, destination, relay in self._relays():
            if destination in concerned:
                relay.treat(self._treatment(pod, destination))
                if is_gone:
                    relay.kill()

    def _forget(self, pod: Pod) -> None:
        for key in [key for key in self._of_pods if key[0] == pod]:
            self._of_pods.pop(key).close()

    def _enforce(self) -> None:
        if self._enforcing is not None:
            self._enforcing.cancel()
            self._enforcing = None
        self._policies = [*self._store.list("networkpolicies", None)]
        for pod, destination, relay in self._relays():
            relay.treat(self._treatment(pod, destination))

    def _enforced(self) -> Iterable[Mapping[str, object]]:
        return () if self._cni is Cni.NONE else self._policies

    def _treatment(self, pod: Pod, destination: Destination) -> FlowTreatment:
        client, found = self._places.pod(*pod), self._places.behind(destination)
        if client is None or found is None:
            return _NOTHING_BEHIND
        server, port = found
        admitted = admits(self._enforced(), ConnectionAttempt(client, server, port))
        return ADMITTED if admitted else self._cni.denied


def _key(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
