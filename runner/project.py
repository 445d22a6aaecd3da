"""Where the project is and how its own command line is written on this machine."""

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WINDOWS = os.name == "nt"
FOCUS_COMMAND = ("python" if WINDOWS else "python3", "focus.py")


def command_line(words: Sequence[str]) -> str:
    """`words` as a person would type them in the shell of this machine."""
    return subprocess.list2cmdline(words) if WINDOWS else shlex.join(words)


def option(name: str, value: str) -> list[str]:
    """`value` as that of an option, also where it begins like an option itself."""
    return [f"{name}={value}"] if value.startswith("-") else [name, value]
