"""What the Focus Server depends on, as data: `variables/dependencies.yaml`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from focus_engine.datafile import AddressPart, Record, read_yaml
from focus_engine.environment import DEPENDENCIES
from focus_engine.verdict import ToolError

Port = Annotated[int, Field(gt=0, le=65535)]
Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
Labels = Annotated[dict[str, str], Field(min_length=1)]  # none would choose every pod


class Protocol(StrEnum):
    """What a probe says on a connection, and waits for an answer to."""

    MONGODB = "mongodb"
    AMQP = "amqp"
    TCP = "tcp"  # says nothing: the connection itself is the answer


class Control(Record):
    """Something that must go on answering, or the outage is too broad."""

    host: Host
    port: Port
    protocol: Annotated[Protocol, Field(strict=False)] = Protocol.TCP


class Dependency(Record):
    """One dependency. `labels` choose its pods where its Service has no selector."""

    service: Host
    port: Port
    protocol: Annotated[Protocol, Field(strict=False)]
    labels: Labels
    controls: list[str]
    proxy: AddressPart | None = None
    namespace: AddressPart | None = None


class Override(Record):
    """What differs in one environment."""

    service: Host | None = None
    port: Port | None = None
    labels: Labels | None = None
    proxy: AddressPart | None = None
    namespace: AddressPart | None = None


class DependencyFile(Record):
    controls: dict[str, Control]
    dependencies: dict[str, Dependency]
    environments: dict[str, dict[str, Override]]


def read_dependency(name: str, environment: str, path: Path = DEPENDENCIES) -> Dependency:
    """The dependency as it is in `environment`. Raises ToolError with the known names."""
    return _of(read_yaml(path, DependencyFile), name, environment)


def read_controls(name: str, environment: str, path: Path = DEPENDENCIES) -> dict[str, Control]:
    """The control targets of a dependency, by name: other dependencies count as such too."""
    file = read_yaml(path, DependencyFile)
    return {
        target: file.controls.get(target) or _as_control(_of(file, target, environment))
        for target in _of(file, name, environment).controls
    }


def _of(file: DependencyFile, name: str, environment: str) -> Dependency:
    if name not in file.dependencies:
        known = ", ".join(sorted(file.dependencies))
        raise ToolError(f"dependency '{name}' is not known. Known are: {known}.")
    override = file.environments.get(environment, {}).get(name, Override())
    return file.dependencies[name].model_copy(update=override.model_dump(exclude_none=True))


def _as_control(dependency: Dependency) -> Control:
    return Control(host=dependency.service, port=dependency.port, protocol=dependency.protocol)
