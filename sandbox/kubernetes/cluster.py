"""The Kubernetes part of a sandbox: store, controllers and API put together."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count

from starlette.types import ASGIApp

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.api.faults import CLOCK_SKEW
from sandbox.kubernetes.api.handlers import Handlers
from sandbox.kubernetes.api.rbac import Authorizer
from sandbox.kubernetes.api.server import KubernetesApi
from sandbox.kubernetes.controllers.endpoint_slices import EndpointSlices
from sandbox.kubernetes.controllers.garbage import GarbageCollector
from sandbox.kubernetes.controllers.jobs import JobController, TtlController
from sandbox.kubernetes.controllers.pods import PodController
from sandbox.kubernetes.objects.admission import Admission
from sandbox.kubernetes.objects.store import Store
from sandbox.kubernetes.pods.commands import Commands
from sandbox.kubernetes.pods.logs import Logs
from sandbox.kubernetes.pods.network import PodNetwork
from sandbox.kubernetes.workloads.server_objects import ServerWorkload

_TICK_S = 0.1
_UNSEEN_TICKS = 50
"""Every so many ticks objects are brought up to date where nobody looks at them."""


def cluster_store(faults: ActiveFaults) -> Store:
    """An empty store whose clock is wrong where a fault has it so."""

    def now() -> datetime:
        skew_s = faults.number(CLOCK_SKEW) if faults.on(CLOCK_SKEW) else 0.0
        return datetime.now(UTC) + timedelta(seconds=skew_s)

    return Store(now)


class ControlPlane:
    """Everything that works on one store. Make it before objects are added to the store."""

    def __init__(
        self,
        store: Store,
        server: ServerWorkload,
        authorizer: Authorizer,
        faults: ActiveFaults,
        network: PodNetwork,
    ) -> None:
        self._store = store
        self._commands = Commands(server, network)
        pods = PodController(store, self._commands)
        EndpointSlices(store)
        self._controllers = (
            pods,
            JobController(store),
            TtlController(store, faults),
            GarbageCollector(store, faults),
        )
        handlers = Handlers(store, authorizer, Admission(store, faults), Logs(server, pods))
        self._api = KubernetesApi(store, authorizer, handlers, self._commands, faults)

    @property
    def app(self) -> ASGIApp:
        """The API over HTTP."""
        return self._api

    def restart_failures(self, _: ActiveFaults) -> None:
        """Let faults that happen once happen anew."""
        self._api.failures.restart()

    def close(self) -> None:
        """End watches and commands."""
        self._api.close()

    async def run_controllers(self) -> None:
        """Work until cancelled."""
        for tick in count():
            if self._api.in_use or tick % _UNSEEN_TICKS == 0:
                self._store.refresh()
            for controller in self._controllers:
                controller.tick()
            await asyncio.sleep(_TICK_S)
