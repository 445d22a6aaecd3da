"""A container log as entries: lines with their time stamp, tracebacks put together as blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_STAMPED = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<fraction>\.\d{1,9})?(?P<zone>Z|[+-]\d\d:\d\d) ?"
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # as loggers write them for terminals
_TRACEBACK = "Traceback (most recent call last):"
_JOINT = re.compile(
    r"^(During handling of the above exception|The above exception was the direct cause)"
)
_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*(: .*)?$")


@dataclass(frozen=True)
class LogLine:
    """One line; `number` is 1-based, `stamp` what Kubernetes put in front (None without)."""

    number: int
    stamp: datetime | None
    text: str


@dataclass(frozen=True)
class LogEntry:
    """A line, or a whole traceback whose `text` is the line that names its last exception."""

    number: int
    text: str
    traceback: tuple[str, ...] = ()


def read_lines(log: str) -> list[LogLine]:
    """The lines of a log that was read with time stamps; lines without text are left out.

    Colours are no text: a level that is written in one is still a level.
    """
    plain = _COLOURS.sub("", log)
    lines = (_line(number, text) for number, text in enumerate(plain.splitlines(), 1))
    return [line for line in lines if line.text.strip()]


def entries(lines: Sequence[LogLine]) -> Iterator[LogEntry]:
    """The entries of `lines`, each traceback as one, however many causes it has."""
    position = 0
    while position < len(lines):
        line = lines[position]
        if line.text.lstrip(" |+").endswith(_TRACEBACK):
            end = _end_of_block(lines, position)
            block = tuple(item.text for item in lines[position:end])
            yield LogEntry(line.number, _last_exception(block), block)
            position = end
        else:
            yield LogEntry(line.number, line.text)
            position += 1


def _line(number: int, text: str) -> LogLine:
    match = _STAMPED.match(text)
    if match is None:
        return LogLine(number, None, text)
    fraction = float(match["fraction"] or 0)
    try:
        day = datetime.fromisoformat(match["day"] + match["zone"].replace("Z", "+00:00"))
        stamp = day.replace(microsecond=int(fraction * 1_000_000)).astimezone(UTC)
    except (ValueError, OverflowError):  # the 99th of a month
        return LogLine(number, None, text)
    return LogLine(number, stamp, text[match.end() :])


def _end_of_block(lines: Sequence[LogLine], start: int) -> int:
    """The position behind the traceback that starts at `start`, and those that follow from it."""
    position = _end_of_traceback(lines, start)
    while _is_joined(lines[position : position + 2]):
        position = _end_of_traceback(lines, position + 1)
    return position


def _end_of_traceback(lines: Sequence[LogLine], start: int) -> int:
    position = start + 1
    while position < len(lines) and _indented(lines[position].text):
        position += 1
    if position < len(lines) and _EXCEPTION.match(lines[position].text):
        position += 1
    return position


def _is_joined(lines: Sequence[LogLine]) -> bool:
    """Whether these two lines join a traceback to the one before."""
    match [line.text for line in lines]:
        case [joint, begin]:
            return bool(_JOINT.match(joint)) and begin.endswith(_TRACEBACK)
    return False


def _indented(text: str) -> bool:
    return text.startswith((" ", "\t"))


def _last_exception(block: tuple[str, ...]) -> str:
    named = [line for line in block if _EXCEPTION.match(line) and not _JOINT.match(line)]
    return named[-1] if named else block[-1]
