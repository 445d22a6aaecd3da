"""What a library judges: the system that files declare, or the service that it was given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from focus_engine.contract.endpoints.server_contract import CHANNEL_KEYS
from focus_engine.on_use import on_use
from focus_engine.service import Service
from focus_engine.verdict import ToolError

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine import ledger as ledgers
    from focus_engine.contract import one_system as one_systems
    from focus_engine.latency.planning import measurement_spec
    from focus_engine.latency.requirements import thresholds as limits

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

    def environment(self, named: str | None = None) -> environments.Environment: ...

    def thresholds(self) -> limits.Thresholds: ...

    def completed(self, spec: measurement_spec.MeasurementSpec) -> measurement_spec.MeasurementSpec:
        """`spec` with what is known of the answers of this system."""

    def one_system(self, environment: environments.Environment) -> str:
        """What shows that server and cluster belong together. Raises ToolError if they do not."""


class Declared:
    """The Focus Server, as the environment's file, FOCUS_ variables and `variables/` declare it."""

    @property
    def name(self) -> str:
        return environments.environment_name()

    def environment(self, named: str | None = None) -> environments.Environment:
        return environments.load_environment(named)

    def thresholds(self) -> limits.Thresholds:
        return limits.read_thresholds(self.name)

    def completed(self, spec: measurement_spec.MeasurementSpec) -> measurement_spec.MeasurementSpec:
        keys = spec.expect_keys or ANSWER_KEYS.get(spec.endpoint, ())
        nothing = spec.endpoint in EMPTY and spec.path is None and not keys
        return replace(spec, expect_keys=keys, expect_nothing=nothing, jobs=True)

    def one_system(self, environment: environments.Environment) -> str:
        job = one_systems.show_one_system(environment, ledgers.run_ledger())
        return f"Server and cluster belong together: job {job} shows it."


@dataclass(frozen=True)
class Given:
    """A service that a library was given; no request to it starts a job of a Focus Server."""

    service: Service

    @property
    def name(self) -> str:
        return self.service.title

    def environment(self, named: str | None = None) -> environments.Environment:
        if named not in {None, self.name}:
            raise ToolError(
                f"this library was given {self.name}; it does not know environment '{named}'. "
                "Import it without base_url for that."
            )
        return self.service.environment()

    def thresholds(self) -> limits.Thresholds:
        return limits.thresholds_of_service(self.name, self.service.thresholds)

    def completed(self, spec: measurement_spec.MeasurementSpec) -> measurement_spec.MeasurementSpec:
        return replace(spec, jobs=False)

    def one_system(self, environment: environments.Environment) -> str:
        return (
            f"Nothing shows that {environment.base_url} is served from namespace "
            f"{environment.namespace}: whoever gave both to the library answers for it."
        )


def subject_of(service: Service) -> SystemUnderTest:
    """The service where it has an address, else the declared system."""
    return Given(service) if service.base_url else Declared()
