"""Turns every exception that is no verdict into an ERROR of the tests.

A keyword that fails raises; Robot keeps the text only. So the exception is judged where it passes
the listener, and its sentence goes on with its prefix through set-ups, retries and templates.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import requests
from robot.errors import DataError, TimeoutExceeded

from focus_engine.verdict import Prefix

_TIMEOUT = re.compile(r"(?:Test|Task) timeout (.+) exceeded\.")
_KEYWORD_TIMEOUT = re.compile(r"Keyword timeout (.+) exceeded\.")
_RETRIED = re.compile(
    r"(?P<retried>Keyword '.*' failed after retrying .*?)\. The last error was: (?P<last>.*)",
    re.DOTALL,
)
_FIXTURE = re.compile(
    r"(?P<fixture>Setup|Parent suite setup|Teardown|Parent suite teardown|Keyword teardown)"
    r" failed:\n(?P<rest>.*)",
    re.DOTALL,
)
_LOOP_LIMIT = re.compile(r"WHILE loop was aborted because it did not finish within the limit")
_TYPES_DIFFER = re.compile(r"(?:.*: )?(?P<one>.*) \(\w+\) != (?P=one) \(\w+\)", re.DOTALL)
_SEVERAL = "Several failures occurred:"
_NUMBERED = re.compile(r"\n\n\d+\) ")
_WRONG_TYPE = re.compile(r"^ValueError: (?=Argument '.*' got value )")
_EXCEPTION_NAME = re.compile(r"^[A-Za-z_]*(?:Error|Exception): ")
_WRONG_CELLS = re.compile(
    r"^Keyword '.*' (?:expected|missing (?:value|named)|got (?:unexpected|multiple|positional))"
)
_UNSET = re.compile(r"<set by ([A-Z][A-Za-z' ]*)>")  # what a resource gives such a variable
_TOO_LONG = "for integer string conversion"  # what Python says of a number as text
_SHORTER = (
    "a whole number in this row has more than 4300 digits, which can neither be written nor sent. "
    "Write a smaller one."
)
# Said by Robot of a case as a whole: no exception passes the listener.
_OF_ROBOT = (
    "Test execution stopped due to a fatal error.",
    "Failure occurred and exit-on-failure mode is in use.",
    "Error occurred and exit-on-error mode is in use.",
)


def of_exception(error: BaseException, message: str) -> str:
    """`message` of a keyword that raised `error`, with `ERROR:` unless it is a verdict."""
    # Robot must know a time-out by its text, so that gets its prefix at the end of the case; the
    # status of an answer is the product's.
    if isinstance(error, TimeoutExceeded | requests.HTTPError):
        return message
    unset = _UNSET.search(message)
    if unset and Prefix.of(message) in {None, Prefix.ERROR}:
        return (
            f"{Prefix.ERROR.value} '{unset[1]}' has not run, on which this rests. Give the suite "
            "the Suite Setup of the others that import its resource."
        )
    if Prefix.of(message):
        return message
    if isinstance(error, AssertionError):
        return _after_retries(message)
    if _TOO_LONG in message:
        return f"{Prefix.ERROR.value} {_SHORTER}"
    name = _EXCEPTION_NAME if isinstance(error, DataError) else _WRONG_TYPE
    sentence = name.sub("", message)
    return f"{Prefix.ERROR.value} {sentence}"


@dataclass(frozen=True)
class Row:
    """A row of a table: what it calls, the columns, which must be given, its cells.

    Where it `takes_any_name`, cells with a name of no column are beside the columns.
    """

    keyword: str
    positional: Sequence[str]
    named_only: Sequence[str]
    required: Collection[str]
    every: Sequence[str]
    takes_any_name: bool = False

    @property
    def columns(self) -> Sequence[str]:
        return (*self.positional, *self.named_only)

    @property
    def cells(self) -> Sequence[str]:
        """Those of its columns."""
        return [cell for cell in self.every if self._name_of(cell) in {"", *self.columns}]

    @property
    def missing(self) -> Sequence[str]:
        """The columns that must be given and are not."""
        names = {self._name_of(cell) for cell in self.cells}
        given = names | set(self.positional[: len(self._unnamed)])
        return [name for name in self.columns if name in self.required and name not in given]

    @property
    def extra(self) -> Sequence[str]:
        """Cells without a name behind the last column that takes such."""
        return self._unnamed[len(self.positional) :]

    @property
    def misplaced(self) -> tuple[str, str] | None:
        """A cell with a name, and the first without one that stands behind it."""
        named = ""
        for cell in self.every:
            if self._name_of(cell):
                named = cell
            elif named:
                return named, cell
        return None

    @property
    def _unnamed(self) -> Sequence[str]:
        return [cell for cell in self.cells if not self._name_of(cell)]

    def _name_of(self, cell: str) -> str:
        """The name by which Robot gives the cell; empty for one that is given by its place."""
        name = cell.partition("=")[0] if is_named(cell) else ""
        return name if self.takes_any_name or name in self.columns else ""


def is_named(cell: str) -> bool:
    """Whether Robot takes the cell for `name=value`."""
    return re.match(r"[^\s=\\${}]+=", cell) is not None


def of_row(message: str, row: Row) -> str:
    """`message` about the arguments of a keyword, in the words of the table that calls it."""
    if not _WRONG_CELLS.search(message):
        return message
    names = ", ".join(map(_column, row.columns))
    takes = f"'{row.keyword}' takes {names or 'no cells'}; "
    if row.misplaced:
        named, cell = row.misplaced
        return (
            f"{Prefix.ERROR.value} the cell '{cell}' stands behind '{named}': cells with a name "
            f"come last. {takes}this row gives {' | '.join(row.every)}."
        )
    takes += f"this row gives {len(row.cells)}: {' | '.join(row.cells) or 'none'}."
    if row.missing:
        absent = [_column(name) for name in row.missing]
        count = "a cell is" if len(absent) == 1 else f"{len(absent)} cells are"
        return f"{Prefix.ERROR.value} {count} missing: {', '.join(absent)}. {takes}"
    if row.extra:
        return f"{Prefix.ERROR.value} too many cells: {' | '.join(row.extra)}. {takes}"
    return f"{message} {takes}"


def _column(name: str) -> str:
    return name.upper().replace("_", " ")


def of_case(message: str) -> str:
    """The message of a failed case with its prefix in front, wherever Robot has put it."""
    timeout = _TIMEOUT.search(message) or _KEYWORD_TIMEOUT.search(message)
    if timeout:
        what = "the case" if _TIMEOUT.search(message) else "a keyword"
        return (
            f"{Prefix.ERROR.value} {what} was not done within its time-out of {timeout[1]}, so "
            f"nothing is known of what it asks. The log says what took so long. ({message})"
        )
    if message in _OF_ROBOT or _LOOP_LIMIT.match(message):
        return f"{Prefix.ERROR.value} {message}"
    if _TYPES_DIFFER.fullmatch(message):
        return (
            f"{Prefix.ERROR.value} {message}: alike as text, of different types. A cell is text "
            "unless it is written as ${…}, such as ${109}."
        )
    fixture = _FIXTURE.fullmatch(message)
    if fixture:
        return _in_front(of_case(fixture["rest"]), f"{fixture['fixture'].lower()} failed: ")
    if message.startswith(_SEVERAL):
        return _of_several(message)
    return message


def _after_retries(message: str) -> str:
    found = _RETRIED.fullmatch(message)
    if not found or not Prefix.of(found["last"]):
        return message
    return f"{found['last']} ({found['retried']}.)"


def _of_several(message: str) -> str:
    """Together they are an ERROR when none of them is a verdict about the product."""
    parts = _NUMBERED.split(message)[1:]
    if parts and all(Prefix.of(part) is Prefix.ERROR for part in parts):
        return f"{Prefix.ERROR.value} {message}"
    return message


def _in_front(message: str, words: str) -> str:
    """`words` behind the prefix; a message without one keeps Robot's form."""
    prefix = Prefix.of(message)
    if prefix is None or prefix is Prefix.KNOWN_BUG:
        return f"{words.capitalize()}{message}"
    return f"{prefix.value} {words}{message.removeprefix(prefix.value).lstrip()}"
