"""Where the project's data files are, whatever the current folder is, and how files are named."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VARIABLES = PROJECT / "variables"


def slug(text: str) -> str:
    """`text` as a file's name: lower case, letters, digits and dashes, at most 120 of them."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:120]
