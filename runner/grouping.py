"""Which messages of many cases have one cause, and how many they are."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_GROUPS = 25  # lines that a person still reads
_MOST_CHARACTERS = 220
# What differs from row to row though the cause is one. A status that was answered stays.
_BODY_OF_ANSWER = re.compile(r"(?P<status>answered [1-5]\d\d): .*", re.DOTALL)
_WHAT_WAS_SENT = re.compile(r"(?P<line>\b[A-Z]{3,7} /\S*) with (?:(?! should ).)*(?= should )")
_IMAGE = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?=\S*\.(?:png|jpe?g|gif|bmp|svg|webp|ico)\b)", re.IGNORECASE
)
_VARYING = (
    re.compile(r"\b[A-Z]{3,7} /metadata/.*?(?= should )"),
    re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`"),
    re.compile(r"\{[^{}\n]*\}|\[[^\[\]\n]*\]"),
    re.compile(
        r"(?<![\w.])(?<!answered )(?<!answer )(?<!\()(?<! or )-?\d+(?:[.:,-]\d+)*(?:e[-+]?\d+)?\b"
    ),
)


@dataclass(frozen=True)
class Group:
    """Several messages of one cause: how many, the first of them, and whose it is."""

    count: int
    message: str
    example: str

    def __str__(self) -> str:
        return f"{_cases(self.count)}: {self.message} (for example: {self.example})"


def groups_of(messages: Iterable[tuple[str, str]]) -> list[Group]:
    """Group pairs of case and message by cause, the most frequent first.

    A case that says several times what has one cause counts once.
    """
    said: dict[tuple[str, str], str] = {}
    for case, message in messages:
        said.setdefault((case, cause_of(message)), message)
    counts = Counter(cause for _, cause in said)
    firsts: dict[str, tuple[str, str]] = {}
    for (case, cause), message in said.items():
        firsts.setdefault(cause, (case, message))
    return [
        Group(count, _short(firsts[cause][1]), firsts[cause][0])
        for cause, count in counts.most_common()
    ]


def cause_of(message: str) -> str:
    """`message` without what differs between cases that fail for one cause."""
    line = _first_sentence_line(message)
    line = _BODY_OF_ANSWER.sub(r"\g<status>", line)
    line = _WHAT_WAS_SENT.sub(r"\g<line> with …", line)
    for varying in _VARYING:
        line = varying.sub("…", line)
    return line


def lines_of(groups: list[Group]) -> list[str]:
    """One line per group, the rest counted."""
    lines = [unformatted(str(group)) for group in groups[:MOST_GROUPS]]
    if len(groups) > MOST_GROUPS:
        rest = groups[MOST_GROUPS:]
        lines.append(f"{sum(g.count for g in rest)} more, of {len(rest)} causes: see the log")
    return lines


def unformatted(text: str) -> str:
    """`text` without what Robot Framework makes links, tables and images of in a header."""
    return _IMAGE.sub(r"\g<scheme>: //", text.replace("|", "/"))


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _first_sentence_line(message: str) -> str:
    """The first line; with the next one where the first only says where it happened."""
    lines = [line for line in message.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].endswith((" failed:", " occurred:")):
        return f"{lines[0]} {lines[1]}"
    return lines[0] if lines else "(no message)"


def _short(message: str) -> str:
    line = _first_sentence_line(message)
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}…"
