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
    "httptools",
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
# Keywords judge by settings and environments, and ask over HTTP; their signatures need neither.
HEAVY_FOR_SIGNATURES = ("pika", "pydantic", "requests", "ruamel", "urllib3", "uuid")
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
LIBRARIES = [name for name in IMPORTED if name.endswith("Library")]
# Each module costs about half a millisecond; `focus.py bench` holds the seconds.
MOST_MODULES = 175
OF_LIBRARIES = """\
import sys
import robot.libraries.BuiltIn, robot.run
from robot.running import TestLibrary
own = set(sys.modules)
for name in sys.argv[1:]:
    TestLibrary.from_name(name).keywords
from focus_engine.on_use import Deferred
values = [value for module in list(sys.modules.values()) for value in vars(module).values()]
deferred = {value.__name__ for value in values if isinstance(value, Deferred)}
print(len(deferred), len(set(sys.modules) - own), *(deferred & set(sys.modules)))
"""


def _said_by(program: str, *arguments: str) -> list[str]:
    folders = [str(ROOT / "libraries"), str(ROOT / "variables"), str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("name", IMPORTED)
def test_nothing_heavy_is_loaded_before_it_is_used(name: str) -> None:
    further = HEAVY_FOR_SIGNATURES if name in LIBRARIES else ()
    assert _said_by(PROGRAM, name, *HEAVY, *further) == []


@pytest.mark.parametrize("name", LIBRARIES)
def test_what_a_library_defers_is_not_loaded_with_it(name: str) -> None:
    deferred, _, *loaded = _said_by(OF_LIBRARIES, name)
    assert int(deferred) > 0
    assert loaded == []


def test_all_libraries_together_load_few_modules() -> None:
    _, modules, *_ = _said_by(OF_LIBRARIES, *LIBRARIES)
    assert int(modules) <= MOST_MODULES


def test_the_guard_sees_what_is_heavy() -> None:
    assert {"LatencyLibrary", "FocusListener", "focus_variables"} <= set(IMPORTED)
    assert _said_by("import sys, numpy; print('numpy' in sys.modules)") == ["True"]
