"""Variables of robot that are given after `--`: a known name misspelt changes nothing."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from runner.ambient import SLIP
from runner.problem import ProblemError
from runner.project import ROOT
from runner.suites.robot_options import RobotOptions

READERS = {
    "robot": "*.robot",
    "resources": "*.resource",
    "variables": "*.py",
    "libraries": "*.py",
}
# ${NAME}, $NAME of an expression, and the keys of variable files.
_READ = re.compile(r'[$@&]\{\s*([A-Za-z][\w ]*)|\$([A-Za-z]\w*)|"([A-Z][A-Z0-9_]+)":')


def require_known(options: RobotOptions) -> None:
    """Raises ProblemError for a variable that nobody reads and that is like one that is read.

    One that is like none may belong to a library or a variable file of the caller.
    """
    given = [name for name in options.variable_names if name]
    if not given:
        return
    known = {_same(name): name for name in _read()}
    for name in given:
        if _same(name) in known:
            continue
        likenesses = ((_likeness(name, each), known[each]) for each in known)
        likeness, nearest = max(likenesses, default=(0.0, ""))
        if likeness >= SLIP:
            raise ProblemError(
                f"no suite reads the variable {name} after --; {nearest} is meant. Write it so."
            )


def _read() -> Iterator[str]:
    """Each variable that a suite, resource, variable file or library of ours names."""
    for folder, pattern in READERS.items():
        for file in sorted((ROOT / folder).rglob(pattern)):
            yield from _names(_READ.findall(file.read_text(encoding="utf-8", errors="replace")))


def _names(found: Iterable[tuple[str, ...]]) -> Iterator[str]:
    return (name.strip() for groups in found for name in groups if name)


def _same(name: str) -> str:
    """As Robot compares names: without blanks, underscores and capitals."""
    return re.sub(r"[ _]", "", name).lower()


def _likeness(name: str, known: str) -> float:
    return SequenceMatcher(None, _same(name), known).ratio()
