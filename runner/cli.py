"""The command line: one entry per command."""

import argparse
import errno
import os
import re
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from runner import checks, locks, pages, pz, sweep
from runner.ambient import forget_python_variables, unread_variables
from runner.cluster import command as cluster
from runner.problem import BROKEN, INTERRUPTED, INVALID, Interrupted, ProblemError
from runner.processes import interruptible
from runner.suites import merge, request, run
from runner.system.console import outlive_readers
from runner.system.place import require_usable_project


@dataclass(frozen=True)
class Command:
    """What a command is called with, what it does, and who gets its words after `--` (nobody)."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    execute: Callable[[argparse.Namespace, list[str]], int]
    help: str
    words_for: str = ""


COMMANDS = {
    "run": Command(
        request.add_arguments, run.run, "run the suites against a system", "robot and pabot"
    ),
    "merge": Command(merge.add_arguments, merge.run, "one report of all shards and --exclusive"),
    "test": Command(checks.add_arguments, checks.run_tests, "run our own tests", "pytest"),
    "check": Command(checks.add_files, checks.run_check, "check suites before a commit"),
    "proof": Command(
        checks.add_proof_arguments, checks.run_proof, "show that every case can fail", "the proof"
    ),
    "bench": Command(
        checks.add_arguments, checks.run_bench, "how well the engine measures", "the bench"
    ),
    "cluster": Command(
        cluster.add_arguments, cluster.run, "test on a real Kubernetes control plane", "pytest"
    ),
    "sweep": Command(
        sweep.add_arguments, sweep.run, "remove what expired outages left behind", "the same"
    ),
    "docs": Command(pages.add_site_arguments, pages.build_site, "build the documentation site"),
    "history": Command(
        pages.add_history_arguments,
        pages.keep_history,
        "keep the last run, and show how runs went",
    ),
    "lock": Command(locks.add_arguments, locks.run, "lock the dependencies, with hashes"),
    "tickets": Command(
        pages.add_ticket_arguments,
        pages.tell_tickets,
        "what each ticket came to in the last run, and what is open",
    ),
    "pz": Command(pz.add_arguments, pz.run, "check PZ's configuration without Robot", "the same"),
}


def main(argv: list[str]) -> int:
    """The exit code of `focus.py` with the arguments `argv`; never a traceback."""
    outlive_readers()
    forget_python_variables()
    try:
        with interruptible():
            require_usable_project()
            own, words = _split(argv)
            arguments = _parser().parse_args(own)
            _require_said(own)
            for sentence in unread_variables():
                print(f"focus.py: {sentence}", file=sys.stderr, flush=True)
            _require_taker(arguments.command, words)
            code = COMMANDS[arguments.command].execute(arguments, words)
            return code if code >= 0 else BROKEN  # a signal ended what we started
    except ProblemError as problem:
        return _told(str(problem), problem.code)
    except Interrupted as stop:
        return _told(f"stopped by {stop}", INTERRUPTED)
    except OSError as error:
        named = f" ({error.filename})" if error.filename else ""
        code = INVALID if error.errno in {errno.ENAMETOOLONG, errno.ELOOP} else BROKEN
        return _told(f"the system refuses: {error.strerror or error}{named}.", code)
    except Exception as error:  # noqa: BLE001 - a traceback tells a tester nothing
        return _told(f"an error of focus.py itself: {_where(error)}", BROKEN)


def ended(code: int) -> NoReturn:
    """End with `code`, also where PYTHONINSPECT would let Python go on instead."""
    if sys.flags.inspect:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def _told(sentence: str, code: int) -> int:
    print(f"focus.py: {sentence}", file=sys.stderr, flush=True)
    return code


def _where(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})."


class _Parser(argparse.ArgumentParser):
    """argparse that ends as all of focus.py does: one sentence, and the code for wrong input."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:  # noqa: ARG002
        ended(status)  # after --help; what is wrong is an error

    def error(self, message: str) -> NoReturn:
        unknown = message.startswith("unrecognized arguments")
        choice = re.search(r"invalid choice: '(.*?)'", message)
        near = get_close_matches(choice[1], COMMANDS, 1) if choice else []
        advice = " Options of robot and pabot stand after --: focus.py run -- --suite NAME."
        raise ProblemError(
            f"{message}.{advice if unknown else ''}"
            f"{f' Is {near[0]} meant?' if near else ''} `{self.prog} --help` tells the options."
        )


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def _require_said(own: list[str]) -> None:
    """An empty word is a variable that a script left empty: nobody means a folder by it."""
    for before, word in zip(["", *own], own, strict=False):
        if not word.strip() or re.fullmatch(r"--[\w-]+=\s*", word):
            after = f" after {before}" if before and not word.strip() else f": {word}"
            raise ProblemError(f"an argument is empty{after}. Is a variable of a script empty?")


def _require_taker(name: str, words: list[str]) -> None:
    if words and not COMMANDS[name].words_for:
        raise ProblemError(f"{name} takes nothing after --, but there is {words[0]}.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="focus.py", description="Tests of the Focus Server.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        to = command.words_for
        described = f"{command.help}{f'; what follows -- goes to {to}' if to else ''}"
        command.add_arguments(
            commands.add_parser(name, help=described, description=described, allow_abbrev=False)
        )
    return parser
