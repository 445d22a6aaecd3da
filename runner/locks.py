"""`focus.py lock`: every `requirements*.lock`, made of the `.txt` beside it by uv, with hashes.

All files agree: each is resolved below what all of them together resolve to, since several are
installed into one environment. A pin stands once: not in a lock that is never installed without
another one that has it.
"""

import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path

from runner import processes, virtualenv
from runner.problem import BrokenToolError
from runner.project import FOCUS_COMMAND, ROOT, command_line

OLDEST_PYTHON = "3.11"
OPTIONS = ("--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes")
QUIET = ("--no-header", "--no-annotate", "--quiet", "--no-progress")
PIN = re.compile(r"^([\w.-]+==\S+(?: ; [^\\]+?)?) *\\?$", re.MULTILINE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing: 1 where a lock is not what its .txt demands; tell what is outdated",
    )


def run(arguments: argparse.Namespace, _words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    if arguments.check:
        return _check(python)
    lock(python, ROOT)
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)  # with what is new
    code = _list_licences(python)
    print("The locks, docs/dependencies.md and docs/sbom.cdx.json are written; commit them.")
    return code


def lock(python: Path, folder: Path) -> None:
    """Write the lock of each requirements file in `folder`; a pin that still fits is kept."""
    names = sorted(path.name for path in folder.glob("requirements*.txt"))
    with tempfile.TemporaryDirectory(prefix="focus-lock-") as scratch:
        together, constraints = Path(scratch, "all.lock"), Path(scratch, "constraints.txt")
        _compile(python, folder, [*names, "--output-file", str(together)])
        pins = PIN.findall(together.read_text(encoding="utf-8"))
        constraints.write_text("\n".join(pins) + "\n", encoding="utf-8")
        for name in names:
            output = [name, "--output-file", str(Path(name).with_suffix(".lock"))]
            _compile(python, folder, ["--constraints", str(constraints), *output])
    for name in virtualenv.DEVELOPMENT:
        leave_out_known(folder, name)


def leave_out_known(folder: Path, name: str) -> None:
    """Rewrite a lock without the pins of those beneath it."""
    known = {block for each in beneath(name) for block in blocks(folder / each)}
    own = [block for block in blocks(folder / name) if block not in known]
    (folder / name).write_text("\n".join(own) + "\n", encoding="utf-8")


def beneath(name: str) -> tuple[str, ...]:
    """The locks without which this one is never installed."""
    if name in {*virtualenv.INSTALLER, *virtualenv.RUN}:
        return ()
    *others, last = virtualenv.DEVELOPMENT
    return tuple(others) if name == last else virtualenv.RUN


def blocks(lock: Path) -> list[str]:
    """Each pin with its hashes."""
    return re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())


def _compile(python: Path, folder: Path, words: list[str]) -> None:
    command = [str(python), "-m", "uv", "pip", "compile", *OPTIONS, *QUIET, *words]
    done = processes.finished(command, dict(os.environ), folder=folder)
    if done.returncode != 0:
        raise BrokenToolError(f"uv could not resolve {words[-1]}:\n{done.stdout.strip()}")


def _check(python: Path) -> int:
    """1 where a lock differs from what it would be now. What is outdated is told, and no error."""
    with tempfile.TemporaryDirectory(prefix="focus-lock-") as scratch:
        fresh = Path(scratch)
        for path in ROOT.glob("requirements*"):
            shutil.copy(path, fresh)
        lock(python, fresh)
        differing = [
            path.name
            for path in sorted(fresh.glob("requirements*.lock"))
            if not _same(path, ROOT / path.name)
        ]
    print("Newer versions are there of:", flush=True)
    uv = [str(python), "-m", "uv", "pip", "list", "--outdated", "--python", str(python)]
    processes.run(uv, dict(os.environ))
    if differing:
        again = command_line([*FOCUS_COMMAND, "lock"])
        print(f"Not what the .txt beside it demands: {', '.join(differing)}. Call `{again}`.")
    return 1 if differing else 0


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _list_licences(python: Path) -> int:
    return processes.run([str(python), "-m", "reports.dependencies"], dict(os.environ))
