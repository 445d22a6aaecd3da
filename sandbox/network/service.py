"""Everything between the sandbox's parts, put together: network, broker and proxies."""

from collections.abc import Callable, Mapping

from sandbox.dependencies import DEPENDENCIES, RABBITMQ, DependencyService
from sandbox.faults import ActiveFaults
from sandbox.http.serving import HttpServer
from sandbox.kubernetes.objects.store import Store
from sandbox.network.cluster import ClusterNetwork, Pod
from sandbox.network.cni import Cni
from sandbox.network.endpoints import Destination
from sandbox.network.listener import Address
from sandbox.network.proxies import Proxies
from sandbox.network.rabbitmq.broker import Broker
from sandbox.network.rabbitmq.queues import Queues
from sandbox.network.relay import Relay
from sandbox.network.toxiproxy import Toxiproxy

_KEEPS_ALIVE_S = 60
"""As the real Toxiproxy does."""


class NetworkService:
    """Use `start` before anything else, `stop` at the end."""

    def __init__(self, store: Store, cni: Cni, server: Callable[[], Pod]) -> None:
        """`server` names the Focus Server's pod of now."""
        self.cluster = ClusterNetwork(store, cni, server)
        self._namespace = server()[0]
        self._broker = Broker()
        self._proxies = Proxies()
        self._toxiproxy = Toxiproxy(self._proxies)
        self._http: HttpServer | None = None

    async def start(
        self, upstreams: Mapping[DependencyService, Address]
    ) -> Mapping[DependencyService, Address]:
        """Start; return where the Focus Server reaches each dependency.

        `upstreams` are the stand-ins that listen already; RabbitMQ's is started here.
        """
        await self._broker.start()
        self._http = HttpServer(self._toxiproxy, keep_alive_s=_KEEPS_ALIVE_S)
        await self._http.start()
        known = {RABBITMQ: self._broker.address, **upstreams}
        return {one: self._put_proxy(one, known[one]).address for one in DEPENDENCIES}

    async def stop(self) -> None:
        """Close everything."""
        if self._http is not None:
            await self._http.stop()
        self._proxies.return_to_start()
        self.cluster.close()
        self._broker.stop()

    @property
    def queues(self) -> Queues:
        """What the broker holds, which observes the jobs."""
        return self._broker.queues

    @property
    def amqp_uri(self) -> str:
        """Where the broker is for whoever tests, with its user."""
        return self._broker.uri

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
        self.queues.follow(active)
        self._toxiproxy.follow(active)

    def reset(self) -> None:
        """Be as at the start: plugin, proxies, toxics."""
        self._proxies.return_to_start()
        self.cluster.reset()

    def _put_proxy(self, one: DependencyService, upstream: Address) -> Relay:
        destination = Destination(one.service, self._namespace, one.port, lambda: upstream)
        self.cluster.add(destination)
        relay = self.cluster.of_server(destination)
        self._proxies.stand(one.name, upstream, relay)
        return relay
