"""The project's own virtual environment: made once, reused until its locks change."""

import contextlib
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from runner import processes
from runner.problem import BrokenToolError, ProblemError
from runner.project import ROOT, WINDOWS
from runner.system import package_index, packages
from runner.system.locking import locked
from runner.system.place import require_packages_seen

# What installs and what is installed: locks with hashes, which `focus.py lock` makes of the .txt of
# the same name.
INSTALLER = ("requirements-setup.lock",)
RUN = ("requirements.lock",)
SANDBOX = (*RUN, "requirements-sandbox.lock")
REPORTS = (*RUN, "requirements-reports.lock")
LOAD = ("requirements-load.lock",)  # beside one of the others, where several processes send
DEVELOPMENT = (
    *INSTALLER,
    *SANDBOX,
    *LOAD,
    "requirements-reports.lock",
    "requirements-dev.lock",
)

_PATIENT = ("--retries", "5", "--timeout", "60")
_IMPATIENT = ("--retries", "1", "--timeout", "15")  # for what can be done without

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
SET_UP_LIMIT = 900.0  # seconds until another process has set up the same
ANSWER_LIMIT = 30.0  # seconds until a Python has started
GIVEN_PYTHON = "FOCUS_PYTHON"  # an interpreter that has everything installed: nothing is set up


def prepared_python(requirements: tuple[str, ...]) -> Path:
    """The interpreter to run with, its packages installed.

    Raises ProblemError when the environment cannot be made or the packages cannot be installed.
    """
    given = os.environ.get(GIVEN_PYTHON)
    if given:
        return _given_python(given)
    return VirtualEnvironment(ROOT).python_with(requirements)


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
        libraries = "Lib" if WINDOWS else f"lib/python{PYTHON}"
        self.site = self._folder / libraries / "site-packages"

    def python_with(self, requirements: tuple[str, ...]) -> Path:
        if not self.is_ready(requirements):
            with _writable(self._root), locked(self._root / ".venv.lock", SET_UP_LIMIT):
                if not self.is_ready(requirements):  # another process may just have done it
                    self._set_up(requirements)
        self._require_whole(requirements)
        require_packages_seen(self.site, self._root)
        return self.python

    def is_ready(self, requirements: Iterable[str]) -> bool:
        """Whether every one of `requirements` is installed as it now reads."""
        installed = self._installed()
        return self.python.exists() and all(
            installed.get(name) == self._digest(name) for name in requirements
        )

    def _require_whole(self, requirements: tuple[str, ...]) -> None:
        needed = {each for name in requirements for each in packages.named_in(self._root / name)}
        damage = packages.damage(self.site, sorted(needed))
        if damage:
            raise BrokenToolError(f"packages are missing or damaged: {damage}. {packages.remedy()}")

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
        """Digest of each lock as it was installed; empty for another Python."""
        if not self._record.is_file():
            return {}
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
            return dict(record["installed"]) if record["python"] == PYTHON else {}
        except (ValueError, TypeError, KeyError, RecursionError):
            return {}  # half-written or foreign: as good as none, so all is made again

    def _write_record(self, digests: dict[str, str]) -> None:
        record = {"python": PYTHON, "installed": digests}
        self._record.write_text(json.dumps(record, indent=2), encoding="utf-8")

    def _digest(self, name: str) -> str:
        return hashlib.sha256((self._root / name).read_bytes()).hexdigest()

    def _make(self) -> None:
        print(f"Making {self._folder} …", flush=True)
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        made = processes.finished(
            [sys.executable, "-m", "venv", "--clear", str(self._folder)], dict(os.environ)
        )
        if made.returncode != 0:
            raise BrokenToolError(_venv_advice(made.stdout))

    def _install(self, requirements: list[str]) -> None:
        print(f"Installing {', '.join(requirements)} (up to two minutes) …", flush=True)
        if self._uv_installs(requirements):
            return
        installed = processes.finished(self._pip(requirements), dict(os.environ))
        if installed.returncode != 0:
            raise BrokenToolError(
                f"pip could not install {', '.join(requirements)}; its last words: "
                f"{_tail(installed.stdout)}\n"
                "Check the network and the package index, then retry."
            )

    def _uv_installs(self, requirements: list[str]) -> bool:
        """Whether uv did the work of pip, in a sixth of the time.

        Where it cannot be had or fails, pip does the work, so what is wrong is said by pip alone.
        """
        fetched = self._pip(INSTALLER, _IMPATIENT)
        if processes.finished(fetched, dict(os.environ)).returncode != 0:
            return False
        config = processes.finished([str(self.python), "-m", "pip", "config", "list"], os.environ)
        env = {**os.environ, **package_index.variables_of_uv(config.stdout)}
        return processes.finished(self._uv(requirements), env).returncode == 0

    def _pip(self, requirements: Iterable[str], patience: Sequence[str] = _PATIENT) -> list[str]:
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        return [*pip, *patience, *self._locked(requirements)]

    def _uv(self, requirements: Iterable[str]) -> list[str]:
        uv = [str(self.python), "-m", "uv", "pip", "install", "--quiet", "--no-progress"]
        return [*uv, "--python", str(self.python), *self._locked(requirements)]

    def _locked(self, requirements: Iterable[str]) -> list[str]:
        """Locks name every package, so none is looked for beyond them."""
        files = [word for name in requirements for word in ("-r", str(self._root / name))]
        return ["--require-hashes", "--no-deps", *files]


def _given_python(text: str) -> Path:
    python = Path(text).absolute()
    wrong = _why_no_python(python)
    if wrong:
        raise ProblemError(f"{GIVEN_PYTHON} names what {wrong}. Let it name a Python, or unset it.")
    return python


def _why_no_python(python: Path) -> str:
    try:
        if not python.exists():
            return "does not exist"
        if not python.is_file():
            return "is no file"
        home = _environment_of_link(python)
        if home:
            return f"is a link from which Python does not find its packages: name {home} itself"
        if os.pathsep in str(python.parent):
            return f"lies in a folder with a '{os.pathsep}' in its name"
        return _why_no_answer(python)
    except OSError as error:
        return f"cannot be started ({error.strerror})"


def _environment_of_link(python: Path) -> Path | None:
    """The interpreter of a virtual environment to which `python`, which is in none, leads."""
    named = python
    while not (python.parent.parent / "pyvenv.cfg").is_file():
        if not python.is_symlink():
            return None
        python = python.parent / python.readlink()
    return None if python == named else python


def _why_no_answer(python: Path) -> str:
    """A program may end with 0 and say `python`; only a Python computes."""
    word = secrets.token_hex(8)
    asked = [str(python), "-c", f"print('{word}'[::-1])"]
    try:
        done = processes.finished(asked, dict(os.environ), limit=ANSWER_LIMIT)
    except subprocess.TimeoutExpired:
        return f"did not answer within {ANSWER_LIMIT:g} s"
    return "" if done.stdout.strip().endswith(word[::-1]) else "is no Python that starts"


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
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BrokenToolError(
            f"cannot write to {folder}: {error.strerror or error}. The virtual environment is made "
            "there; give yourself write permission and room, or copy the project elsewhere."
        ) from error
