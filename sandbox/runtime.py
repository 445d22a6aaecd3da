"""One running sandbox: its parts put together, started and taken down in reverse."""

import asyncio
import contextlib
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from functools import partial

from sandbox.control import control_api
from sandbox.dependencies import MONGODB, RABBITMQ
from sandbox.faults import ActiveFaults
from sandbox.focus_server.app import PREFIX, focus_server
from sandbox.focus_server.publisher import Publisher
from sandbox.focus_server.rules.contracts import BEHAVIOURS
from sandbox.http.gateway import CONTROL_PREFIX, Gateway
from sandbox.http.serving import HttpServer
from sandbox.kubernetes.api.rbac import Authorizer, read_roles
from sandbox.kubernetes.cluster import ControlPlane, cluster_store
from sandbox.kubernetes.kubeconfig import KubeconfigFile
from sandbox.kubernetes.objects.store import Store
from sandbox.kubernetes.workloads.config_files import read_config_files
from sandbox.kubernetes.workloads.initial_objects import InitialObjects
from sandbox.kubernetes.workloads.job_objects import Workloads
from sandbox.kubernetes.workloads.server_objects import PORT, ServerWorkload
from sandbox.kubernetes.workloads.server_process import NAME, ServerProcess
from sandbox.kubernetes.workloads.server_restart import follow_restarts
from sandbox.loopback import claim_stream_address
from sandbox.mongo.database import SandboxDatabase, open_database
from sandbox.network.service import NetworkService
from sandbox.network.toxiproxy import ABSENT
from sandbox.options import Options
from sandbox.recordings.faults import SeededRecordings
from sandbox.recordings.reader import Recordings
from sandbox.recordings.seed import anchor_now, seed_database
from sandbox.spec import SPEC
from sandbox.state import SandboxState, Surroundings
from sandbox.streams.service import StreamService

_API_KEEPS_ALIVE_S = 90
"""An API server leaves idle connections open much longer than a web service."""


@dataclass(frozen=True)
class Addresses:
    """Where everything is; printed as one JSON line."""

    base_url: str
    mongo_uri: str
    amqp_uri: str
    kubeconfig: str
    namespace: str
    toxiproxy_url: str | None
    control_url: str

    def as_json(self) -> dict[str, str | None]:
        """The fields by name."""
        return asdict(self)


class Sandbox:
    """Use as an asynchronous context manager; entering returns the addresses."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Addresses:
        """Start every part; on failure whatever had started is taken down again."""
        async with AsyncExitStack() as stack:
            addresses = await self._start(stack)
            self._stack = stack.pop_all()
        return addresses

    async def __aexit__(self, *_: object) -> None:
        """Take everything down."""
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> Addresses:
        database = self._start_database(stack)
        faults = ActiveFaults()
        store = cluster_store(faults)
        around = await self._start_surroundings(stack, database, store, faults)
        state = SandboxState(self._options, around)
        data = self._recorded(database)
        state.follow_faults(
            lambda active: data.follow(active, BEHAVIOURS[state.contract].recordings_indexed)
        )
        state.follow_faults(around.network.follow)
        kubeconfig = await self._start_kubernetes(stack, state, store)
        self._start_streams(stack, state)
        http = HttpServer(
            Gateway(state, focus_server(state), control_api(state)),
            self._options.port,
            host=self._options.bind,
        )
        stack.push_async_callback(http.stop)
        await http.start()
        around.network.serve(NAME, PORT, http.address)
        with_proxy = not state.faults.on(ABSENT)
        return Addresses(
            base_url=http.url + PREFIX,
            mongo_uri=database.uri,
            amqp_uri=around.network.amqp_uri,
            kubeconfig=str(kubeconfig.path),
            namespace=SPEC.namespace,
            toxiproxy_url=around.network.toxiproxy_url if with_proxy else None,
            control_url=http.url + CONTROL_PREFIX,
        )

    def _start_database(self, stack: AsyncExitStack) -> SandboxDatabase:
        database = open_database()
        stack.callback(database.close)
        return database

    def _recorded(self, database: SandboxDatabase) -> SeededRecordings:
        place, seed, prr_hz = (
            (database.uri, database.name),
            self._options.seed,
            self._options.prr_hz,
        )
        return SeededRecordings(*place, partial(seed_database, *place, seed, anchor_now(), prr_hz))

    async def _start_surroundings(
        self, stack: AsyncExitStack, database: SandboxDatabase, store: Store, faults: ActiveFaults
    ) -> Surroundings:
        """Start what the Focus Server uses; the network alone leads it to its dependencies."""
        server = ServerProcess(self._options.seed)
        network = NetworkService(store, self._options.cni, lambda: (SPEC.namespace, server.pod))
        stack.push_async_callback(network.stop)
        reached = await network.start({MONGODB: database.address})
        server.on_start(network.cluster.server_started_anew)
        uri = database.uri if self._options.real_network else database.uri_through(reached[MONGODB])
        recordings = Recordings(uri, database.name, SPEC.base_path)
        stack.push_async_callback(recordings.close)
        publisher = Publisher(reached[RABBITMQ])
        stack.callback(publisher.close)
        streams = claim_stream_address()
        stack.callback(streams.release)
        return Surroundings(
            faults, server, recordings, publisher, network, streams.host, streams.first_port
        )

    def _start_streams(self, stack: AsyncExitStack, state: SandboxState) -> None:
        idle_s = self._options.job_life_s * SPEC.historic_idle_ratio
        streams = StreamService(
            state.jobs,
            state.faults,
            state.stream_host,
            idle_s,
            lambda: BEHAVIOURS[state.contract].packing,
        )
        stack.push_async_callback(streams.stop)
        streams.start()

    async def _start_kubernetes(
        self, stack: AsyncExitStack, state: SandboxState, store: Store
    ) -> KubeconfigFile:
        faults, namespace = state.faults, SPEC.namespace
        files = read_config_files(self._options.pz_profile)
        server = ServerWorkload(state.server, faults, files, namespace)
        follow_restarts(store, state.server)
        authorizer = Authorizer(read_roles(self._options.roles), namespace, faults)
        state.used_rights = authorizer.used
        cluster = ControlPlane(store, server, authorizer, faults, state.network.cluster)
        state.follow_faults(cluster.restart_failures)
        store.mirror(server.objects)
        store.mirror(state.leftovers.objects)
        initial = InitialObjects(store, faults, namespace, self._options.seed)
        store.mirror(initial.objects)
        state.follow_reset(initial.reset)
        state.follow_reset(store.return_to_start)
        state.follow_reset(state.network.reset)
        state.jobs.observe(Workloads(store, namespace, self._options.seed, faults))
        state.jobs.observe(state.network.queues)
        store.before_reading(state.jobs.expire)
        http = HttpServer(cluster.app, websockets=True, keep_alive_s=_API_KEEPS_ALIVE_S)
        stack.push_async_callback(http.stop)
        stack.callback(cluster.close)
        await http.start()
        state.network.serve("kubernetes", 443, http.address, "default")
        stack.push_async_callback(_end, asyncio.create_task(cluster.run_controllers()))
        kubeconfig = KubeconfigFile(http.url, authorizer, namespace)
        stack.callback(kubeconfig.remove)
        return kubeconfig


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
