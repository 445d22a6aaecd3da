"""Judge a run's inputs before anything is executed: `python -m focus_engine.preflight`.

Prints one sentence on standard error and ends with 252 when an input is wrong.
"""

import os
import sys
import warnings
from pathlib import Path

import urllib3

from focus_engine.declared.known_bugs import read_known_bugs
from focus_engine.environment import (
    EnvironmentFile,
    load_environment,
    production_hosts,
    read_environment_file,
)
from focus_engine.given import (
    INVALID,
    CommandParser,
    file_given,
    folder_given,
    label_given,
    seconds_given,
    seed_given,
    whole_given,
)
from focus_engine.kubernetes.connection import api_client
from focus_engine.latency.measuring.dask_scheduler import TLS_FILES, scheduler_given
from focus_engine.latency.requirements.thresholds import read_thresholds
from focus_engine.network.hosts import require_not_production_by_address
from focus_engine.preflight.identity import require_focus_server
from focus_engine.preflight.named_cases import require_cases
from focus_engine.pz.profile import profile_folder, profile_in_force
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ToolError


def check_inputs(environment_name: str) -> None:
    """Raises ToolError for a variable or a data file that is wrong, missing or contradictory."""
    file = read_environment_file(environment_name)
    _check_variables(environment_name, file)
    client_settings()
    requirements()
    read_known_bugs()
    read_thresholds(environment_name)


def _check_variables(environment_name: str, file: EnvironmentFile) -> None:
    """Numbers and paths, before anything uses them; addresses are judged by `load_environment`."""
    seed_given(0)
    label_given("FOCUS_RUN_ID")
    profile_folder(profile_in_force(environment_name))
    seconds_given("FOCUS_JOB_LIFE", file.job_life)
    seconds_given("FOCUS_STREAM_TIMEOUT", file.stream_timeout)
    whole_given("FOCUS_STREAM_PORT_BASE", file.ports.stream_base, 1, 65_535)
    for variable in ("FOCUS_PZ_FILES", "FOCUS_PZ_PATH"):
        folder_given(variable, Path())
    folder_given("FOCUS_BASELINES", Path(), made=True)
    scheduler_given()
    for variable in TLS_FILES:
        file_given(variable, Path())


def blanks_around() -> list[str]:
    """The variables whose value has blanks or line breaks around it, which are left out."""
    given = {name: text for name, text in os.environ.items() if name.startswith("FOCUS_")}
    return sorted(name for name, text in given.items() if text.strip() and text != text.strip())


def main() -> int:
    parser = CommandParser(prog="preflight")
    parser.add_argument("--environment", required=True)
    parser.add_argument("--plan", type=Path, help="what focus_runs.plan wrote")
    parser.add_argument("--reach", action="store_true")
    arguments = parser.parse_args()
    for name in blanks_around():
        print(f"{name} has blanks or line breaks around its value; they are left out.", flush=True)
    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
    try:
        check_inputs(arguments.environment)
        if arguments.plan is not None:
            require_cases(arguments.plan)
        if arguments.reach:
            environment = load_environment(arguments.environment)
            production = production_hosts(environment.name)
            require_not_production_by_address(environment.name, production, environment.addresses)
            require_focus_server(environment)
            if environment.kubeconfig and environment.file.capabilities.kubernetes:
                api_client(environment.kubeconfig)
    except ToolError as error:
        print(error, file=sys.stderr)
        return INVALID
    return 0


if __name__ == "__main__":
    sys.exit(main())
