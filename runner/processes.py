"""Child processes that never outlive us: own session each, asked to stop first, then ended.

Who ends us with SIGKILL ends them too: on Linux by the kernel, on Windows by a job object.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from runner.problem import Interrupted
from runner.project import ROOT, WINDOWS
from runner.system.console import with_encoding, without_insides
from runner.system.packages import remedy

if sys.platform == "win32":
    from runner.system.windows import bind_children, on_close

PATIENCE = 30.0  # seconds that a pass gets to run its teardowns after it was interrupted
RUN_DIR = "FOCUS_RUN_DIR"
UNIMPORTABLE = ("ModuleNotFoundError", "ImportError", "SyntaxError")  # of a damaged package
BOUND = Path(__file__).parent / "system" / "bound.py"
HALTED_LIMIT = 30.0  # seconds that a signal may halt a process, before it is ended
_LOOK = 1.0  # seconds between two looks whether one is halted
_GIVES_WAY = 5  # more niceness: about a third of what others get that compute at the same time
_GOES_AHEAD = -20  # as far as there is: each of many sessions beside it has a weight of its own
_GIVES_WAY_ON_WINDOWS = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)

_STOP_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
    if hasattr(signal, name)
]


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first stop signal into Interrupted; later ones do not disturb the clearing up."""
    if sys.platform == "win32":
        bind_children()
        on_close()
    else:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, it hides how children end
    before = {number: signal.getsignal(number) for number in _STOP_SIGNALS}
    hang_up = getattr(signal, "SIGHUP", None)
    for number in _STOP_SIGNALS:
        if number == hang_up and before[number] is signal.SIG_IGN:
            continue  # nohup
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def stops_noted() -> Iterator[list[str]]:
    """Yields the names of stop signals that come meanwhile; a second one stops all the same."""
    noted: list[str] = []

    def note(number: int, _frame: FrameType | None) -> None:
        noted.append(str(Interrupted(number)))
        print(f"\nStopped by {noted[0]}: the results of what has run come first.", flush=True)
        _handle(by=_interrupt, in_place_of=note)

    _handle(by=note, in_place_of=_interrupt)
    try:
        yield noted
    finally:
        _handle(by=_interrupt, in_place_of=note)


def _handle(*, by: Callable[..., None], in_place_of: Callable[..., None]) -> None:
    for number in _STOP_SIGNALS:
        if signal.getsignal(number) is in_place_of:
            signal.signal(number, by)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for other in _STOP_SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Interrupted(number)


def run(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    *,
    gives_way: bool = False,
    **options: Any,
) -> int:
    """Run `command` (see `start`) and wait; when we are interrupted, so is it.

    One that gives way, with all that it starts, computes when other processes do not want to.
    """
    flags = _GIVES_WAY_ON_WINDOWS if gives_way else 0
    process = start(command, env=env, creationflags=flags, **options)
    if gives_way and sys.platform != "win32":
        _change_niceness(process.pid, _GIVES_WAY)
    try:
        return process.wait()
    except Interrupted:
        interrupt(process)
        raise


def run_quietly(command: Sequence[str], env: Mapping[str, str], folder: Path = ROOT) -> int:
    """Run what only prints and wait; when we are stopped it ends at once, without a traceback."""
    process = start(command, folder, env=env)
    try:
        return process.wait()
    except Interrupted:
        process.terminate()  # Python tells of SIGINT with a traceback, also while it imports
        end(process, PATIENCE)
        raise


def start(
    command: Sequence[str],
    folder: Path = ROOT,
    *,
    bound: bool = True,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> "subprocess.Popen[str]":
    """A child in a session of its own, so that Ctrl-C in the terminal reaches only us.

    One that is `bound` is ended when we are killed; one that is not has to notice that itself. On
    Windows the child shares our console and gets Ctrl-C from there.
    """
    process = subprocess.Popen(
        dying_with_us(command) if bound else command,
        cwd=folder,
        env=with_encoding(os.environ if env is None else env, captured="stdout" in options),
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=not WINDOWS,
        **options,
    )
    _let_its_session_be_as_nice(process.pid)
    return process


def dying_with_us(command: Sequence[str]) -> list[str]:
    """`command` as a command line whose process the kernel ends when we have ended (Linux)."""
    if sys.platform != "linux":
        return [*command]
    return [sys.executable, "-I", "-S", str(BOUND), str(os.getpid()), *command]


def finished(
    command: Sequence[str],
    env: Mapping[str, str],
    folder: Path = ROOT,
    *,
    limit: float | None = None,
) -> "subprocess.CompletedProcess[str]":
    """`command` after its end, with all that it said as `stdout`.

    It ends when we are stopped, when a signal halts it for long, and when it takes longer than
    `limit` seconds, with subprocess.TimeoutExpired.
    """
    options: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
    }
    process = start(command, folder, env=env, **options)
    try:
        said = _all_said(process, limit)
    except BaseException:
        if process.poll() is None:
            _kill_group(process)
            process.wait()
        raise
    return subprocess.CompletedProcess(command, process.returncode, said)


def _all_said(process: "subprocess.Popen[str]", limit: float | None) -> str:
    began = went_on = time.monotonic()
    while True:
        try:
            return process.communicate(timeout=_LOOK)[0]
        except subprocess.TimeoutExpired:
            if limit is not None and time.monotonic() - began > limit:
                raise
            if not is_halted(process.pid):
                went_on = time.monotonic()
            elif time.monotonic() - went_on > HALTED_LIMIT:
                print("A process of this run was halted by a signal, so it is ended.", flush=True)
                _kill_group(process)


def last_words(said: str) -> str:
    """What a program said at its end, in a sentence; of a missing package also what to do."""
    lines = [line.strip() for line in without_insides(said.splitlines()) if line.strip()]
    missing = [line for line in lines if line.startswith(UNIMPORTABLE)]
    if missing:
        return f"A package is missing or damaged ({missing[-1]}). {remedy()}"
    return f"Its last words: {' | '.join(lines[-3:]) or 'none'}"


def how_it_ended(code: int | None) -> str:
    """`its process ended (signal 9)`, the words for a return code that is no result."""
    if code is None:
        return "its process ended without leaving a result"
    return f"its process ended (signal {-code})" if code < 0 else f"its process ended (code {code})"


def goes_ahead(process: "subprocess.Popen[str]") -> bool:
    """Let it, and all that it starts, compute before others; False where that is not allowed."""
    try:
        _change_niceness(process.pid, _GOES_AHEAD)
    except (AttributeError, OSError):  # Windows, or an account that may not
        return False
    return True


def _change_niceness(pid: int, more: int) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, os.getpid())
    os.setpriority(os.PRIO_PROCESS, pid, ours + more)  # the system stops at its limits
    _let_its_session_be_as_nice(pid)


def _let_its_session_be_as_nice(pid: int) -> None:
    """Linux may weigh whole sessions, each being a group that begins as if it were usual."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError):  # it ended, or sessions are not weighed
        niceness = os.getpriority(os.PRIO_PROCESS, pid)
        if niceness:
            Path(f"/proc/{pid}/autogroup").write_text(str(niceness), encoding="ascii")


def interrupt(process: "subprocess.Popen[str]") -> None:
    """SIGINT (pabot dies of SIGTERM and orphans its workers), a bounded wait, then the end."""
    if not WINDOWS:
        process.send_signal(signal.SIGINT)
    end(process, PATIENCE)


def end(process: "subprocess.Popen[str]", patience: float) -> None:
    """Wait for `process` at most `patience` seconds, then end it and what it started."""
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        _kill_group(process)
        process.wait()


def _kill_group(process: "subprocess.Popen[str]") -> None:
    if sys.platform == "win32":
        tree = ["taskkill", "/PID", str(process.pid), "/T", "/F"]
        subprocess.run(tree, check=False, capture_output=True)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def end_leftovers(run_dir: Path, patience: float, spared: Collection[int]) -> None:
    """Give what still runs with our FOCUS_RUN_DIR `patience` seconds to end by itself."""
    deadline = time.monotonic() + patience
    while _leftovers(run_dir, spared) and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    kill_leftovers(run_dir, spared)


def kill_leftovers(run_dir: Path, spared: Collection[int] = ()) -> None:
    """End what still runs with our FOCUS_RUN_DIR, but for the sessions of the processes `spared`.

    pabot's workers have sessions of their own. Works where /proc shows the environment of a process
    (Linux); elsewhere the groups must do.
    """
    for pid in _leftovers(run_dir, spared):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _leftovers(run_dir: Path, spared: Collection[int]) -> list[int]:
    marked = marked_processes(run_dir)
    return [pid for pid in marked if _session(pid) not in spared]


def _session(pid: int) -> int | None:
    if sys.platform == "win32":
        return None
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return None


def marked_processes(run_dir: Path) -> list[int]:
    """The processes, but for ourselves, started with this FOCUS_RUN_DIR or one inside of it."""
    mark = f"{RUN_DIR}={run_dir}{os.sep}".encode()
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if pid != os.getpid() and _is_marked(pid, mark)]


def _is_marked(pid: int, mark: bytes) -> bool:
    return any((each + os.sep.encode()).startswith(mark) for each in _environment_of(pid))


def is_halted(pid: int) -> bool:
    """Whether a signal (SIGSTOP) halts the process, where /proc tells it; a debugger does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] == ["T"]


def _environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # it has ended, or it belongs to somebody else
        return []
