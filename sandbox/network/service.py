"""Everything between the sandbox's parts, put together: network, broker and proxies."""

from collections.abc import Callable

from sandbox.faults import ActiveFaults
from sandbox.http.serving import HttpServer
from sandbox.kubernetes.objects.store import Store
from sandbox.network.broker import Broker
from sandbox.network.cluster import ClusterNetwork, Pod
from sandbox.network.cni import Cni
from sandbox.network.endpoints import Destination
from sandbox.network.listener import Address
from sandbox.network.proxies import Proxies
from sandbox.network.relay import Relay
from sandbox.network.toxiproxy import Toxiproxy

MONGODB = ("mongodb", 27017)
RABBITMQ = ("rabbitmq-panda", 5672)

_KEEPS_ALIVE_S = 60
"""As the real Toxiproxy does."""


class NetworkService:
    """Use ``start`` before anything else, ``stop`` at the end."""

    def __init__(self, store: Store, cni: Cni, server: Callable[[], Pod]) -> None:
        """``server`` names the Focus Server's pod of now."""
        self.cluster = ClusterNetwork(store, cni, server)
        self._namespace = server()[0]
        self._broker = Broker()
        self._proxies = Proxies()
        self._toxiproxy = Toxiproxy(self._proxies)
        self._http: HttpServer | None = None

    async def start(self, mongo: Address) -> tuple[Address, Address]:
        """Start; return where the Focus Server reaches MongoDB and RabbitMQ."""
        await self._broker.start()
        self._http = HttpServer(self._toxiproxy, keep_alive_s=_KEEPS_ALIVE_S)
        await self._http.start()
        to_mongo = self._put_proxy("mongodb", MONGODB, mongo)
        to_rabbit = self._put_proxy("rabbitmq", RABBITMQ, self._broker.address)
        return to_mongo.address, to_rabbit.address

    async def stop(self) -> None:
        """Close everything."""
        if self._http is not None:
            await self._http.stop()
        self._proxies.return_to_start()
        self.cluster.close()
        self._broker.stop()

    @property
    def toxiproxy_url(self) -> str | None:
        """Where the API of the proxies is."""
        return None if self._http is None else self._http.url

    def serve(self, service: str, port: int, upstream: Address, namespace: str = "") -> None:
        """Let pods reach a further server by its Service."""
        known = Destination(service, namespace or self._namespace, port, lambda: upstream)
        self.cluster.add(known)

    def follow(self, active: ActiveFaults) -> None:
        """Take the knobs in force."""
        self.cluster.follow(active)
        self._toxiproxy.follow(active)

    def reset(self) -> None:
        """Be as at the start: plugin, proxies, toxics."""
        self._proxies.return_to_start()
        self.cluster.reset()

    def _put_proxy(self, name: str, service: tuple[str, int], upstream: Address) -> Relay:
        destination = Destination(service[0], self._namespace, service[1], lambda: upstream)
        self.cluster.add(destination)
        relay = self.cluster.of_server(destination)
        self._proxies.stand(name, upstream, relay)
        return relay
