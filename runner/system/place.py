"""Whether programs can run where the project is, beside what stands in its folders."""

import os
import sys
from collections.abc import Collection
from importlib.machinery import all_suffixes
from pathlib import Path
from unicodedata import category

from runner.problem import ProblemError
from runner.project import ROOT

IMPORTED_FROM = (".", "libraries", "resources", "variables", "tests")
UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, bytes that are no text, ends of lines


def require_usable_project(root: Path = ROOT) -> None:
    """Raise ProblemError for a folder that no list of folders, and no file, can name; and for a
    module that hides one of Python: whoever imports that may end, or do anything else."""
    if os.pathsep in str(root):
        raise ProblemError(
            f"the folder of this project, {root}, has a '{os.pathsep}' in its name, which ends a "
            "name in a list of folders. Rename the folder."
        )
    odd = unwritable(str(root))
    if odd:
        raise ProblemError(f"the folder of this project has {odd} in its name. Rename the folder.")
    _require_not_hidden(sys.stdlib_module_names, root, "of Python")


def require_packages_seen(site: Path, root: Path) -> None:
    """Raise ProblemError for a module of the project that hides a package installed in `site`."""
    installed = {path.name.partition(".")[0] for path in site.glob("*")}
    _require_not_hidden(installed, root, "of the installed packages")


def _require_not_hidden(modules: Collection[str], root: Path, whose: str) -> None:
    for folder in IMPORTED_FROM:
        for path in sorted((root / folder).glob("*")):
            name = path.name.partition(".")[0]
            if name in modules and _is_module(path, name):
                raise ProblemError(
                    f"{path} hides the module '{name}' {whose} from all programs of this "
                    "project. Rename it."
                )


def unwritable(name: str) -> str:
    """The first character of `name` that no file of a run can hold, in words; or nothing."""
    odd = next((each for each in name if category(each) in UNWRITABLE), "")
    return odd and f"a character that cannot stand in files (U+{ord(odd):04X})"


def _is_module(path: Path, name: str) -> bool:
    return path.name.removeprefix(name) in all_suffixes() or (path / "__init__.py").is_file()
