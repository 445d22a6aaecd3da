"""`focus.py cluster up|down|test`."""

import argparse
import os
import time

from runner import processes, virtualenv
from runner.cluster import lifecycle
from runner.cluster.needs import reason_against
from runner.cluster.plan import ADMIN_KUBECONFIG, BASE_URL, KUBECONFIG
from runner.cluster.programs import build_missing, versions
from runner.problem import ProblemError
from runner.project import ROOT

SKIPPED = 0  # a machine without the means for it has not failed
TESTS = ROOT / "tests" / "cluster"
VARIABLES = {
    "KUBECONFIG": str(KUBECONFIG),
    "FOCUS_CLUSTER_ADMIN": str(ADMIN_KUBECONFIG),
    "FOCUS_BASE_URL": BASE_URL,
    "FOCUS_ENVIRONMENT": "cluster",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("build", "up", "down", "test"),
        help="build the programs; bring the cluster up; take it away; test on one of its own",
    )


def run(arguments: argparse.Namespace, words: list[str]) -> int:
    if words and arguments.action != "test":
        raise ProblemError(
            f"cluster {arguments.action} takes nothing after --, but there is {words[0]}."
        )
    reason = reason_against()
    if arguments.action == "test" and reason:
        print(f"Skipped: {reason}")
        return SKIPPED
    if reason:
        raise ProblemError(reason)
    if arguments.action == "down":
        lifecycle.down()
        return 0
    build_missing()
    if arguments.action == "build":
        return 0
    return _test(words) if arguments.action == "test" else _up()


def _up() -> int:
    began = time.monotonic()
    try:
        api = lifecycle.up(virtualenv.prepared_python(virtualenv.DEVELOPMENT))
        database = lifecycle.mongo_uri(api)
    except BaseException:
        lifecycle.down()
        raise
    print(f"The cluster is up after {time.monotonic() - began:.1f} s.")
    print(f"As the tests' account:  export KUBECONFIG={KUBECONFIG}")
    print(f"As its administrator:   export KUBECONFIG={ADMIN_KUBECONFIG}")
    print(f"The Focus Server:       export FOCUS_BASE_URL={BASE_URL} FOCUS_MONGO_URI={database}")
    print("Take it away with:      python3 focus.py cluster down", flush=True)
    return 0


def _test(words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    print("On " + ", ".join(f"{name} {version}" for name, version in versions().items()))
    command = [str(python), "-m", "pytest", *(words or ["-v"]), str(TESTS)]
    try:
        _up()
        return processes.run(command, {**os.environ, **VARIABLES})
    finally:
        began = time.monotonic()
        lifecycle.down()
        print(f"The cluster is gone after {time.monotonic() - began:.1f} s.")
