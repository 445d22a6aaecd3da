"""Where the data files are, in a checkout and in an installed package, and how files are named."""

import re
from importlib.util import find_spec
from pathlib import Path

import focus_engine

_MARKER = "robot.args"  # stands at the top of a checkout, and nowhere in an installed package
_DATA_PACKAGE = "focus_data"  # what the wheel calls `variables/`

IMPORT_ROOT = Path(focus_engine.__path__[0]).resolve().parent
"""The folder from which this engine is imported."""


def checkout() -> Path | None:
    """The top of the checkout that this engine is part of; None where it is installed."""
    return next((folder for folder in IMPORT_ROOT.parents if (folder / _MARKER).is_file()), None)


def installed_data() -> Path:
    """The data of an installed package."""
    found = find_spec(_DATA_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ImportError(
            f"the package {_DATA_PACKAGE} is missing: install focus-server-tests anew"
        )
    return Path(next(iter(found.submodule_search_locations)))


PROJECT = checkout() or Path.cwd()
"""What relative places are relative to: the checkout, else the folder that the run started in."""

VARIABLES = PROJECT / "variables" if checkout() else installed_data()
"""The data that the libraries ship with: defaults, environments, profiles."""


def slug(text: str) -> str:
    """`text` as a file's name: lower case, letters, digits and dashes, at most 120 of them."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:120]
