"""What may stand after `--`: robot's and pabot's options, told apart for the two passes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.problem import ProblemError

RESERVED = {
    "outputdir": "use --results DIR",
    "output": "use --results DIR",
    "log": "use --results DIR",
    "report": "use --results DIR",
    "xunit": "use --results DIR",
    "command": "focus.py chooses the interpreter",
    "processes": "write it before the --",
    "no-rebot": "focus.py merges the passes itself",
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
    "chunk",
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
    "shard",
    "pabotconsole",
}
ARRANGING = ("--ordering", "--testlevelsplit", "--suitesfrom", "--chunk", "--shard")
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
    def arranged(self) -> bool:
        """Whether the caller says which cases run, or what runs where."""
        cases = any(_is_test(option) for option, _ in _with_values(self.robot))
        return cases or any(word.startswith(ARRANGING) for word in self.pabot)

    def for_pabot(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Robot's and pabot's options of the parallel pass.

        pabot chooses the suites in its main process: a worker that was given `--suite` too would
        run the whole selection beside its own suite.
        """
        names = [value for option, value in _with_values(self.robot) if _is_suite(option)]
        if not names:
            return self.robot, self.pabot
        kept = [word for words in _each(self.robot) if not _is_suite(words[0]) for word in words]
        modifier = ("--prerunmodifier", ";".join(["SuiteSelection", *names]))
        return (*kept, *modifier), self.pabot


def parse(words: Sequence[str]) -> RobotOptions:
    """Raises ProblemError for an option that belongs to focus.py, and for a path."""
    robot: list[str] = []
    pabot: list[str] = []
    rest = list(words)
    while rest:
        word = rest[0]
        _refuse_foreign(word)
        if word.startswith("--") and word[2:] in PABOT_FLAGS | PABOT_VALUES:
            pabot += _taken(rest, _pabot_length(rest))
        else:
            robot += _taken(rest, _robot_length(word))
    return RobotOptions(tuple(robot), tuple(pabot))


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
        raise ProblemError(f"'{rest[0]}' after -- needs a value.")
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
    for option, *value in _each(words):
        if value:
            yield option, value[0]
        elif "=" in option:
            yield option, option.split("=", 1)[1]
        else:
            yield option[:2], option[2:]


def _is_test(option: str) -> bool:
    """Whether the option is `--test`, `--task` or short for one of them."""
    return any(full.startswith(_long_name(option)) for full in ("test", "task"))


def _is_suite(option: str) -> bool:
    """Whether the option is `--suite` or `-s`, also with its value in the same word."""
    return _long_name(option) in {"s", "suite"}
