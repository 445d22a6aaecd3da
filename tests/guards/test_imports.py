"""A library is imported by every run and editor, whatever it uses: what is heavy loads on use."""

import os
import subprocess
import sys

import pytest
from guards.suites import ROOT

HEAVY = (
    "aiohttp",
    "grpc",
    "h5py",
    "hypothesis",
    "jsonschema",
    "kubernetes",
    "matplotlib",
    "numpy",
    "pandas",
    "pymongo",
    "schemathesis",
    "scipy",
    "uvloop",
)
IMPORTED = sorted(
    path.stem for folder in ("libraries", "variables") for path in (ROOT / folder).glob("*.py")
)
# An instance is made at once, and its keywords are listed, wherever a suite names the library.
PROGRAM = """\
import importlib, sys
from robot.running import TestLibrary
name = sys.argv[1]
if name.endswith("Library"):
    TestLibrary.from_name(name).keywords
else:
    getattr(importlib.import_module(name), "get_variables", dict)()
print(*(module for module in sys.argv[2:] if module in sys.modules))
"""


@pytest.mark.parametrize("name", IMPORTED)
def test_nothing_heavy_is_loaded_before_it_is_used(name: str) -> None:
    folders = [str(ROOT / "libraries"), str(ROOT / "variables"), str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, name, *HEAVY],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_guard_sees_what_is_heavy() -> None:
    assert {"LatencyLibrary", "FocusListener", "focus_variables"} <= set(IMPORTED)
    done = subprocess.run(
        [sys.executable, "-c", "import sys, numpy; print('numpy' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True"]
