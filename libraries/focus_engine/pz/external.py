"""The team's own checker, run as a subprocess: its verdict stands beside ours, not inside it."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path as FilePath

from focus_engine.checks.finding import Finding, Severity, finding
from focus_engine.decoding.bounded_pattern import Match, matches_in
from focus_engine.decoding.bounded_process import ProgramEnd, run_bounded
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import head_of, showable
from focus_engine.pz.codes import PzCode
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.profile_file import Checker
from focus_engine.pz.report import ProfileReport, rest_on
from focus_engine.pz.words import Subject
from focus_engine.verdict import NeedsInput, ToolError

_TRACEBACK = "Traceback (most recent call last):"


def run_checker(configuration: ProfileConfiguration) -> ProfileReport:
    """Run the profile's external checker, unless our own reader refused one of its files.

    Raises NeedsInput when the profile names none or the files are not supplied, ToolError when the
    program cannot run, takes too long, or ends with an exit code the profile does not know.
    """
    profile = configuration.profile
    checker = profile.file.external_checker
    if checker is None:
        raise NeedsInput(
            f"profile '{profile.name}' names no external checker; supply the command line of PZ's "
            "own checker, its exit codes and a sample of its output."
        )
    basis = checker.basis("external checker")
    if basis.placeholder:
        return ProfileReport.of("external checker", profile.name, (basis,), ())
    if profile.files is None:
        raise NeedsInput("the external checker has no files to check; supply their folder.")
    found: Sequence[Finding] = configuration.not_judged(
        "the external checker was not run", *Subject
    )
    if found:  # who reads a device to its end takes all the memory that there is
        return ProfileReport.of("external checker", profile.name, (basis,), found)
    done = _run(checker, _command(checker, profile.files, profile.folder), profile.folder)
    found = _findings(checker, done)
    checked = (str(profile.files),)
    return ProfileReport.of(
        "external checker", profile.name, (basis,), rest_on(found, basis), checked
    )


def _command(checker: Checker, files: FilePath, folder: FilePath) -> list[str]:
    places = {
        "{files}": os.path.realpath(files),
        "{profile}": os.path.realpath(folder),
        "{python}": sys.executable,
    }
    command = list(checker.command)
    for mark, value in places.items():
        command = [part.replace(mark, value) for part in command]
    return command


def _run(checker: Checker, command: list[str], folder: FilePath) -> ProgramEnd:
    try:
        return run_bounded(command, checker.timeout, memory=checker.memory_mb * 2**20, cwd=folder)
    except OSError as error:
        raise ToolError(
            f"the external checker '{command[0]}' cannot be started: {error.strerror}. "
            "Correct external_checker.command in the profile."
        ) from error
    except UndecodableError as error:
        raise ToolError(f"the external checker '{command[0]}' {error}.") from error


def _findings(checker: Checker, done: ProgramEnd) -> list[Finding]:
    output = showable((done.output + done.errors).decode("utf-8", "replace"))
    raised = _raised(output)
    if done.code not in {*checker.accepted, *checker.rejected}:
        raise ToolError(
            f"the external checker ended {_ending(done.code)}, which the profile does "
            f"not know; it said: {raised or head_of(output.strip(), 200) or 'nothing'}"
        )
    found = [_finding(match.named) for match in _matches(checker, output)]
    if done.code in checker.rejected and not found:
        found = [_broken(checker, raised) if raised else _silent(done.code, output)]
    return found


def _matches(checker: Checker, output: str) -> list[Match]:
    try:
        return matches_in([output], checker.finding)[0]
    except UndecodableError as error:
        raise ToolError(f"external_checker.finding of the profile {error}.") from error


def _silent(code: int, output: str) -> Finding:
    message = f"the external checker ended with exit code {code} and named nothing."
    return finding(PzCode.CHECKER_SILENT, message, seen=head_of(output.strip(), 120))


def _broken(checker: Checker, raised: str) -> Finding:
    """What a checker dies of says nothing of the files, so it decides nothing."""
    room = f"; it may take {checker.memory_mb} MB" if "MemoryError" in raised else ""
    message = (
        f"the external checker itself broke ({raised}), so it gave no verdict. Let those who own "
        f"it make it say what is wrong with such a file{room}."
    )
    return finding(PzCode.CHECKER_SILENT, message).weighed(Severity.UNDECIDED)


def _raised(output: str) -> str:
    """The exception that ended a Python program, in one line; empty where none did."""
    _, mark, last = output.rpartition(_TRACEBACK)
    raised = (line for line in last.splitlines() if line.strip() and not line.startswith(" "))
    return head_of(next(raised, "an exception").strip().rstrip("."), 200) if mark else ""


def _ending(code: int) -> str:
    return f"with exit code {code}" if code >= 0 else f"by signal {-code}"


def _finding(groups: dict[str, str | None]) -> Finding:
    line = groups.get("line")
    return finding(
        PzCode.CHECKER_FINDING,
        groups.get("message") or PzCode.CHECKER_FINDING.meaning,
        file=groups.get("file") or "",
        line=int(line) if line and re.fullmatch("[0-9]{1,9}", line) else None,
    )
