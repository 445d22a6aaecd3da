"""The state of one sandbox at run time: everything that the control API can change."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from sandbox.catalogue import checked
from sandbox.faults import ActiveFaults, FaultValue
from sandbox.focus_server.dependencies import Dependencies
from sandbox.focus_server.faults.endpoints import WEDGED_BY_BODY
from sandbox.focus_server.faults.load import ServerLoad
from sandbox.focus_server.jobs import Job, JobTable
from sandbox.focus_server.latency import ResponseDelay
from sandbox.focus_server.publisher import Publisher
from sandbox.http.request_record import RequestRecord
from sandbox.kubernetes.workloads.leftover_objects import LeftoverObjects
from sandbox.kubernetes.workloads.server_process import ServerProcess
from sandbox.network.service import NetworkService
from sandbox.options import Contract, FibreState, Options
from sandbox.recordings.reader import Recordings
from sandbox.spec import SPEC


@dataclass(frozen=True)
class Surroundings:
    """What the state of a sandbox refers to, each started before it and stopped after it."""

    faults: ActiveFaults
    server: ServerProcess
    recordings: Recordings
    publisher: Publisher
    network: NetworkService
    stream_host: str
    first_port: int


class SandboxState:
    """Contract, state of the fibre, faults, jobs, the server's process, the record of requests."""

    def __init__(self, options: Options, around: Surroundings) -> None:
        self._options = options
        self._start_faults = checked(options.faults)
        self.stream_host = around.stream_host
        self.network = around.network
        self.server = around.server
        self.faults = around.faults
        self.latency = ResponseDelay(self.faults)
        self.requests = RequestRecord()
        self.jobs = JobTable(around.first_port, *_lives(options))
        self._followers: list[Callable[[ActiveFaults], None]] = []
        self.used_rights: set[tuple[str, str]] = set()
        self._after_reset: list[Callable[[], None]] = []
        self.dependencies = Dependencies(
            around.recordings, around.publisher, self.faults, self.server
        )
        self.starting: list[Job] = []
        """Jobs whose POST /configure is not answered yet."""
        self.tasks: dict[str, Job] = {}
        """Jobs of the later API by the task that the client named."""
        self.leftovers = LeftoverObjects(SPEC.namespace)
        self.load = ServerLoad(self.faults, self.jobs)
        self._take_start_values()
        self.switch_faults(self._start_faults)

    def follow_faults(self, follower: Callable[[ActiveFaults], None]) -> None:
        """Call `follower` with the faults in force, now and after each switch of them or of the
        contract."""
        self._followers.append(follower)
        follower(self.faults)

    def follow_reset(self, follower: Callable[[], None]) -> None:
        """Call `follower` after each reset."""
        self._after_reset.append(follower)

    def switch_faults(self, active: Mapping[str, FaultValue]) -> None:
        """Make exactly `active` the faults in force, each starting anew."""
        self.faults.replace(active)
        self.latency.restart()
        self.load.restart()
        self.dependencies.restart()
        self.wedged = False
        self.wedged_from = inf  # time.monotonic()
        self.answers = itertools.count()
        self._tell_followers()

    def stand_for(self, contract: Contract) -> None:
        """Be that server from now on."""
        self.contract: Contract = contract
        self._tell_followers()

    def note_malformed(self, malformed: bool) -> None:
        """Remember, for the fault that wedges the server, that a body was no JSON."""
        self.wedged = self.wedged or (malformed and self.faults.on(WEDGED_BY_BODY))

    def reset(self) -> None:
        """End all jobs, drop all faults and return to the start-up values."""
        self._take_start_values()
        self.switch_faults({})
        self.jobs.end_all()
        self.server.reset()
        self.tasks.clear()
        self.leftovers.clear()
        self.requests.clear()
        for follower in self._after_reset:
            follower()

    def _tell_followers(self) -> None:
        for follower in self._followers:
            follower(self.faults)

    def _take_start_values(self) -> None:
        self.contract = self._options.contract
        self.fibre: FibreState = self._options.state
        self.prr_hz: int = self._options.prr_hz


def _lives(options: Options) -> tuple[float, float]:
    """How long a live and a historic job live that nobody reads, seconds."""
    life_s = options.job_life_s
    if options.contract is not Contract.DOCUMENTED:
        return life_s, life_s * SPEC.historic_life_ratio
    live_s = max(life_s * SPEC.documented_live_ratio, SPEC.documented_live_least_s)
    return min(live_s, life_s), life_s
