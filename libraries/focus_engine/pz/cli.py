"""`focus.py pz validate|diff|baseline|explain`: the checks for people without Robot Framework.

Exit codes: 0 every check passes, 1 a check fails, 2 a check is undecided or needs input, 3 the tool
could not work.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path as FilePath

from focus_engine.checks.report import as_json
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.environment import environment_name, read_environment_file
from focus_engine.given import CommandParser, end_quietly, write_named
from focus_engine.masking import head_of
from focus_engine.pz.checks import (
    autocfg_report,
    baseline_report,
    difference_report,
    heatmap_report,
    modules_report,
    reverted_report,
)
from focus_engine.pz.codes import PzCode
from focus_engine.pz.comparison.baseline import write_baseline
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.effective import rows
from focus_engine.pz.external import run_checker
from focus_engine.pz.inputs_needed import inputs_needed
from focus_engine.pz.profile import (
    PROFILES,
    Profile,
    files_in_force,
    known_profiles,
    load_profile,
    profile_given,
)
from focus_engine.pz.report import ProfileReport
from focus_engine.pz.words import Subject
from focus_engine.status import Status
from focus_engine.verdict import NeedsInput, NotAllowed, ToolError, Verdict

_EXIT = {
    Verdict.PASS: 0,
    Verdict.FAIL: 1,
    Verdict.NEEDS_INPUT: 2,
    Verdict.UNDETERMINED: 2,
}
_TOOL_ERROR = 3
USUAL = "pz"  # the profile where none is named
_SHOWN = 80  # characters of a path that cannot be
_OF_A_REPORT = {"check", "profile", "verdict", "findings"}
_CHECKS: dict[Subject, Callable[[ProfileConfiguration], ProfileReport]] = {
    Subject.HEATMAP_SUMMARY: heatmap_report,
    Subject.AUTOCFG: autocfg_report,
    Subject.SUPERVISOR_MODULES: modules_report,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code; argparse exits by itself on wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        command: Callable[[argparse.Namespace], int] = arguments.run
        return command(arguments)
    except NotAllowed as refusal:
        print(refusal, file=sys.stderr)
        return _EXIT[Verdict.NEEDS_INPUT]
    except ToolError as error:
        print(error, file=sys.stderr)
        return _TOOL_ERROR
    except OSError as error:
        named = f" ({head_of(error.filename, _SHOWN)})" if error.filename else ""
        print(f"ERROR: the system refuses: {error.strerror or error}{named}.", file=sys.stderr)
        return _TOOL_ERROR


def _validate(arguments: argparse.Namespace) -> int:
    configuration = ProfileConfiguration(_profile(arguments))
    subjects = _subjects(arguments)
    reports = [_CHECKS[subject](configuration) for subject in subjects]
    reports += [baseline_report(configuration, subject) for subject in subjects]
    if not arguments.subject:
        reports.append(reverted_report(configuration))
        try:
            reports = [*_checker(configuration), *reports]
        except ToolError:  # of the checker: what we found ourselves is told all the same
            _show(reports, arguments.json)
            raise
    return _show(reports, arguments.json)


def _diff(arguments: argparse.Namespace) -> int:
    configuration = ProfileConfiguration(_profile(arguments))
    if arguments.against is None:
        reports = [baseline_report(configuration, subject) for subject in _subjects(arguments)]
        return _show(reports, arguments.json)
    other = ProfileConfiguration(_profile(arguments, files=arguments.against))
    reports = [difference_report(configuration, other, item) for item in _subjects(arguments)]
    return _show(reports, arguments.json)


def _baseline(arguments: argparse.Namespace) -> int:
    configuration = ProfileConfiguration(_profile(arguments))
    wanted = _subjects(arguments)
    broken = [item for subject in wanted for item in configuration.load_findings(subject)]
    if broken:
        raise ToolError(f"no baseline is written from files that do not load: {broken[0].sentence}")
    written = 0
    for subject in wanted:
        document = configuration.documents.get(subject)
        if document is None:
            print(f"{subject.value}: no files, no baseline")
            continue
        file = arguments.write / f"{subject.value}.json"
        status = Status(arguments.status)
        write_baseline(file, subject.value, document.data, status, arguments.source)
        print(f"{subject.value}: written to {file} for review")
        written += 1
    return 0 if written else _EXIT[Verdict.NEEDS_INPUT]


def _explain(arguments: argparse.Namespace) -> int:
    if arguments.code:
        return _explain_code(arguments)
    profile = _profile(arguments)
    if arguments.inputs:
        print(inputs_needed(profile), end="")
        return 0
    if arguments.parameters:
        return _parameters(profile)
    for part in profile.facts():
        print(f"{part.what}: {part.status.value} ({part.source})")
    return 0


def _explain_code(arguments: argparse.Namespace) -> int:
    code = PzCode.by_id(arguments.code)
    if code is not None:
        print(f"{code.id} ({code.severity.value}): {code.meaning}")
        return 0
    rules = _profile(arguments).log_rules().rules
    rule = next((rule for rule in rules if rule.id == arguments.code.upper()), None)
    if rule is None:
        known = ", ".join([*(item.id for item in PzCode), *(item.id for item in rules)])
        raise ToolError(f"there is no code {arguments.code}. Known are: {known}.")
    print(f"{rule.id} (fail): {rule.name}; matches {rule.scope} {rule.pattern}")
    return 0


def _parameters(profile: Profile) -> int:
    effective = ProfileConfiguration(profile).effective
    if effective is None:
        raise ToolError(f"profile '{profile.name}' has no autocfg files; name them with --files.")
    if effective.unread is not None:
        raise ToolError(f"the effective parameters are not known: {effective.unread.sentence}")
    for name, value, origin, variables, overridden in rows(effective):
        used = f" from {variables}" if variables else ""
        lost = f", overrides {overridden}" if overridden else ""
        print(f"{name} = {value}  [{origin}{used}{lost}]")
    return 0


def _checker(configuration: ProfileConfiguration) -> list[ProfileReport]:
    """The external checker's report; none when the profile has no checker that can run."""
    if configuration.profile.file.external_checker is None:
        return []
    try:
        return [run_checker(configuration)]
    except NeedsInput as missing:
        print(f"NEEDS INPUT   {missing.sentence}")
        return []


def _show(reports: Sequence[ProfileReport], file: FilePath | None) -> int:
    for report in reports:
        print(f"{report.verdict.value:<13} {report.sentence()}")
        for found in map(as_json, report.findings):
            expected, seen = found["expected"], found["seen"]
            sides = f" (expected {expected or '-'}; seen {seen or '-'})" if expected or seen else ""
            print("    {code} {severity:<9} {place}: {sentence}".format(**found) + sides)
    if file is not None:
        content = [report.to_json() for report in reports]
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        write_named(file, text, _is_report)
    outcomes = [report.verdict for report in reports]
    return _EXIT[min(outcomes, key=list(Verdict).index)] if outcomes else _EXIT[Verdict.NEEDS_INPUT]


def _is_report(content: bytes) -> bool:
    """Whether an earlier `--json` wrote it."""
    try:
        found = decode_json(content)
    except UndecodableError:
        return False
    each = found if isinstance(found, list) else []
    return bool(each) and all(isinstance(one, dict) and {*one} >= _OF_A_REPORT for one in each)


def _subjects(arguments: argparse.Namespace) -> list[Subject]:
    return [Subject(name) for name in arguments.subject] or list(Subject)


def _profile(arguments: argparse.Namespace, files: FilePath | None = None) -> Profile:
    environment = environment_name(arguments.environment)
    read_environment_file(environment)  # which knows the names
    profile = load_profile(
        arguments.profile or profile_given() or USUAL,
        files=files or arguments.files or files_in_force(),
        variables=_each_once(arguments.variable),
        profiles=arguments.profiles,
    )
    profile.require_for(environment)
    return profile


def _each_once(variables: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Raises ToolError for a variable that has two values."""
    names = [name for name, _ in variables]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ToolError(f"--variable {twice} is given twice. Give it one value.")
    return dict(variables)


def _variable(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE")
    return name, value


def _said(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it says nothing")
    return text


def _parser() -> argparse.ArgumentParser:
    common = CommandParser(add_help=False)
    common.add_argument(
        "--profile",
        type=_said,
        help=f"profile in variables/pz (default: FOCUS_PZ_PROFILE, else {USUAL})",
    )
    common.add_argument("--profiles", type=FilePath, default=PROFILES, help="folder of profiles")
    common.add_argument("--files", type=FilePath, help="folder of the configuration files of PZ "
                        "(default: FOCUS_PZ_FILES, else the profile's)")  # fmt: skip
    common.add_argument("--variable", type=_variable, action="append", default=[],
                        metavar="NAME=VALUE", help="a value for ${NAME}")  # fmt: skip
    common.add_argument("--environment", type=_said, help="environment that the files are for")
    subjects = CommandParser(add_help=False)
    subjects.add_argument("--subject", action="append", default=[],
                          choices=[subject.value for subject in Subject])  # fmt: skip
    report = CommandParser(add_help=False)
    report.add_argument("--json", type=FilePath, help="also write the reports to this file")

    parser = CommandParser(
        prog="focus.py pz", description=f"Profiles: {', '.join(known_profiles())}."
    )
    commands = parser.add_subparsers(required=True)
    validate = commands.add_parser("validate", parents=[common, subjects, report])
    validate.set_defaults(run=_validate)
    diff = commands.add_parser("diff", parents=[common, subjects, report])
    diff.add_argument("--against", type=FilePath, help="folder of files to compare with")
    diff.set_defaults(run=_diff)
    baseline = commands.add_parser("baseline", parents=[common, subjects])
    baseline.add_argument("--write", type=FilePath, required=True, help="folder for the baselines")
    baseline.add_argument("--source", type=_said, required=True, help="where the files come from")
    baseline.add_argument("--status", default=Status.OBSERVED.value, choices=list(Status))
    baseline.set_defaults(run=_baseline)
    explain = commands.add_parser("explain", parents=[common])
    explain.add_argument("code", nargs="?", help="a code such as CF010 or LG002")
    explain.add_argument("--inputs", action="store_true", help="what the team must supply")
    explain.add_argument("--parameters", action="store_true", help="effective values and origins")
    explain.set_defaults(run=_explain)
    return parser


if __name__ == "__main__":
    end_quietly()
    sys.exit(main())
