"""Lies told in PZ's files: a copy of them says something else than was agreed."""

import ast
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from proof.lies.changes import changed_at, changes_of, paths_of
from proof.lies.harmless import EXTRA_KEYS, REWRITES
from proof.lies.lie import Channel, Lie
from proof.runs import PZ_FILES

TABLES = (
    "heatmap_recorder",
    "heatmap_recorder_types",
    "heatmap_recorder_parameters",
    "autocfg",
    "autocfg_parameters",
)
COMMENTED, REORDERED, BOUND_TWICE = "with a comment", "keys in reverse order", "bound twice"


@dataclass(frozen=True)
class Kind:
    """How a kind of file is read and written."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    rewrites: dict[str, Callable[[str], str]]


def _modules(text: str) -> dict[str, Any]:
    """The names that a module binds to literals."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def _as_python(values: dict[str, Any]) -> str:
    return "".join(f"{name} = {value!r}\n" for name, value in values.items())


def _of_json(name: str) -> Callable[[str], str]:
    return lambda text: REWRITES[name](json.loads(text))


KINDS = {
    ".json": Kind(
        json.loads,
        lambda value: json.dumps(value, indent=2),
        {name: _of_json(name) for name in REWRITES if name != EXTRA_KEYS},
    ),
    ".yaml": Kind(
        yaml.safe_load,
        lambda value: yaml.safe_dump(value, sort_keys=False),
        {
            COMMENTED: lambda text: f"# reviewed\n{text}\n\n# end\n",
            REORDERED: lambda text: yaml.safe_dump(yaml.safe_load(text), sort_keys=True),
        },
    ),
    ".py": Kind(_modules, _as_python, {COMMENTED: lambda text: f"# reviewed\n{text}\n# end\n"}),
}


def file_lies() -> Iterator[Lie]:
    """Each value of each file, changed in each way of its type; each file written otherwise."""
    for file in sorted(path for path in PZ_FILES.rglob("*") if path.suffix in KINDS):
        name, kind = str(file.relative_to(PZ_FILES)), KINDS[file.suffix]
        for path, value in paths_of(kind.read(file.read_text(encoding="utf-8"))):
            for change in changes_of(value) if path != "$" else ():
                yield Lie(Channel.FILE, name, path, change)
        for rewrite in kind.rewrites:
            yield Lie(Channel.FILE, name, "the file", rewrite, harmless=True)
        yield Lie(Channel.FILE, name, "the file", "dropped")
        yield Lie(Channel.FILE, name, "the file", "emptied")
        yield Lie(Channel.FILE, name, "the file", "cut in half")


class FileTeller:
    """The files are changed before anybody reads them; `told` is 1 where one differs."""

    def __init__(self, told: int) -> None:
        self.told = told

    def start_over(self) -> None:
        """The files stay as they are."""


@contextmanager
def telling(lie: Lie) -> Iterator[FileTeller]:
    """PZ's files are copied meanwhile, and the copy lies."""
    with tempfile.TemporaryDirectory(prefix="lies-") as folder:
        copy = Path(shutil.copytree(PZ_FILES, Path(folder) / "files"))
        file = copy / lie.place
        before = file.read_text(encoding="utf-8")
        after = _told(lie, before, KINDS[file.suffix])
        if after is None:
            file.unlink()
        else:
            file.write_text(after, encoding="utf-8")
        with patch.dict(os.environ, {"FOCUS_PZ_FILES": str(copy)}):
            yield FileTeller(int(after != before))


def _told(lie: Lie, text: str, kind: Kind) -> str | None:
    if lie.harmless:
        return kind.rewrites[lie.change](text)
    if lie.subject == "the file":
        return {"dropped": None, "emptied": "", "cut in half": text[: len(text) // 2]}[lie.change]
    return kind.write(changed_at(kind.read(text), lie.subject, lie.change))
