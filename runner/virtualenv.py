"""The project's own virtual environment: made once, reused until its requirements change."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from runner.problem import ProblemError
from runner.project import ROOT, WINDOWS

RUN = ("requirements.txt",)
SANDBOX = (*RUN, "requirements-sandbox.txt")
REPORTS = (*RUN, "requirements-reports.txt")
DEVELOPMENT = (*SANDBOX, "requirements-reports.txt", "requirements-dev.txt")

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
GIVEN_PYTHON = "FOCUS_PYTHON"  # an interpreter that has everything installed: nothing is set up


def prepared_python(requirements: tuple[str, ...], root: Path = ROOT) -> Path:
    """The interpreter to run with, its packages installed.

    Raises ProblemError when the environment cannot be made or the packages cannot be installed.
    """
    given = os.environ.get(GIVEN_PYTHON)
    if given:
        return _given_python(given)
    return VirtualEnvironment(root).python_with(requirements)


class VirtualEnvironment:
    """`.venv` and the record of what is installed in it.

    The record is removed before anything is changed and written when all is done, so an
    interrupted set-up is recognised and made again.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / ".venv"
        self._record = self._folder / "focus-setup.json"
        self.python = self._folder / ("Scripts/python.exe" if WINDOWS else "bin/python")

    def python_with(self, requirements: tuple[str, ...]) -> Path:
        if not self.is_ready(requirements):
            with _locked(self._root / ".venv.lock"):
                if not self.is_ready(requirements):  # another process may just have done it
                    self._set_up(requirements)
        return self.python

    def is_ready(self, requirements: Iterable[str]) -> bool:
        """Whether every one of `requirements` is installed as it now reads."""
        installed = self._installed()
        return self.python.exists() and all(
            installed.get(name) == self._digest(name) for name in requirements
        )

    def _set_up(self, requirements: tuple[str, ...]) -> None:
        installed = self._installed()
        if not installed or not self.python.exists():
            self._make()
        wanted = sorted({*requirements, *installed})
        digests = {name: self._digest(name) for name in wanted}
        self._record.unlink(missing_ok=True)
        self._install(wanted)
        self._write_record(digests)

    def _installed(self) -> dict[str, str]:
        """Digest of each requirements file as it was installed; empty for another Python."""
        if not self._record.is_file():
            return {}
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
        except ValueError:
            return {}  # half-written: as good as none, so all is made again
        digests: dict[str, str] = record.get("installed", {})
        return digests if record.get("python") == PYTHON else {}

    def _write_record(self, digests: dict[str, str]) -> None:
        record = {"python": PYTHON, "installed": digests}
        self._record.write_text(json.dumps(record, indent=2), encoding="utf-8")

    def _digest(self, name: str) -> str:
        return hashlib.sha256((self._root / name).read_bytes()).hexdigest()

    def _make(self) -> None:
        print(f"Making {self._folder} …", flush=True)
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        made = _captured([sys.executable, "-m", "venv", "--clear", str(self._folder)])
        if made.returncode != 0:
            raise ProblemError(_venv_advice(made.stdout))

    def _install(self, requirements: list[str]) -> None:
        print(f"Installing {', '.join(requirements)} (a minute or two) …", flush=True)
        files = [word for name in requirements for word in ("-r", str(self._root / name))]
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        patience = ["--retries", "5", "--timeout", "60"]
        installed = _captured([*pip, *patience, *files])
        if installed.returncode != 0:
            raise ProblemError(
                f"pip could not install {', '.join(requirements)}; its last words: "
                f"{_tail(installed.stdout)}\nCheck the network and the package index, then retry."
            )


def _given_python(text: str) -> Path:
    python = Path(text)
    if not python.exists():
        raise ProblemError(
            f"{GIVEN_PYTHON} is '{text}', which does not exist. Correct or unset it."
        )
    return python


def _captured(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _venv_advice(output: str) -> str:
    if "ensurepip" in output or "No module named venv" in output:
        package = f"python{PYTHON}-venv"
        return (
            f"this Python ({sys.executable}) cannot make virtual environments. "
            f"Install the package {package} (Debian, Ubuntu: sudo apt install {package}), "
            "then try again."
        )
    return f"cannot make the virtual environment: {_tail(output)}"


def _tail(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-3:])


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`; the system frees it when its holder dies."""
    try:
        with path.open("a+", encoding="utf-8") as file:
            _lock(file)
            yield
    except PermissionError as error:
        raise ProblemError(
            f"cannot write to {path.parent}: {error.strerror}. The virtual environment is made "
            "there; give yourself write permission or copy the project elsewhere."
        ) from error


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - exists elsewhere only

        fcntl.flock(file, fcntl.LOCK_EX)
