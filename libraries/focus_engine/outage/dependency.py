"""What the Focus Server depends on, as data: `variables/dependencies.yaml`."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from focus_engine.datafile import AddressPart, Record, read_yaml
from focus_engine.environment import DEPENDENCIES, known_environments
from focus_engine.verdict import ToolError

Port = Annotated[int, Field(gt=0, le=65535)]
Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
Label = Annotated[str, Field(pattern=r"^[\w./-]+$")]
Labels = Annotated[dict[Label, Label], Field(min_length=1)]  # none would choose every pod
Name = Annotated[AddressPart, Field(pattern="^[^/]+$")]  # one step of a path


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
    controls: Annotated[list[str], Field(min_length=1)]
    proxy: Name | None = None
    namespace: Name | None = None


class Override(Record):
    """What differs in one environment."""

    service: Host | None = None
    port: Port | None = None
    labels: Labels | None = None
    proxy: Name | None = None
    namespace: Name | None = None


class DependencyFile(Record):
    controls: dict[str, Control]
    dependencies: dict[str, Dependency]
    environments: dict[str, dict[str, Override]]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        """What differs in an environment or of a dependency that is not there differs nowhere."""
        known = {"environment": known_environments(), "dependency": self.dependencies}
        named = [("environment", name) for name in self.environments]
        named += [("dependency", name) for each in self.environments.values() for name in each]
        for kind, name in named:
            if name not in known[kind]:
                raise ValueError(f"{kind} '{name}' is not known. {_known(known[kind])}")
        targets = {*self.controls, *self.dependencies}
        for name, dependency in self.dependencies.items():
            for target in dependency.controls:
                if target not in targets:
                    raise ValueError(
                        f"control '{target}' of '{name}' is not known. {_known(targets)}"
                    )
            if name in dependency.controls:
                raise ValueError(f"'{name}' is cut off itself, so it can be no control of its own")
        return self


def read_dependencies(path: Path = DEPENDENCIES) -> DependencyFile:
    """Raises ToolError that names file, line and key, or a name that is not known."""
    return read_yaml(path, DependencyFile)


def read_dependency(name: str, environment: str, path: Path = DEPENDENCIES) -> Dependency:
    """The dependency as it is in `environment`. Raises ToolError with the known names."""
    return _of(read_dependencies(path), name, environment)


def read_controls(name: str, environment: str, path: Path = DEPENDENCIES) -> dict[str, Control]:
    """The control targets of a dependency, by name: other dependencies count as such too."""
    file = read_dependencies(path)
    return {
        target: file.controls.get(target) or _as_control(_of(file, target, environment))
        for target in _of(file, name, environment).controls
    }


def _of(file: DependencyFile, name: str, environment: str) -> Dependency:
    if name not in file.dependencies:
        raise ToolError(f"dependency '{name}' is not known. {_known(file.dependencies)}.")
    override = file.environments.get(environment, {}).get(name, Override())
    return file.dependencies[name].model_copy(update=override.model_dump(exclude_none=True))


def _known(names: Iterable[str]) -> str:
    return f"Known are: {', '.join(sorted(names))}"


def _as_control(dependency: Dependency) -> Control:
    return Control(host=dependency.service, port=dependency.port, protocol=dependency.protocol)
