"""Lies that no case notices, each with its reason: `survivors.yaml`, patterns of their names."""

import re
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("survivors.yaml")


@cache
def _reasons() -> tuple[tuple[re.Pattern[str], str], ...]:
    told = yaml.safe_load(FILE.read_text(encoding="utf-8")) or {}
    return tuple((re.compile(pattern), reason) for pattern, reason in told.items())


def explained(lie: str) -> str | None:
    """Why the lie of that name may survive; None where nobody said."""
    return next((why for pattern, why in _reasons() if pattern.fullmatch(lie)), None)
