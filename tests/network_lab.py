"""A cluster of three pods with real sockets, in a thread of its own, for tests of the network."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from waiting import wait_until

from sandbox.kubernetes.objects.store import Store
from sandbox.mongo.server import MongoServer
from sandbox.network.cluster import ClusterNetwork
from sandbox.network.cni import Cni
from sandbox.network.endpoints import Destination

T = TypeVar("T")
SERVER = ("panda", "server-1")
OTHER = ("panda", "other-1")
MONGO = ("panda", "mongodb-1")
CONNECT_S = 0.25


def pod(name, ip, labels, port=None):
    ports = [{"name": "db", "containerPort": port, "protocol": "TCP"}] if port else []
    return {
        "metadata": {"name": name, "namespace": "panda", "labels": labels},
        "spec": {"containers": [{"name": "c", "ports": ports}]},
        "status": {"podIP": ip},
    }


def deny(name="deny", **spec):
    return {
        "metadata": {"name": name, "namespace": "panda"},
        "spec": {
            "podSelector": {"matchLabels": {"app": "mongodb"}},
            "policyTypes": ["Ingress"],
            **spec,
        },
    }


class Lab:
    """Store, network and a real MongoDB wire server behind it."""

    def __init__(self, cni: Cni, upstream: tuple[str, int] | None = None) -> None:
        self.mongo = MongoServer()
        self.mongo.start()
        host, port = self.mongo.address.split(":")
        self.upstream = upstream or (host, int(port))
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.network = self.call(lambda: self._build(cni))

    def call(self, act: Callable[[], T]) -> T:
        """Run `act` in the loop's thread."""

        async def acting() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acting(), self.loop).result(60)

    def route(self, client=SERVER, key="mongodb:27017"):
        return self.call(lambda: self.network.routes(*client))[key]

    def apply(self, policy) -> None:
        self.call(lambda: self.store.add("networkpolicies", policy))

    def lift(self, name="deny") -> None:
        self.call(lambda: self.store.remove("networkpolicies", "panda", name))

    def wait_for_connections(self, number: int) -> None:
        """Wait until the relays have taken so many."""
        wait_until(lambda: self.call(self._connections) >= number, f"{number} connections")

    def _connections(self) -> int:
        return sum(one.connections for *_, one in self.network._relays())

    def close(self) -> None:
        self.call(self.network.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(60)
        self.mongo.stop()

    def _build(self, cni: Cni) -> ClusterNetwork:
        self.store = Store()
        self.store.add("namespaces", {"metadata": {"name": "panda", "labels": {"team": "panda"}}})
        for item in (
            pod("server-1", "10.42.0.1", {"app": "server"}),
            pod("other-1", "10.42.0.2", {"app": "other"}),
            pod("mongodb-1", "10.42.0.3", {"app": "mongodb"}, 27017),
        ):
            self.store.add("pods", item)
        self.store.add("services", _service())
        network = ClusterNetwork(self.store, cni, lambda: SERVER)
        network.add(Destination("mongodb", "panda", 27017, lambda: self.upstream))
        return network


def _service():
    return {
        "metadata": {"name": "mongodb", "namespace": "panda"},
        "spec": {
            "clusterIP": "10.43.0.3",
            "selector": {"app": "mongodb"},
            "ports": [{"port": 27017, "targetPort": "db", "protocol": "TCP"}],
        },
    }


@contextlib.contextmanager
def lab(cni: Cni, upstream: tuple[str, int] | None = None) -> Iterator[Lab]:
    built = Lab(cni, upstream)
    try:
        yield built
    finally:
        built.close()


def fate(address) -> str:
    """Say what happens to a new connection."""
    try:
        socket.create_connection(address, CONNECT_S).close()
    except TimeoutError:
        return "timeout"
    except ConnectionRefusedError:
        return "refused"
    return "open"


def wait_for(wanted: str, address) -> float:
    """Wait until new connections meet that; return the seconds it took."""
    return wait_until(lambda: fate(address) == wanted, f"new connections: {wanted}")
