"""Every FOCUS_ variable that a run reads, and what judges its value before anything is executed."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from focus_engine import environment as environments
from focus_engine.environment import EnvironmentFile
from focus_engine.given import (
    file_given,
    folder_given,
    label_given,
    seconds_given,
    seed_given,
    whole_given,
)
from focus_engine.latency.measuring.dask_scheduler import SCHEDULER, TLS_FILES, scheduler_given
from focus_engine.latency.requirements.thresholds import read_thresholds
from focus_engine.network.addresses import http_address, is_loopback, places_of_mongo
from focus_engine.network.credentials import TOKEN, credential_headers
from focus_engine.pz.profile import profile_folder, profile_in_force
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ToolError


@dataclass(frozen=True)
class Chosen:
    """The environment that a run is meant for: its name and its file."""

    name: str
    file: EnvironmentFile

    @property
    def is_sandbox(self) -> bool:
        return self.name == environments.SANDBOX


Judge = Callable[[Chosen], object]


def check_variables(name: str, file: EnvironmentFile) -> None:
    """Raises ToolError naming each variable whose value cannot be used, and what could be."""
    said = []
    for judge in JUDGES.values():
        try:
            judge(Chosen(name, file))
        except ToolError as error:
            said.append(error.sentence)
    if said:
        raise ToolError("\n".join(dict.fromkeys(said)))  # two judges may read one variable


def _file(variable: str) -> Judge:
    return lambda _: file_given(variable, Path())


def _folder(variable: str, *, made: bool = False) -> Judge:
    return lambda _: folder_given(variable, Path(), made=made)


def _database_of_the_sandbox(_: Chosen) -> None:
    given = os.environ.get("FOCUS_SANDBOX_MONGO_URI", "").strip()
    if given:
        places_of_mongo("FOCUS_SANDBOX_MONGO_URI", given)


def _control_of_the_sandbox(_: Chosen) -> None:
    given = os.environ.get("FOCUS_CONTROL_URL", "").strip()
    example = "http://127.0.0.1:PORT/control"
    if not given:
        return
    address = http_address("FOCUS_CONTROL_URL", given, example)
    if not is_loopback(urlsplit(address).hostname or ""):
        raise ToolError(
            "FOCUS_CONTROL_URL is the address of no sandbox, which listens on this machine alone. "
            f"Write it as {example}, or unset it."
        )


# The guard of tests/unit/test_variables.py holds that none is left out.
JUDGES: Mapping[str, Judge] = {
    "FOCUS_BASE_URL": lambda chosen: environments.base_url_given(chosen.file.prefix),
    "FOCUS_MONGO_URI": lambda _: environments.mongo_uri_given(),
    "FOCUS_AMQP_URI": lambda _: environments.amqp_uri_given(),
    "FOCUS_TOXIPROXY_URL": lambda _: environments.toxiproxy_url_given(),
    "FOCUS_STREAM_HOST": lambda _: environments.stream_host_given(),
    "FOCUS_KUBECONFIG": lambda chosen: environments.kubeconfig_given(sandboxed=chosen.is_sandbox),
    "FOCUS_NAMESPACE": lambda chosen: environments.namespace_given(chosen.file.namespace),
    "FOCUS_CONTROL_URL": _control_of_the_sandbox,
    "FOCUS_SANDBOX_MONGO_URI": _database_of_the_sandbox,
    TOKEN: lambda _: credential_headers(),
    "FOCUS_SEED": lambda _: seed_given(0),
    "FOCUS_SHARD": lambda chosen: environments.share_of(chosen.file, chosen.name),
    "FOCUS_RUN_ID": lambda _: label_given("FOCUS_RUN_ID"),
    "FOCUS_JOB_LIFE": lambda chosen: seconds_given("FOCUS_JOB_LIFE", chosen.file.job_life),
    "FOCUS_STREAM_TIMEOUT": lambda chosen: seconds_given(
        "FOCUS_STREAM_TIMEOUT", chosen.file.stream_timeout
    ),
    "FOCUS_STREAM_PORT_BASE": lambda chosen: whole_given(
        "FOCUS_STREAM_PORT_BASE", chosen.file.ports.stream_base, 1, 65_535
    ),
    "FOCUS_PZ_PROFILE": lambda chosen: profile_folder(profile_in_force(chosen.name)),
    "FOCUS_PZ_FILES": _folder("FOCUS_PZ_FILES"),
    "FOCUS_PZ_PATH": _folder("FOCUS_PZ_PATH"),
    "FOCUS_BASELINES": _folder("FOCUS_BASELINES", made=True),
    SCHEDULER: lambda _: scheduler_given(),
    **{variable: _file(variable) for variable in TLS_FILES},
    "FOCUS_CLIENT_SETTINGS": lambda _: client_settings(),
    "FOCUS_REQUIREMENTS": lambda _: requirements(),
    "FOCUS_THRESHOLDS": lambda chosen: read_thresholds(chosen.name),
}
