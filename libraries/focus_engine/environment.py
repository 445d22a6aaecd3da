"""Which system is under test, what may be done to it, and where it is."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field

from focus_engine.datafile import AddressPart, Jobs, Record, Text, read_yaml
from focus_engine.declared.permission import Permission
from focus_engine.given import DAY, SHORTEST, file_given, seconds_given, shard_given
from focus_engine.network.addresses import (
    amqp_address,
    host_name,
    http_address,
    places_of_mongo,
    require_loopback,
)
from focus_engine.network.client_variables import require_usable_clients
from focus_engine.network.hosts import require_own_hosts
from focus_engine.paths import VARIABLES
from focus_engine.verdict import NotAllowed, ToolError

ENVIRONMENTS = VARIABLES / "environments"
DEPENDENCIES = VARIABLES / "dependencies.yaml"
SANDBOX = "sandbox"
NAMESPACE = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
DISRUPTIVE_OPT_IN = "focus-server-tests/disruptive"  # annotation of a namespace, and its value:
DISRUPTIVE_ALLOWED = "allowed"
STREAM_TIMEOUT = 30.0  # seconds until the frames asked for have come


Seconds = Annotated[float, Field(ge=SHORTEST, le=DAY)]


class Allow(Record):
    jobs: bool
    abuse: bool
    load: bool
    disruptive: bool


class Tls(Record):
    verify: bool


class Labels(Record):
    """How pods are chosen, as `kubectl -l` has it."""

    server: Annotated[str, Field(pattern=r"^([\w./-]+=[\w.-]+(,[\w./-]+=[\w.-]+)*)?$")]


class Ports(Record):
    stream_base: Annotated[int, Field(gt=0, le=65_535)]


class Capabilities(Record):
    kubernetes: bool
    mongodb: bool


class Pz(Record):
    """Which profile of PZ judges this environment, and how long restarts are watched for."""

    profile: str = "pz"
    soak: Annotated[float, Field(ge=0, le=DAY)] = 120.0


class Outages(Record):
    """What is waited for around an outage. Durations are seconds.

    `enforcement`: until a NetworkPolicy must hold; k3s took 15 s once, 5 s usually.
    `answer`: for the one answer to a request meanwhile; longer than its limit, so that the message
    can say how long it took. `recovery`: until
    a server that does not serve again is given up.
    """

    enforcement: Seconds = 20.0
    answer: Seconds = 60.0
    recovery: Seconds = 120.0
    max_pods: Annotated[int, Field(gt=0)] = 5
    tool_image: Text = "nicolaka/netshoot:v0.13"  # has `ss`, which kills connections


Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.*:_-]+$")]


class EnvironmentFile(Record):
    """`variables/environments/<name>.yaml`. Durations are seconds.

    For `settle` what a request may leave behind late is waited for, and an outage as well; for
    `alive` the server is watched after what might break it. A line of a live job tells a time that
    differs by at most `live_delay` from when it was recorded, by the clock of this machine.
    A run keeps at most `alive_jobs` jobs alive; a load may have `load_alive_jobs`, where that is
    given. Where `hosts` are given, FOCUS_BASE_URL must name one of them (`*` stands for any text).
    """

    description: str
    prefix: Annotated[AddressPart, Field(pattern="^(/(?:[^/.]|[.]{1,2}[^/.]|[.]{3})[^/]*)*$")]
    tls: Tls
    namespace: Annotated[str, Field(pattern=NAMESPACE)]
    labels: Labels
    ports: Ports
    capabilities: Capabilities
    shared: bool
    production: bool = False
    hosts: Annotated[tuple[Host, ...], Field(strict=False, min_length=1)] = ()
    job_life: Seconds
    alive_jobs: Jobs
    load_alive_jobs: Jobs | None = None
    request_timeout: Seconds
    pz: Pz = Pz()
    settle: Seconds = 15.0
    alive: Seconds = 15.0
    live_delay: Seconds = 120.0
    outages: Outages = Outages()
    stream_timeout: Seconds = STREAM_TIMEOUT
    allow: Allow


@dataclass(frozen=True)
class Environment:
    """An environment file together with the addresses that the process environment gives."""

    name: str
    file: EnvironmentFile
    base_url: str
    mongo_uri: str | None
    kubeconfig: str | None
    namespace: str
    stream_host: str | None
    job_life: float
    stream_timeout: float = STREAM_TIMEOUT
    amqp_uri: str | None = None
    toxiproxy_url: str | None = None
    dependencies: Path = DEPENDENCIES
    remedy: str = "Choose another environment."  # for what it does not allow

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses in force, by the variable that gives each."""
        given = {
            "FOCUS_BASE_URL": self.base_url,
            "FOCUS_MONGO_URI": self.mongo_uri,
            "FOCUS_AMQP_URI": self.amqp_uri,
            "FOCUS_STREAM_HOST": self.stream_host,
            "FOCUS_TOXIPROXY_URL": self.toxiproxy_url,
        }
        return {variable: address for variable, address in given.items() if address}

    def require_own(self, addresses: Mapping[str, str]) -> None:
        """Raise ToolError for an address, by what holds it, that belongs to another environment."""
        require_own_hosts(self.name, self.file.hosts, production_hosts(self.name), addresses)
        if self.name == SANDBOX:
            for variable, address in addresses.items():
                require_loopback(variable, address)

    def with_budget(self, jobs: int) -> "Environment":
        """The same environment with another number of jobs that may be alive."""
        return replace(self, file=self.file.model_copy(update={"alive_jobs": jobs}))

    def with_request_timeout(self, seconds: float) -> "Environment":
        """The same environment with another time within which an answer must come."""
        return replace(self, file=self.file.model_copy(update={"request_timeout": seconds}))

    def require(self, permission: Permission, what: str) -> None:
        """Raise NotAllowed unless the environment allows `permission` for `what`."""
        if not getattr(self.file.allow, permission.value):
            raise NotAllowed(
                f"{what} needs '{permission.value}', which environment '{self.name}' "
                f"does not allow. {self.remedy}"
            )


def environment_name(explicit: str | None = None) -> str:
    """`explicit`, else FOCUS_ENVIRONMENT, else `sandbox`."""
    return explicit or os.environ.get("FOCUS_ENVIRONMENT", "").strip() or SANDBOX


def known_environments(folder: Path = ENVIRONMENTS) -> list[str]:
    """Their names; hidden files are what editors and systems leave there."""
    names = (path.stem for path in folder.glob("*.yaml"))
    return sorted(name for name in names if not name.startswith("."))


def read_environment_file(name: str, folder: Path = ENVIRONMENTS) -> EnvironmentFile:
    """Raises ToolError with the known names when there is no such environment."""
    names = known_environments(folder)
    if name not in names:
        near = get_close_matches(name, names, 1)
        meant = f" Is {near[0]} meant?" if near else ""
        raise ToolError(f"environment '{name}' is not known. Known are: {', '.join(names)}.{meant}")
    file = read_yaml(folder / f"{name}.yaml", EnvironmentFile)
    granted = [permission for permission in Permission if getattr(file.allow, permission.value)]
    if file.production and granted:
        raise ToolError(
            f"environment '{name}' is production and allows {', '.join(granted)}; "
            "production is read-only. Set them to false in its file."
        )
    if not file.labels.server:
        raise ToolError(
            f"{folder / f'{name}.yaml'}: key 'labels.server' is '', which would choose every pod "
            "of the namespace. Correct the file."
        )
    return file


def share_of(file: EnvironmentFile, name: str) -> EnvironmentFile:
    """`file` with the part of its job budget that FOCUS_SHARD leaves to this run, else as it is.

    Raises ToolError for a part that would be empty, and for what is no shard.
    """
    shard = shard_given()
    if shard is None:
        return file
    number, count = shard
    whole, rest = divmod(file.alive_jobs, count)
    jobs = whole + (number <= rest)
    if not jobs:
        raise ToolError(
            f"FOCUS_SHARD is {number}/{count}, which leaves none of the {file.alive_jobs} jobs "
            f"that environment '{name}' may have alive. Use at most {file.alive_jobs} shards."
        )
    return file.model_copy(update={"alive_jobs": jobs})


def production_hosts(but: str) -> dict[str, tuple[str, ...]]:
    """The hosts of every environment that is production, but for that of name `but`."""
    others = {name: read_environment_file(name) for name in known_environments() if name != but}
    return {name: file.hosts for name, file in others.items() if file.production and file.hosts}


def load_environment(explicit: str | None = None) -> Environment:
    """The environment in force, with its addresses checked.

    Raises ToolError when FOCUS_BASE_URL is missing, when a variable does not hold what it should,
    and when environment `sandbox` is given an address that is not loopback.
    """
    name = environment_name(explicit)
    file = read_environment_file(name)
    return located(name, share_of(file, name), _base_url(name, file.prefix))


def located(
    name: str, file: EnvironmentFile, base_url: str, given: Mapping[str, str] | None = None
) -> Environment:
    """`file` with `base_url` and the addresses that FOCUS_ variables give, all of them judged.

    `given` are addresses that did not come from variables, by what holds each.
    """
    sandboxed = name == SANDBOX
    environment = Environment(
        name=name,
        file=file,
        base_url=base_url,
        mongo_uri=mongo_uri_given(),
        amqp_uri=amqp_uri_given(),
        kubeconfig=kubeconfig_given(sandboxed=sandboxed),
        namespace=namespace_given(file.namespace),
        stream_host=stream_host_given(),
        job_life=seconds_given("FOCUS_JOB_LIFE", file.job_life),
        stream_timeout=seconds_given("FOCUS_STREAM_TIMEOUT", file.stream_timeout),
        toxiproxy_url=toxiproxy_url_given(),
    )
    environment.require_own({**environment.addresses, **(given or {})})
    if not sandboxed:  # which is reached without TLS and proxies
        require_usable_clients(base_url, verify=file.tls.verify)
    return environment


def _base_url(name: str, prefix: str) -> str:
    given = base_url_given(prefix)
    if given is None:
        raise ToolError(
            f"environment '{name}' has no address: set FOCUS_BASE_URL, "
            f"for example https://HOST{prefix}."
        )
    return given


def base_url_given(prefix: str) -> str | None:
    given = os.environ.get("FOCUS_BASE_URL", "").strip()
    return http_address("FOCUS_BASE_URL", given, f"https://HOST{prefix}") if given else None


def mongo_uri_given() -> str | None:
    uri = os.environ.get("FOCUS_MONGO_URI", "").strip()
    if not uri:
        return None
    places_of_mongo("FOCUS_MONGO_URI", uri)
    return uri


def amqp_uri_given() -> str | None:
    given = os.environ.get("FOCUS_AMQP_URI", "").strip()
    return amqp_address("FOCUS_AMQP_URI", given) if given else None


def toxiproxy_url_given() -> str | None:
    given = os.environ.get("FOCUS_TOXIPROXY_URL", "").strip()
    if not given:
        return None
    return http_address("FOCUS_TOXIPROXY_URL", given, "http://HOST:8474")


def stream_host_given() -> str | None:
    given = os.environ.get("FOCUS_STREAM_HOST", "").strip()
    if not given:
        return None
    return host_name("FOCUS_STREAM_HOST", given)


def namespace_given(default: str) -> str:
    given = os.environ.get("FOCUS_NAMESPACE", "").strip() or default
    if not re.fullmatch(NAMESPACE, given):
        raise ToolError(
            "FOCUS_NAMESPACE is no name of a namespace. Write lower-case letters, digits and "
            "dashes, at most 63."
        )
    return given


def kubeconfig_given(*, sandboxed: bool) -> str | None:
    if os.environ.get("FOCUS_KUBECONFIG", "").strip():
        return str(file_given("FOCUS_KUBECONFIG", Path()))
    if sandboxed:
        return None  # an ambient KUBECONFIG may name a real cluster
    return os.environ.get("KUBECONFIG") or None
