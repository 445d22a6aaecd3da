"""The listener of every run: a system to test where none is given, and verdicts in our words."""

import contextlib
import getpass
import hashlib
import os
import re
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robot import result, running
from robot.api import logger
from robot.errors import ExecutionStatus, PassExecution
from robot.libraries.BuiltIn import BuiltIn

from focus_engine.declared.known_bugs import (
    Excuse,
    FinishedCase,
    KnownBugs,
    NoLongerReproduces,
    judge,
    read_known_bugs,
)
from focus_engine.decoding.undecodable import first_line
from focus_engine.environment import SANDBOX, Environment, environment_name, load_environment
from focus_engine.given import seconds_given, seed_given
from focus_engine.latency.requirements.thresholds import read_thresholds
from focus_engine.masking import showable
from focus_engine.preflight.identity import require_focus_server
from focus_engine.provenance import UNKNOWN, commit, server_version
from focus_engine.unchecked import take_unchecked
from focus_engine.verdict import Prefix, ToolError
from focus_keywords.run import fault
from focus_keywords.run.hidden_keywords import hidden_keyword
from focus_keywords.run.no_decision import fail_what_a_gate_rests_on, fail_what_tried_nothing
from focus_keywords.run.server_log import ServerLog
from focus_keywords.run.tags import note_suite
from focus_keywords.run.tally import NOT_CHECKED, Tally
from runner.ambient import unread_variables
from runner.cases import remark
from runner.problem import ProblemError
from runner.processes import RUN_DIR
from runner.project import FOCUS_COMMAND, command_line, option
from runner.sandbox_process import RUN_JOB_LIFE, running_sandbox, without_ambient_addresses
from runner.suites import progress
from runner.summary import NOT_READ

RUN_OPTIONS = "FOCUS_RUN_OPTIONS"  # how focus.py was called, as far as another run must know
START_FAILURE = "START_FAILURE"
FROM_SUITE_SETUP = re.compile(r"^Skipped in parent suite setup:\n")


@dataclass(frozen=True)
class _System:
    """What the run found out about itself at its start."""

    environment: str
    found: Environment
    known_bugs: KnownBugs
    facts: dict[str, str]


class FocusListener:
    """Listener v3. Under pabot each process has one of its own."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._system: _System | None = None
        self._start_failure = ""
        self._refusal = ""  # why no case of this suite is executed
        self._passed_by_keyword = False
        self._resources = ExitStack()
        self._tally = Tally()
        self._server_log = ServerLog()

    def start_suite(self, data: running.TestSuite, result: result.TestSuite) -> None:
        if data.parent is None and not BuiltIn().dry_run_active:
            self._start_run(result)
        note_suite(data.full_name, [(case.name, case.tags) for case in data.all_tests])
        self._refusal = self._start_failure or hidden_keyword()
        if self._refusal:
            data.setup, data.teardown = None, None  # the cases say it, in its own words

    def start_test(self, data: running.TestCase, result: result.TestCase) -> None:  # noqa: ARG002
        self._passed_by_keyword = False
        self._server_log.case_begins()
        if self._refusal:
            data.setup, data.teardown, data.template = None, None, None
            data.body.clear()
            BuiltIn().set_global_variable(f"${START_FAILURE}", self._refusal)
            data.body.create_keyword(name="BuiltIn.Fail", args=[f"${{{START_FAILURE}}}"])

    def end_body_item(self, data: Any, result: Any) -> None:  # noqa: ARG002
        self._judge_fault(result)

    def end_user_keyword(self, data: Any, implementation: Any, result: Any) -> None:
        """Arguments of a row that do not fit are told in the words of the table."""
        if result.failed and isinstance(data.parent, running.TestCase):
            accepts = implementation.args
            named_only, cells = accepts.named_only, [str(cell) for cell in data.args]
            if not accepts.var_positional:
                required = {*accepts.positional, *named_only} - set(accepts.defaults)
                row = fault.Row(
                    data.name,
                    accepts.positional,
                    named_only,
                    required,
                    cells,
                    bool(accepts.var_named),
                )
                result.message = fault.of_row(result.message, row)
        self._judge_fault(result)

    def end_library_keyword(self, data: Any, implementation: Any, result: Any) -> None:
        if isinstance(sys.exc_info()[1], PassExecution):
            self._passed_by_keyword = True
        self.end_user_keyword(data, implementation, result)

    def end_test(self, data: running.TestCase, result: result.TestCase) -> None:
        if result.passed:
            fail_what_tried_nothing(result, ended=self._passed_by_keyword)
        if result.failed:
            result.message = fault.of_case(_with_prefix_of_data(data, result))
        if self._system is None:
            return
        self._apply_known_bugs(self._system, result)
        if result.skipped:  # the reason comes first, whoever found it
            result.message = FROM_SUITE_SETUP.sub("", result.message)
            fail_what_a_gate_rests_on(result)
        if result.failed:
            result.metadata["Rerun"] = rerun_command(result.full_name, self._system.environment)
            self._server_log.show(self._system.found)
        unchecked = take_unchecked()
        if unchecked:
            result.metadata[NOT_CHECKED] = "\n".join(f"- {claim}" for claim in unchecked)
        self._tally.add(result, unchecked)
        _note_progress(result.status)

    def end_suite(self, data: running.TestSuite, result: result.TestSuite) -> None:
        if data.parent is not None or self._system is None:
            return
        result.metadata.update(self._tally.header())
        logger.console("\n".join(["", *self._tally.closing_lines()]))

    def message(self, message: Any) -> None:
        """What Robot says of the files it reads, such as a resource that is not there."""
        if message.level in {"WARN", "ERROR"}:
            self._tally.remarks.append(remark(message.level, message.message))

    def close(self) -> None:
        self._resources.close()

    def _start_run(self, result: result.TestSuite) -> None:
        # until the opposite is shown: Robot only logs what a listener raises
        self._start_failure = f"{Prefix.ERROR.value} the run could not be started."
        try:
            self._system = self._prepare()
        except (ToolError, ProblemError) as error:
            sentence = str(error).removeprefix(Prefix.ERROR.value).strip()
            self._start_failure = f"{Prefix.ERROR.value} {sentence}"
        except Exception as error:  # noqa: BLE001 - whatever it is, every case must say it
            self._start_failure = showable(
                f"{Prefix.ERROR.value} the run could not be started: {type(error).__name__}: "
                f"{first_line(error)}. This is a fault of the tests themselves; report it."
            )
        else:
            self._start_failure = ""
            result.metadata.update(self._system.facts)

    def _prepare(self) -> _System:
        """Raises ToolError or ProblemError when there is no system that could be tested."""
        unread = unread_variables()
        name = environment_name(BuiltIn().get_variable_value("${ENVIRONMENT}"))
        os.environ["FOCUS_ENVIRONMENT"] = name  # the engine reads it there
        if name == SANDBOX and not os.environ.get("FOCUS_BASE_URL", "").strip():
            self._start_sandbox()
        read_thresholds(name)  # whose variable file would fail where nobody reads it
        environment = load_environment(name)
        version = server_version(environment)
        if version.startswith(UNKNOWN):  # is it a Focus Server at all?
            require_focus_server(environment, reached=False)
        os.environ.setdefault(RUN_DIR, str(_common_folder(environment.base_url)))
        facts = {
            "Environment": f"{name} ({environment.base_url})",
            "Server version": version,
            "Seed": str(seed_given(0)) if os.environ.get("FOCUS_SEED") else "not set",
            "Commit": commit(),
        }
        if unread:
            facts[NOT_READ] = " ".join(unread)
        if os.environ.get(RUN_OPTIONS):
            facts["Run options"] = os.environ[RUN_OPTIONS]
        return _System(name, environment, read_known_bugs(), facts)

    def _start_sandbox(self) -> None:
        """A sandbox for this process alone: that is what a tester's editor runs."""
        folder = tempfile.TemporaryDirectory(prefix="focus-run-", ignore_cleanup_errors=True)
        run_dir = Path(self._resources.enter_context(folder))
        life = f"{seconds_given('FOCUS_JOB_LIFE', float(RUN_JOB_LIFE)):g}"
        found = self._resources.enter_context(running_sandbox(sys.executable, run_dir, life))
        clean = without_ambient_addresses(dict(os.environ))
        os.environ.clear()
        os.environ.update({**clean, **found, RUN_DIR: str(run_dir)})

    def _apply_known_bugs(self, system: _System, result: result.TestCase) -> None:
        finished = FinishedCase(
            name=result.full_name,
            tags=[str(tag) for tag in result.tags],
            status=result.status,
            message=result.message,
            fixture_failed=_fixture_failed(result),
        )
        finding = judge(system.known_bugs, system.environment, finished)
        if isinstance(finding, Excuse):
            result.status = "SKIP"
            result.message = finding.message(result.message)
        elif isinstance(finding, NoLongerReproduces):
            note = finding.note(result.full_name)
            result.metadata["Known bug"] = note
            self._tally.notes.append(note)

    def _judge_fault(self, result: Any) -> None:
        """Robot raises a message that a listener changed, so the prefix goes on by itself."""
        error = sys.exc_info()[1]
        if result.failed and error is not None and not isinstance(error, ExecutionStatus):
            result.message = fault.of_exception(error, result.message)


def rerun_command(case: str, environment: str) -> str:
    """What a person types to run `case` again, against the same kind of system."""
    named = command_line([] if environment == SANDBOX else option("--environment", environment))
    options = os.environ.get(RUN_OPTIONS, named)
    literal = re.sub(r"([*?[])", r"[\1]", case)  # robot reads the name as a pattern
    words = [
        command_line([*FOCUS_COMMAND, "run"]),
        options,
        command_line(["--", "--test", literal]),
    ]
    return " ".join(word for word in words if word)


def _note_progress(status: str) -> None:
    """A letter for the runner, which counts those of all processes."""
    folder = Path(os.environ[RUN_DIR]) / progress.FOLDER
    with contextlib.suppress(OSError):  # the case has its result all the same
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / str(os.getpid())).open("a", encoding="ascii") as file:
            file.write(status[:1])


def _common_folder(base_url: str) -> Path:
    """One folder for all runs of this user on one server, so that pabot's workers, which know
    nothing of each other, share one job ledger."""
    mark = hashlib.sha256(f"{getpass.getuser()} {base_url}".encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"focus-server-{mark}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _with_prefix_of_data(data: running.TestCase, result: Any) -> str:
    """The message; what Robot says of a case that cannot be executed gets its prefix."""
    if data.error and result.message == data.error:
        return f"{Prefix.ERROR.value} {data.error}"
    return str(result.message)


def _fixture_failed(result: Any) -> bool:
    return any(part.failed for part in (result.setup, result.teardown) if part)
