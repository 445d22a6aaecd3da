"""One running sandbox: its parts put together, started and taken down in reverse."""

import secrets
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass

from sandbox.control import control_api
from sandbox.database import SandboxDatabase, open_database
from sandbox.focus_server.app import PREFIX, focus_server
from sandbox.gateway import CONTROL_PREFIX, Gateway
from sandbox.kubernetes.api import kubernetes_api
from sandbox.kubernetes.config_files import read_config_files
from sandbox.kubernetes.kubeconfig import KubeconfigFile
from sandbox.kubernetes.objects import Workloads
from sandbox.kubernetes.server_objects import ServerWorkload
from sandbox.kubernetes.store import Store
from sandbox.loopback import claim_stream_address
from sandbox.options import Options
from sandbox.recordings import Recordings
from sandbox.recordings_faults import SeededRecordings
from sandbox.recordings_seed import anchor_now
from sandbox.serving import HttpServer
from sandbox.spec import SPEC
from sandbox.streams.service import StreamService
from sandbox.world import World


@dataclass(frozen=True)
class Addresses:
    """Where everything is; printed as one JSON line."""

    base_url: str
    mongo_uri: str
    kubeconfig: str
    namespace: str
    toxiproxy_url: str | None
    control_url: str

    def as_json(self) -> dict[str, str | None]:
        """Return the fields by name."""
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
        world = self._start_world(stack, database)
        world.follow_faults(self._seed(database).follow)
        kubeconfig = await self._start_kubernetes(stack, world)
        self._start_streams(stack, world)
        http = HttpServer(
            Gateway(world, focus_server(world), control_api(world)),
            self._options.port,
            host=self._options.bind,
        )
        stack.push_async_callback(http.stop)
        await http.start()
        return Addresses(
            base_url=http.url + PREFIX,
            mongo_uri=database.uri,
            kubeconfig=str(kubeconfig.path),
            namespace=SPEC.namespace,
            toxiproxy_url=None,
            control_url=http.url + CONTROL_PREFIX,
        )

    def _start_database(self, stack: AsyncExitStack) -> SandboxDatabase:
        database = open_database()
        stack.callback(database.close)
        return database

    def _seed(self, database: SandboxDatabase) -> SeededRecordings:
        seed, prr_hz = self._options.seed, self._options.prr_hz
        return SeededRecordings(database.uri, database.name, seed, anchor_now(), prr_hz)

    def _start_world(self, stack: AsyncExitStack, database: SandboxDatabase) -> World:
        recordings = Recordings(database.uri, database.name, SPEC.base_path)
        stack.push_async_callback(recordings.close)
        streams = claim_stream_address()
        stack.callback(streams.release)
        return World(self._options, recordings, streams.host, streams.first_port)

    def _start_streams(self, stack: AsyncExitStack, world: World) -> None:
        idle_s = self._options.job_life_s * SPEC.historic_idle_ratio
        streams = StreamService(world.jobs, world.faults, world.stream_host, idle_s)
        stack.push_async_callback(streams.stop)
        streams.start()

    async def _start_kubernetes(self, stack: AsyncExitStack, world: World) -> KubeconfigFile:
        store, token = Store(), secrets.token_urlsafe(24)
        files = read_config_files(self._options.pz_profile)
        server = ServerWorkload(world.server, world.faults, files, SPEC.namespace)
        store.show(server.objects)
        workloads = Workloads(store, SPEC.namespace, self._options.seed, world.faults)
        workloads.add_standing()
        world.jobs.observe(workloads)
        store.before_reading(world.jobs.expire)
        http = HttpServer(kubernetes_api(store, server, token), websockets=True)
        stack.push_async_callback(http.stop)
        await http.start()
        kubeconfig = KubeconfigFile(http.url, token, SPEC.namespace)
        stack.callback(kubeconfig.remove)
        return kubeconfig
