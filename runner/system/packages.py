"""Whether the packages of an interpreter are whole, by what pip noted of their files."""

import csv
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_MOST_NAMED = 3
_NOTED = ".dist-info/RECORD"


def remedy() -> str:
    """What to do about a package that is missing or damaged."""
    given = os.environ.get("FOCUS_PYTHON")
    if given:
        return f"Install the packages of requirements*.lock for {given}, which FOCUS_PYTHON names."
    return "Remove the folder .venv, and the next run installs all packages anew."


def damage(site: Path, needed: Iterable[str] = ()) -> str:
    """What is missing or cut in the folder `site`, in a few words; nothing where all is whole.

    `needed` are packages that must be there; of others that are there no file may be missing.
    """
    records = {_plain(file.parent.name.split("-")[0]): file for file in site.glob(f"*{_NOTED}")}
    missing = [f"package {name}" for name in needed if _plain(name) not in records]
    found = [*missing, *(each for file in records.values() for each in _cut_files(site, file))]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"{', '.join(found[:_MOST_NAMED])}{more}" if found else ""


def named_in(lock: Path) -> Iterator[str]:
    """The packages of a lock but for those of other systems."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        name, pinned, rest = line.partition("==")
        if pinned and ";" not in rest and name[:1].isalnum():
            yield name


def _cut_files(site: Path, record: Path) -> Iterator[str]:
    try:
        with record.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        sizes = {row[0]: int(row[2]) for row in rows if row[2]}
        whole = any(row[0].endswith(_NOTED) for row in rows)
    except (OSError, ValueError, IndexError, csv.Error):
        whole = False
    if not whole:
        yield str(record.relative_to(site))
        return
    yield from (name for name, size in sizes.items() if _size(f"{site}/{name}") != size)


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - ten thousand files, and a Path for each is slow
    except OSError:
        return None


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
