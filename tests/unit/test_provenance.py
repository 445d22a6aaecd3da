"""What a server says of itself stands in one line: CI takes commands from the start of a line.

The commit is that of this project, known soon, or said to be unknown.
"""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from waiting import wait_until

from focus_engine import provenance
from focus_engine.paths import PROJECT


@pytest.mark.parametrize(
    "version", ["11\\n::error::x", "11\\r\\n::stop-commands::x", "11\\u2028::x"]
)
def test_a_version_is_one_line(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    body = f'{{"sw_version": "{version}"}}'.encode()
    answer = SimpleNamespace(content=body, ok=True)
    monkeypatch.setattr(provenance, "get", lambda *_: answer)
    assert provenance.server_version(None).splitlines() == [  # type: ignore[arg-type]
        provenance.server_version(None)  # type: ignore[arg-type]
    ]


OTHER_GITS = {
    "hangs": ("#!/bin/sh\nsleep 61.4142\n", 0o755, "git did not answer within"),
    "fails": ("#!/bin/sh\necho no repository >&2; exit 3\n", 0o755, "no repository"),
    "is no program": ("\0", 0o755, "git cannot be started"),
    "is missing": (None, 0, "git is not installed"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="no scripts are programs there")
@pytest.mark.parametrize("kind", OTHER_GITS)
def test_a_git_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    script, mode, said = OTHER_GITS[kind]
    if script is not None:
        (tmp_path / "git").write_text(script, encoding="utf-8")
        (tmp_path / "git").chmod(mode)
    shell = os.pathsep.join(["/usr/bin", "/bin"]) if kind == "hangs" else ""
    monkeypatch.setenv("PATH", os.pathsep.join(filter(None, [str(tmp_path), shell])))
    monkeypatch.setattr(provenance, "QUICK", 0.2)
    assert provenance.commit().startswith(f"unknown: {said}")
    wait_until(lambda: not _left(), "nothing is left of it")


def _left() -> list[Path]:
    """What a git that hangs had started."""
    commands = Path("/proc").glob("[0-9]*/cmdline")
    return [each for each in commands if b"61.4142" in _text(each)]


def _text(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has just ended
        return b""


@pytest.mark.parametrize(
    "variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"]
)
def test_the_repository_of_a_hook_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    asked = ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"]
    ours = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    monkeypatch.setenv(variable, str(tmp_path / ".git"))
    assert provenance.commit().startswith(ours or "unknown: ")
