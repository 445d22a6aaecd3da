"""Judge a run's inputs before anything is executed: `python -m focus_engine.preflight`.

Prints one sentence on standard error and ends with 252 when an input is wrong.
"""

import argparse
import sys
import warnings
from pathlib import Path

import requests
import urllib3

from focus_engine.environment import (
    Environment,
    EnvironmentFile,
    load_environment,
    read_environment_file,
)
from focus_engine.given import folder_given, seconds_given, seed_given, whole_given
from focus_engine.known_bugs import read_known_bugs
from focus_engine.latency.requirements.thresholds import read_thresholds
from focus_engine.provenance import get
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ToolError

INVALID = 252  # Robot Framework's code for invalid input


def check_inputs(environment_name: str) -> None:
    """Raises ToolError for a variable or a data file that is wrong, missing or contradictory."""
    file = read_environment_file(environment_name)
    _check_variables(file)
    client_settings()
    requirements()
    read_known_bugs()
    read_thresholds(environment_name)


def _check_variables(file: EnvironmentFile) -> None:
    """Numbers and paths, before anything uses them; addresses are judged by `load_environment`."""
    seed_given(0)
    seconds_given("FOCUS_JOB_LIFE", file.job_life)
    seconds_given("FOCUS_STREAM_TIMEOUT", file.stream_timeout)
    whole_given("FOCUS_STREAM_PORT_BASE", file.ports.stream_base, 1, 65_535)
    for variable in ("FOCUS_PZ_FILES", "FOCUS_PZ_PATH"):
        folder_given(variable, Path())
    folder_given("FOCUS_BASELINES", Path(), made=True)


def check_reachable(environment: Environment) -> None:
    """Raises ToolError when GET /ack brings no HTTP answer at all; its status is for a case."""
    url = f"{environment.base_url}/ack"
    try:
        get(environment, "/ack", environment.file.request_timeout)
    except requests.exceptions.SSLError as error:
        raise ToolError(
            f"TLS with {url} failed: {error}. Check the address, install the certificate's "
            f"authority, or set tls.verify in variables/environments/{environment.name}.yaml."
        ) from error
    except requests.RequestException as error:
        raise ToolError(
            f"no answer from {url} ({type(error).__name__}). Check FOCUS_BASE_URL, the network "
            "and that the server is up."
        ) from error


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--environment", required=True)
    parser.add_argument("--reach", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
    try:
        check_inputs(arguments.environment)
        if arguments.reach:
            check_reachable(load_environment(arguments.environment))
    except ToolError as error:
        print(error, file=sys.stderr)
        return INVALID
    return 0


if __name__ == "__main__":
    sys.exit(main())
