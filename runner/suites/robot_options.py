"""What may stand after `--`: robot's and pabot's options, told apart for the passes."""

import contextlib
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from stat import S_ISDIR, S_ISREG

from runner.problem import ProblemError, reason
from runner.project import ROOT
from runner.system.bounded_file import LARGEST, read_bounded

RESERVED = {
    "outputdir": "use --results DIR",
    "timestampoutputs": "use --results DIR",
    "output": "use --results DIR",
    "log": "use --results DIR",
    "report": "use --results DIR",
    "xunit": "use --results DIR",
    "command": "focus.py chooses the interpreter",
    "processes": "write it before the --",
    "no-rebot": "focus.py merges the passes itself",
    "chunk": "each process gets its share of the suites anyway",
    "shard": "it would repeat what must be alone on every runner; give each `focus.py run --shard "
    "i/n`, one `focus.py run --exclusive`, then `focus.py merge DIR…`",
    "help": "call robot or pabot themselves for their help",
    "version": "call robot or pabot themselves for their version",
}
RESERVED_LETTERS = {"d": "outputdir", "o": "output", "l": "log", "r": "report", "x": "xunit"}

PABOT_FLAGS = {
    "verbose",
    "testlevelsplit",
    "pabotlib",
    "no-pabotlib",
    "artifactsinsubfolders",
}
PABOT_VALUES = {
    "hive",
    "resourcefile",
    "pabotlibhost",
    "pabotlibport",
    "pabotprerunmodifier",
    "processtimeout",
    "ordering",
    "suitesfrom",
    "artifacts",
    "pabotconsole",
}
ARRANGING = ("--ordering", "--testlevelsplit", "--suitesfrom")
SELECTING = ("suite", "test", "task", "include", "exclude", "rerunfailed", "rerunfailedsuites")
SELECTING_LETTERS = set("stieRS")
VARIABLES = ("variable", "variablefile")
VARIABLE_LETTERS = set("vV")
AMBIENT = "ROBOT_OPTIONS"
MOST_FILES = 50  # of arguments, which may name others
LARGEST_FILE = 2**30  # bytes; an output of all suites is about a hundredth
READ_BY_PABOT = {"ordering", "suitesfrom", "resourcefile"}
READ_BY_ROBOT = (("rerunfailed", "rerunfailedsuites"), {"R", "S"})
LOADED_BY_ROBOT = (
    ("pythonpath", "variablefile", "listener", "prerunmodifier", "prerebotmodifier", "parser"),
    {"P", "V"},
)
ORDERING_WORDS = {"static", "dynamic", "skip", "run_all"}

ROBOT_FLAGS = {
    "rpa",
    "runemptysuite",
    "legacyoutput",
    "timestampoutputs",
    "splitlog",
    "statusrc",
    "dryrun",
    "exitonfailure",
    "exitonerror",
    "skipteardownonexit",
    "dotted",
    "quiet",
}
ROBOT_FLAG_LETTERS = {"T", "X", "."}


@dataclass(frozen=True)
class RobotOptions:
    """The words after `--`: `pabot` is for the parallel pass only, `robot` for both."""

    robot: tuple[str, ...] = ()
    pabot: tuple[str, ...] = ()

    def variable(self, name: str) -> str | None:
        """The value that `-v name:value` gives, the last one where there are several."""
        found = None
        for option, value in _with_values(self.robot):
            given, _, text = value.partition(":")
            if _long_name(option) in {"v", "variable"} and given.upper() == name:
                found = text
        return found

    @property
    def variable_names(self) -> list[str]:
        """The names that are given a value, as they are written."""
        return [
            value.partition(":")[0].strip()
            for option, value in _with_values(self.robot)
            if _is_one_of(option, ("variable",), {"v"})
        ]

    @property
    def arranged(self) -> bool:
        """Whether the caller says what runs where."""
        return any(word.startswith(ARRANGING) for word in self.pabot)

    @property
    def unselective(self) -> tuple[str, ...]:
        """Robot's options but those that choose cases: a pass executes what its plan says."""
        return self._without(SELECTING, SELECTING_LETTERS)

    @property
    def without_variables(self) -> tuple[str, ...]:
        """Robot's options but for variables, which may be secret."""
        return self._without(VARIABLES, VARIABLE_LETTERS)

    @property
    def has_own_variables(self) -> bool:
        """Whether there are variables but for the environment's name."""
        given = [
            value.partition(":")[0].upper() != "ENVIRONMENT"
            for option, value in _with_values(self.robot)
            if _is_one_of(option, VARIABLES, VARIABLE_LETTERS)
        ]
        return any(given)

    def has(self, name: str) -> bool:
        """Whether the long option `name` is there."""
        return any(_long_name(words[0]) == name for words in _each(self.robot))

    def _without(self, names: Sequence[str], letters: set[str]) -> tuple[str, ...]:
        kept = [words for words in _each(self.robot) if not _is_one_of(words[0], names, letters)]
        return tuple(word for words in kept for word in words)


def parse(words: Sequence[str]) -> RobotOptions:
    """Raises ProblemError for an option that belongs to focus.py, and for a path."""
    robot: list[str] = []
    pabot: list[str] = []
    files = 0
    rest = [*_ambient(), *words]
    while rest:
        word = rest[0]
        if _is_argument_file(word):
            files += 1
            if files > MOST_FILES:
                raise ProblemError("argument files name one another without end. Correct them.")
            rest = [*_of_file(rest), *rest]
            continue
        _refuse_foreign(word)
        if word.startswith("--") and word[2:] in PABOT_FLAGS | PABOT_VALUES:
            pabot += _taken(rest, _pabot_length(rest))
        else:
            robot += _taken(rest, _robot_length(word))
    _require_files(robot, pabot)
    return RobotOptions(tuple(robot), tuple(pabot))


def _require_files(robot: Sequence[str], pabot: Sequence[str]) -> None:
    """Robot and pabot would wait for a pipe, read a device without end, and hide what is wrong."""
    given = [each for each in _with_values(robot) if _is_one_of(each[0], *READ_BY_ROBOT)]
    read = [each for each in pairwise(pabot) if each[0].removeprefix("--") in READ_BY_PABOT]
    for name, path in (*given, *read):
        if path.upper() != "NONE":  # as robot has it
            _text_of(f"the file {path} of {name}", path, LARGEST_FILE)
    for name, value in _with_values(robot):
        if _is_one_of(name, *LOADED_BY_ROBOT):
            _refuse_pipes(name, value)


def _refuse_pipes(option: str, value: str) -> None:
    """`value` may hold several paths, or a path and arguments, with `:` between them."""
    for part in (value, *re.split("[:;]", value)):
        with contextlib.suppress(OSError, ValueError):  # no path at all
            kind = (ROOT / part).stat().st_mode
            if not (S_ISREG(kind) or S_ISDIR(kind)):
                raise ProblemError(f"{part} of {option} is neither a file nor a folder.")


def _refuse_foreign(word: str) -> None:
    if not word.startswith("-") or word == "-":
        raise ProblemError(
            f"'{word}' after -- is no option. A run always starts at the folder robot; "
            'choose cases with --suite NAME, --test "NAME" or --include TAG.'
        )
    name = _long_name(word)
    reserved = [owned for owned in RESERVED if owned == name or _shortens(name, owned)]
    if reserved:
        raise ProblemError(f"'{word}' after -- belongs to focus.py: {RESERVED[reserved[0]]}.")


def _shortens(name: str, owned: str) -> bool:
    """Whether robot would take `name` as short for `owned`, which it does where that is unique."""
    return len(name) > 1 and owned.startswith(name) and name not in PABOT_FLAGS | ROBOT_FLAGS


def _long_name(word: str) -> str:
    """`--Output-Dir=x`, `-d` and `-dx` → `outputdir`; other letters stay letters."""
    if word.startswith("--"):
        name = word[2:].split("=", 1)[0]
        return name if name in RESERVED else name.lower().replace("-", "")
    letter = word[1:2]
    return RESERVED_LETTERS.get(letter, letter)


def _pabot_length(rest: Sequence[str]) -> int:
    if rest[0][2:] in PABOT_FLAGS:
        return 1
    length = 2
    if rest[0] == "--ordering":
        while length < min(len(rest), 4) and rest[length] in ORDERING_WORDS:
            length += 1
    return length


def _robot_length(word: str) -> int:
    """How many words the option takes: 1 for a flag and for a value written with it, else 2."""
    if word.startswith("--"):
        name = _long_name(word)
        return (
            1 if "=" in word or name in ROBOT_FLAGS or name.removeprefix("no") in ROBOT_FLAGS else 2
        )
    return 1 if len(word) > 2 or word[1] in ROBOT_FLAG_LETTERS else 2  # noqa: PLR2004


def _taken(rest: list[str], length: int) -> list[str]:
    if len(rest) < length:
        raise ProblemError(f"'{rest[0]}' after -- needs a value, or is no option of theirs.")
    taken = rest[:length]
    del rest[:length]
    return taken


def _each(words: Sequence[str]) -> Iterator[list[str]]:
    """The words of each option."""
    rest = list(words)
    while rest:
        yield _taken(rest, _robot_length(rest[0]))


def _with_values(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Option and value of each option that has one."""
    for each in _each(words):
        option = each[0] if each[0].startswith("--") else each[0][:2]
        yield option.split("=", 1)[0], _value(each)


def _value(words: Sequence[str]) -> str:
    """The value of an option, however it is written; nothing for a flag."""
    if len(words) > 1:
        return words[1]
    word = words[0]
    return word.partition("=")[2] if word.startswith("--") else word[2:]


def _is_one_of(option: str, names: Sequence[str], letters: set[str]) -> bool:
    """Whether `option` is one of `names`, short for one, or one of `letters`."""
    if not option.startswith("--"):
        return option[1] in letters
    name = _long_name(option)
    return name in names or (
        name not in ROBOT_FLAGS and any(full.startswith(name) for full in names)
    )


def _ambient() -> list[str]:
    """What robot itself would take from its environment, so that it counts once and for all."""
    try:
        return shlex.split(os.environ.get(AMBIENT, ""))
    except ValueError as error:
        raise ProblemError(f"{AMBIENT} cannot be read: {error}. Correct or unset it.") from None


def _is_argument_file(word: str) -> bool:
    name = _long_name(word)
    return word.startswith("-A") or (len(name) > 2 and name.startswith("argument"[: len(name)]))  # noqa: PLR2004


def _of_file(rest: list[str]) -> list[str]:
    """The words of the argument file that `rest` begins with, as robot reads it."""
    words = _taken(rest, _robot_length(rest[0]))
    if _long_name(words[0]).removeprefix("argumentfile").isdigit():
        raise ProblemError(f"'{words[0]}' after -- would run every case again: call run for each.")
    path = _value(words)
    lines = _text_of(f"the argument file {path}", path).splitlines()
    return [word for line in map(str.strip, lines) for word in _of_line(line)]


def _text_of(what: str, path: str, largest: int = LARGEST) -> str:
    try:
        return read_bounded(ROOT / path, largest).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProblemError(f"{what} cannot be read: it is no text in UTF-8.") from None
    except (OSError, ValueError) as error:
        raise ProblemError(f"{what} cannot be read: {reason(error)}.") from None


def _of_line(line: str) -> list[str]:
    if not line or line.startswith("#"):
        return []
    at = min((line.index(sign) for sign in " =" if sign in line), default=len(line))
    return (
        [line[:at], line[at + 1 :].strip()] if line.startswith("-") and at < len(line) else [line]
    )
