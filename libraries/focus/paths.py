"""Where the project's data files are, whatever the current folder is."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VARIABLES = PROJECT / "variables"
