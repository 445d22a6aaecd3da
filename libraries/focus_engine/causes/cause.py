"""One cause: the pattern by which it is known, what happened, and what to do about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_URL = re.compile(r"with url: \S+")  # whose words would be taken for a cause
_MOST_LINKS = 20  # of a chain of exceptions; some refer to each other


class Whose(StrEnum):
    """Who has to act: a product failure has no prefix, everything else is an ERROR."""

    PRODUCT = "product"
    SET_UP = "set-up"


@dataclass(frozen=True)
class Cause:
    """A row of a table.

    `pattern` is searched in what the libraries below said (class names included), `what` is the
    clause that messages show, `advice` is what to do. `name` is how code refers to a row.
    """

    pattern: str
    what: str
    advice: str
    whose: Whose = Whose.SET_UP
    name: str = ""

    def fits(self, said: str) -> bool:
        return re.search(self.pattern, said, re.IGNORECASE | re.DOTALL) is not None


def cause_in(table: tuple[Cause, ...], said: str) -> Cause:
    """The first cause of `table` that fits; the last row of every table fits everything."""
    return next(cause for cause in table if cause.fits(said))


def told_by(error: BaseException) -> str:
    """What an exception and those behind it say, each with its class: to be searched, not shown."""
    said = "\n".join(f"{type(each).__name__}: {each}" for each in _chain(error))
    return _URL.sub("", said)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(seen) < _MOST_LINKS:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or any(each is known for known in seen):
            continue
        seen.append(each)
        yield each
        behind = (each.__cause__, each.__context__, getattr(each, "reason", None), *each.args)
        waiting.extend(behind)
