"""The suites as Robot sees them, for guards that judge what is written there."""

from collections.abc import Iterator
from pathlib import Path

from robot.api import TestSuite

ROOT = Path(__file__).resolve().parents[2]
SUITES = ROOT / "robot"


def suite_files() -> list[Path]:
    return sorted(SUITES.rglob("*.robot"))


def cases() -> Iterator[tuple[Path, str, frozenset[str]]]:
    """File, long name and tags of every case."""
    for case in TestSuite.from_file_system(SUITES).all_tests:
        yield Path(str(case.source)), case.full_name, frozenset(str(tag) for tag in case.tags)
