"""The team's own checker, run as a subprocess: its verdict stands beside ours, not inside it."""

import re
import sys
from pathlib import Path as FilePath

from focus_engine.checks.finding import Finding, finding
from focus_engine.decoding.bounded_process import ProgramEnd, run_bounded
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import head_of, showable
from focus_engine.pz.codes import PzCode
from focus_engine.pz.profile import Profile
from focus_engine.pz.profile_file import Checker
from focus_engine.pz.report import ProfileReport, rest_on
from focus_engine.verdict import NeedsInput, ToolError


def run_checker(profile: Profile) -> ProfileReport:
    """Run the profile's external checker.

    Raises NeedsInput when the profile names none or the files are not supplied, ToolError when the
    program cannot run, takes too long, or ends with an exit code the profile does not know.
    """
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
    done = _run(checker, _command(checker, profile.files, profile.folder), profile.folder)
    found = _findings(checker, done)
    checked = (str(profile.files),)
    return ProfileReport.of(
        "external checker", profile.name, (basis,), rest_on(found, basis), checked
    )


def _command(checker: Checker, files: FilePath, folder: FilePath) -> list[str]:
    places = {
        "{files}": str(files.resolve()),
        "{profile}": str(folder.resolve()),
        "{python}": sys.executable,
    }
    command = list(checker.command)
    for mark, value in places.items():
        command = [part.replace(mark, value) for part in command]
    return command


def _run(checker: Checker, command: list[str], folder: FilePath) -> ProgramEnd:
    try:
        return run_bounded(command, checker.timeout, cwd=folder)
    except OSError as error:
        raise ToolError(
            f"the external checker '{command[0]}' cannot be started: {error.strerror}. "
            "Correct external_checker.command in the profile."
        ) from error
    except UndecodableError as error:
        raise ToolError(f"the external checker '{command[0]}' {error}.") from error


def _findings(checker: Checker, done: ProgramEnd) -> list[Finding]:
    output = showable((done.output + done.errors).decode("utf-8", "replace"))
    if done.code not in {*checker.accepted, *checker.rejected}:
        raise ToolError(
            f"the external checker ended with exit code {done.code}, which the profile does "
            f"not know; it said: {head_of(output.strip(), 200) or 'nothing'}"
        )
    pattern = re.compile(checker.finding, re.MULTILINE)
    found = [_finding(match.groupdict()) for match in pattern.finditer(output)]
    if done.code in checker.rejected and not found:
        message = f"the external checker ended with exit code {done.code} and named nothing."
        found = [finding(PzCode.CHECKER_SILENT, message, seen=head_of(output.strip(), 120))]
    return found


def _finding(groups: dict[str, str | None]) -> Finding:
    line = groups.get("line")
    return finding(
        PzCode.CHECKER_FINDING,
        groups.get("message") or PzCode.CHECKER_FINDING.meaning,
        file=groups.get("file") or "",
        line=int(line) if line and line.isdigit() else None,
    )
