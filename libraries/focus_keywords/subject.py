"""What a library judges: the system that files declare, or the service that it was given."""

from dataclasses import dataclass, replace
from typing import Protocol

from focus_engine.contract.endpoints.server_contract import CHANNEL_KEYS
from focus_engine.contract.one_system import show_one_system
from focus_engine.environment import Environment, environment_name, load_environment
from focus_engine.latency.planning.measurement_spec import MeasurementSpec
from focus_engine.latency.requirements.thresholds import (
    Thresholds,
    read_thresholds,
    thresholds_of_service,
)
from focus_engine.ledger import run_ledger
from focus_engine.service import Service
from focus_engine.verdict import ToolError

# Without these an answer is as wrong as an error, however fast it came.
ANSWER_KEYS = {
    "GET /channels": CHANNEL_KEYS,
    "GET /live_metadata": ("prr", "dx"),
    "GET /metadata/{job_id}": ("job_id", "stream_port"),
}
EMPTY = frozenset({"GET /ack"})


class SystemUnderTest(Protocol):
    """Where keywords learn what is under test; asked anew each time."""

    @property
    def name(self) -> str: ...

    def environment(self, named: str | None = None) -> Environment: ...

    def thresholds(self) -> Thresholds: ...

    def completed(self, spec: MeasurementSpec) -> MeasurementSpec:
        """`spec` with what is known of the answers of this system."""

    def one_system(self, environment: Environment) -> str:
        """What shows that server and cluster belong together. Raises ToolError if they do not."""


class Declared:
    """The Focus Server, as the environment's file, FOCUS_ variables and `variables/` declare it."""

    @property
    def name(self) -> str:
        return environment_name()

    def environment(self, named: str | None = None) -> Environment:
        return load_environment(named)

    def thresholds(self) -> Thresholds:
        return read_thresholds(self.name)

    def completed(self, spec: MeasurementSpec) -> MeasurementSpec:
        keys = spec.expect_keys or ANSWER_KEYS.get(spec.endpoint, ())
        nothing = spec.endpoint in EMPTY and spec.path is None and not keys
        return replace(spec, expect_keys=keys, expect_nothing=nothing, jobs=True)

    def one_system(self, environment: Environment) -> str:
        job = show_one_system(environment, run_ledger())
        return f"Server and cluster belong together: job {job} shows it."


@dataclass(frozen=True)
class Given:
    """A service that a library was given; no request to it starts a job of a Focus Server."""

    service: Service

    @property
    def name(self) -> str:
        return self.service.title

    def environment(self, named: str | None = None) -> Environment:
        if named not in {None, self.name}:
            raise ToolError(
                f"this library was given {self.name}; it does not know environment '{named}'. "
                "Import it without base_url for that."
            )
        return self.service.environment()

    def thresholds(self) -> Thresholds:
        return thresholds_of_service(self.name, self.service.thresholds)

    def completed(self, spec: MeasurementSpec) -> MeasurementSpec:
        return replace(spec, jobs=False)

    def one_system(self, environment: Environment) -> str:
        return (
            f"Nothing shows that {environment.base_url} is served from namespace "
            f"{environment.namespace}: whoever gave both to the library answers for it."
        )


def subject_of(service: Service) -> SystemUnderTest:
    """The service where it has an address, else the declared system."""
    return Given(service) if service.base_url else Declared()
