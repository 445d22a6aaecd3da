"""What a run was: so that it is repeated as the same experiment, and shards belong together."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from runner.problem import ProblemError, reason
from runner.suites import target
from runner.suites.robot_options import RobotOptions
from runner.suites.target import RunTarget
from runner.system.bounded_file import read_bounded

ALL, EXCLUSIVE = "all", "exclusive"  # what a run executed; a shard is written as i/n
# Variables that change how a run is made, not what is tested.
UNRELATED = {"FOCUS_PYTHON", "FOCUS_RUN_ID", "FOCUS_RUN_DIR", "FOCUS_RUN_OPTIONS", "FOCUS_HELD"}

_KINDS = {"target": dict, "robot": list, "pabot": list, "has_variables": bool, "variables": dict}


@dataclass(frozen=True)
class RunRecord:
    """The system, the words after `--` and the variables of a run.

    Variables' values are kept as salted digests only: they may be secret.
    """

    target: RunTarget
    executed: str
    robot: tuple[str, ...]
    pabot: tuple[str, ...]
    has_variables: bool
    salt: str
    words: str
    variables: Mapping[str, str]

    @property
    def options(self) -> RobotOptions:
        return RobotOptions(self.robot, self.pabot)

    def write(self, file: Path) -> None:
        record = {
            **vars(self),
            "target": self.target.as_record(),
        }
        file.write_text(json.dumps(record, indent=2), encoding="utf-8")


def of_run(system: RunTarget, options: RobotOptions, executed: str) -> RunRecord:
    """What is kept of the run that starts now."""
    salt = secrets.token_hex(8)
    return RunRecord(
        target=system,
        executed=executed,
        robot=options.without_variables,
        pabot=options.pabot,
        has_variables=options.has_own_variables,
        salt=salt,
        words=_digest(salt, _words(options)),
        variables=_variables(salt),
    )


def read(file: Path) -> RunRecord:
    """Raises ProblemError where no run has left its record, or a damaged one."""
    try:
        found = json.loads(read_bounded(file))
        kinds = {each.name: _KINDS.get(each.name, str) for each in fields(RunRecord)}
        values: dict[str, Any] = {
            name: target.kept(found, name, kind) for name, kind in kinds.items()
        }
        return RunRecord(
            **{
                **values,
                "target": target.from_record(values["target"]),
                "robot": tuple(values["robot"]),
                "pabot": tuple(values["pabot"]),
            }
        )
    except FileNotFoundError:
        raise ProblemError(
            f"there is no {file}: what is in {file.parent} was not left by focus.py run."
        ) from None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ProblemError(f"{file} is damaged ({reason(error)}).") from error


def repeated(
    record: RunRecord, named: Sequence[str], asked: RunTarget, options: RobotOptions
) -> None:
    """Raises ProblemError where a rerun would not be the same experiment as `record`."""
    first = " ".join(["focus.py run", *record.target.told])
    if named and asked != record.target:
        raise ProblemError(
            f"{', '.join(named)}: a rerun repeats the last run, which was `{first}`. "
            "Leave them out, or run without --rerun-failed."
        )
    now = _variables(record.salt)
    changed = sorted(
        name for name in {*now, *record.variables} if now.get(name) != record.variables.get(name)
    )
    if changed:
        raise ProblemError(
            f"{', '.join(changed)} had another value when the last run (`{first}`) was made, so a "
            "rerun would be another experiment. Set it as it was, or run without --rerun-failed."
        )
    given = _words(options)
    if (given or record.has_variables) and _digest(record.salt, given) != record.words:
        raise ProblemError(
            "a rerun repeats the options of the last run: give the same words after -- as then, "
            "or none where no -v was among them."
        )


def _words(options: RobotOptions) -> tuple[str, ...]:
    return (*options.robot, *options.pabot)


def _variables(salt: str) -> dict[str, str]:
    mine = {
        name: text
        for name, text in os.environ.items()
        if name == "KUBECONFIG" or (name.startswith("FOCUS_") and name not in UNRELATED)
    }
    return {name: _digest(salt, text) for name, text in sorted(mine.items())}


def _digest(salt: str, what: object) -> str:
    return hashlib.sha256(f"{salt} {what!r}".encode(errors="surrogatepass")).hexdigest()
