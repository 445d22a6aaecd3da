"""A stand-in loads its module when something of it is asked for, and not before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from focus_engine.on_use import Deferred, on_use

with on_use(__name__):
    import colorsys
    from json import tool

    from focus_engine.arrays import numbers_never_written

LIBRARIES = Path(__file__).resolve().parents[2] / "libraries"
IN_ITS_TIME = """\
import sys
from focus_engine.on_use import on_use
with on_use(__name__):
    from json import tool
    import colorsys
assert not {"json.tool", "colorsys"} & set(sys.modules)
tool.main, colorsys.rgb_to_hsv
assert {"json.tool", "colorsys"} <= set(sys.modules)
"""


def test_it_loads_with_its_first_use() -> None:
    command = [sys.executable, "-c", IN_ITS_TIME]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(LIBRARIES)})


def test_what_is_asked_for_is_the_module_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import json.tool  # noqa: PLC0415 - what is compared

    monkeypatch.setattr(json.tool, "main", "replaced")
    assert tool.main == "replaced"
    assert colorsys.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)


def test_what_is_not_there_is_an_import_error_of_its_use() -> None:
    with pytest.raises(ModuleNotFoundError, match="numbers_never_written"):
        numbers_never_written.anything  # noqa: B018


def test_others_import_as_ever_meanwhile() -> None:
    with on_use("another module"):
        import colorsys as loaded  # noqa: PLC0415 - within
    assert not isinstance(loaded, Deferred)
    assert isinstance(colorsys, Deferred)
