"""Which system a run is meant for, and the sandbox that it may start."""

import argparse
import math
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from runner import sandbox_process
from runner.problem import ProblemError
from runner.processes import RUN_DIR
from runner.project import command_line, option
from runner.suites.robot_options import AMBIENT, RobotOptions

SANDBOX = "sandbox"
DEFAULT_SEED = 1
SHORTEST_LIFE = 0.1  # seconds, of a job: what the engine takes
SEED = re.compile("[0-9]{1,18}")
HANDED_ON = ("contract", "state", "prr", "cni")  # to the sandbox, as they are


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--environment",
        type=given,
        metavar="NAME",
        help="a file of variables/environments (default: sandbox)",
    )
    parser.add_argument("--seed", type=_whole, help="of everything that is drawn at random")
    sandbox = parser.add_argument_group("the sandbox that the run starts")
    sandbox.add_argument(
        "--contract",
        type=given,
        metavar="NAME",
        help="conforming, documented, observed-2025-10, observed-2025-12",
    )
    sandbox.add_argument("--state", type=given, metavar="STATE", help="ready, waiting, half-ready")
    sandbox.add_argument("--prr", type=given, metavar="HZ", help="pulse repetition rate in Hz")
    sandbox.add_argument(
        "--cni", type=given, metavar="NAME", help="how NetworkPolicies are enforced"
    )
    sandbox.add_argument("--job-life", type=_seconds, metavar="S", help="how long a job lives")
    sandbox.add_argument("--fault", type=given, action="append", default=[], metavar="ID[=VALUE]")


KINDS = {
    str: "a text",
    bool: "a truth value",
    int: "a whole number",
    type(None): "null",
    list: "a list",
    dict: "an object with keys",
}
K = TypeVar("K")


def given(text: str) -> str:
    """What a script gives by a variable that is not set must not choose the default."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty: name one, or leave the option out")
    return text


@dataclass(frozen=True)
class RunTarget:
    """The system that is meant, and how this is told to others."""

    environment: str
    own_sandbox: bool
    sandbox_options: tuple[str, ...]
    job_life: str
    seed: int

    @property
    def told(self) -> list[str]:
        """The options that make another run like this one."""
        named = [] if self.environment == SANDBOX else option("--environment", self.environment)
        seed = [] if self.seed == DEFAULT_SEED else ["--seed", str(self.seed)]
        life = ["--job-life", self.job_life] if self._unusual_life else []
        return [*named, *self.sandbox_options, *seed, *life]

    @property
    def _unusual_life(self) -> bool:
        return self.own_sandbox and self.job_life != sandbox_process.RUN_JOB_LIFE

    def variables(self, run_dir: Path) -> dict[str, str]:
        """The environment of everything that the run starts."""
        base = {name: text for name, text in os.environ.items() if name != AMBIENT}
        if self.own_sandbox:
            base = sandbox_process.without_ambient_addresses(base)
        return {
            **base,
            "FOCUS_ENVIRONMENT": self.environment,
            "FOCUS_SEED": str(self.seed),
            "FOCUS_RUN_OPTIONS": command_line(self.told),
            RUN_DIR: str(run_dir),
            # pabot removes the temporary files of every other pabot that it finds
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(run_dir)),
        }

    def as_record(self) -> dict[str, object]:
        """Itself as JSON has it."""
        return {**asdict(self), "sandbox_options": list(self.sandbox_options)}


def from_record(record: object) -> RunTarget:
    """What `as_record` gave. Raises ValueError or TypeError for anything else, naming the key."""
    return RunTarget(
        environment=kept(record, "environment", str),
        own_sandbox=kept(record, "own_sandbox", bool),
        sandbox_options=tuple(kept(record, "sandbox_options", list)),
        job_life=kept(record, "job_life", str),
        seed=kept(record, "seed", int),
    )


def kept(record: object, key: str, kind: type[K]) -> K:
    """What a record keeps at `key`: a `kind`, and a list of texts where that is a list.

    Raises ValueError or TypeError, which says what is missing or not what is expected.
    """
    if not isinstance(record, dict):
        raise TypeError(f"it holds {KINDS.get(type(record), 'a number')} where keys are expected")
    if key not in record:
        raise ValueError(f"key '{key}' is missing")
    found = record[key]
    if type(found) is not kind:
        raise TypeError(f"key '{key}' is not {KINDS[kind]}")
    if isinstance(found, list) and not all(isinstance(each, str) for each in found):
        raise TypeError(f"key '{key}' is not a list of texts")
    return found


def named_options(arguments: argparse.Namespace, options: RobotOptions) -> list[str]:
    """The options by which the caller chose a system."""
    own = ("environment", "seed", *HANDED_ON, "job_life", "fault")
    given = [f"--{name.replace('_', '-')}" for name in own if getattr(arguments, name)]
    return [*given, *(["-v ENVIRONMENT"] if options.variable("ENVIRONMENT") else [])]


def chosen(arguments: argparse.Namespace, options: RobotOptions) -> RunTarget:
    """Raises ProblemError for options of a sandbox that the run would not start."""
    environment = (
        arguments.environment
        or options.variable("ENVIRONMENT")
        or os.environ.get("FOCUS_ENVIRONMENT", "").strip()
        or SANDBOX
    )
    given = [(name, getattr(arguments, name)) for name in HANDED_ON]
    shaped = [word for name, value in given if value for word in option(f"--{name}", value)]
    shaped += [word for fault in arguments.fault for word in option("--fault", fault)]
    own_sandbox = environment == SANDBOX and not os.environ.get("FOCUS_BASE_URL", "").strip()
    if (shaped or arguments.job_life) and not own_sandbox:
        raise ProblemError(
            "--contract, --state, --prr, --cni, --job-life and --fault shape the sandbox that a "
            f"run starts, but this run goes to environment '{environment}'"
            f"{' at FOCUS_BASE_URL' if environment == SANDBOX else ''}. Leave them out."
        )
    return RunTarget(
        environment=environment,
        own_sandbox=own_sandbox,
        sandbox_options=tuple(shaped),
        job_life=arguments.job_life or sandbox_process.RUN_JOB_LIFE,
        seed=_seed(arguments),
    )


def _seed(arguments: argparse.Namespace) -> int:
    if arguments.seed is not None:
        return int(arguments.seed)
    text = os.environ.get("FOCUS_SEED", "").strip() or str(DEFAULT_SEED)
    if not SEED.fullmatch(text):  # not quoted: it may be a secret in a wrong place
        raise ProblemError("FOCUS_SEED is no whole number of at most 18 digits.")
    return int(text)


def _whole(text: str) -> int:
    if not SEED.fullmatch(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number of at most 18 digits")
    return int(text)


def _seconds(text: str) -> str:
    """`1s`, `0.5`, `200ms` → the seconds as a number in text."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)?", text, re.ASCII)
    seconds = (str(float(found[1]) / 1000) if found[2] == "ms" else found[1]) if found else "0"
    if not SHORTEST_LIFE <= float(seconds) < math.inf:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no duration of {SHORTEST_LIFE:g} s and more: write 1s, 0.5 or 200ms"
        )
    return seconds
