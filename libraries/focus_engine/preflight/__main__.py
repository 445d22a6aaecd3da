"""Judge a run's inputs before anything is executed: `python -m focus_engine.preflight`.

Prints one sentence on standard error and ends with 252 when an input is wrong.
"""

import os
import sys
import warnings
from pathlib import Path

import urllib3

from focus_engine.declared.known_bugs import read_known_bugs
from focus_engine.declared.tickets import read_tickets
from focus_engine.environment import load_environment, production_hosts, read_environment_file
from focus_engine.given import INVALID, CommandParser
from focus_engine.kubernetes.connection import api_client
from focus_engine.load.shapes import read_shapes
from focus_engine.network.hosts import require_not_production_by_address
from focus_engine.outage.dependency import read_dependencies
from focus_engine.preflight.identity import require_focus_server
from focus_engine.preflight.named_cases import judges_pz, require_cases
from focus_engine.preflight.variables import check_variables
from focus_engine.pz.profile import load_profile, profile_in_force
from focus_engine.verdict import ToolError


def check_inputs(environment_name: str) -> None:
    """Raises ToolError for a variable or a data file that is wrong, missing or contradictory."""
    check_variables(environment_name, read_environment_file(environment_name))
    production_hosts(environment_name)  # which each case asks for
    read_known_bugs()
    read_dependencies()
    read_shapes()
    read_tickets()


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
            if judges_pz(arguments.plan):
                load_profile(profile_in_force(arguments.environment)).facts()
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
