"""The folder of results: each run writes in a folder of its own and takes its place at its end."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from runner.problem import OF_INPUT, BrokenToolError, ProblemError
from runner.project import ROOT
from runner.system.locking import is_free, locked

OUTPUT, LOG, REPORT, XUNIT = "output.xml", "log.html", "report.html", "xunit.xml"
PASSES = "passes"
PLAN, RECORD = "plan.json", "run.json"
PREVIOUS = "previous"
SUMMARY = "summary.md"  # the run as a page for CI servers
OF_A_RUN = (OUTPUT, LOG, REPORT, XUNIT, PASSES, PLAN, RECORD, SUMMARY)
ENDS = {OUTPUT: b"</robot>", LOG: b"</html>", REPORT: b"</html>", XUNIT: b"</testsuite>"}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}  # what a disk refuses
LOCK_LIMIT = 60.0  # seconds; it is held for less than one
RUNNING, ALIVE, LOCK = ".run-", "alive", ".lock"
DURATIONS = "durations.json"  # seconds by suite
OWN = {*OF_A_RUN, PREVIOUS, DURATIONS, LOCK}
KINDS = {PREVIOUS: Path.is_dir, DURATIONS: Path.is_file, LOCK: Path.is_file}
OTHER = "Name another folder with --results DIR, an empty or new one."


class Results:
    """`results/`, or another folder. Other files in it (results/proof/ …) are left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / OUTPUT
        self.log = folder / LOG
        self.report = folder / REPORT
        self.xunit = folder / XUNIT
        self.passes = folder / PASSES
        self.plan = folder / PLAN
        self.record = folder / RECORD
        self.previous = folder / PREVIOUS

    def require_usable(self) -> None:
        """Raise ProblemError for a folder that is not for results, before anything is written."""
        with self._writable():
            folder = Path(os.path.realpath(self.folder))  # a loop of links stays as it is
            way = [each for each in (folder, *folder.parents) if os.path.lexists(each)]
            if way and not way[0].is_dir():
                raise ProblemError(
                    f"cannot write results to {self.folder}: {way[0]} is no folder. {OTHER}"
                )
            holding = [each for each in (ROOT, _home()) if each.is_relative_to(folder)]
            if holding:
                raise ProblemError(
                    f"results are not written to {self.folder}: {holding[0]} is in it or is it. "
                    f"{OTHER}"
                )
            for name, is_right in KINDS.items():
                if os.path.lexists(folder / name) and not is_right(folder / name):
                    raise ProblemError(
                        f"results are not written to {self.folder}: its '{name}' is not what a "
                        f"run writes there. Remove it. {OTHER}"
                    )
            strange = _strange(folder) if folder != ROOT / "results" and folder.is_dir() else None
        if strange is not None:
            raise ProblemError(
                f"results are not written to {self.folder}: it holds '{strange}', which no run "
                f"left there. {OTHER}"
            )

    @contextlib.contextmanager
    def of_this_run(self) -> Iterator["Results"]:
        """A folder that no other run reads or writes; what was not published is removed.

        Raises ProblemError where that is not permitted, BrokenToolError where a disk becomes full.
        """
        with contextlib.ExitStack() as held:
            with self._writable():
                self.folder.mkdir(parents=True, exist_ok=True)
                with locked(self.folder / LOCK, LOCK_LIMIT):
                    self._forget_killed_runs()
                    own = Results(Path(tempfile.mkdtemp(prefix=RUNNING, dir=self.folder)))
                    held.callback(shutil.rmtree, own.folder, ignore_errors=True)
                    held.enter_context(locked(own.folder / ALIVE))
                own.folder.chmod(0o755)
                own.passes.mkdir()
            held.enter_context(self._roomy())
            yield own

    def publish(self, own: "Results") -> None:
        """Let `own` take the place of the last results, which become `previous/`."""
        with self._writable(), locked(self.folder / LOCK):
            left = [self.folder / name for name in OF_A_RUN if (self.folder / name).exists()]
            if left:
                shutil.rmtree(self.previous, ignore_errors=True)
                self.previous.mkdir(exist_ok=True)
            for path in left:
                shutil.move(path, self.previous / path.name)
            for name in OF_A_RUN:
                if (own.folder / name).exists():
                    shutil.move(own.folder / name, self.folder / name)

    def cut_files(self) -> list[str]:
        """The files of a report that are missing or lack their end; what is there is removed."""
        cut = [name for name, end in ENDS.items() if not _ends_with(self.folder / name, end)]
        for name in cut:
            (self.folder / name).unlink(missing_ok=True)
        return cut

    def _forget_killed_runs(self) -> None:
        for folder in self.folder.glob(f"{RUNNING}*"):
            if is_free(folder / ALIVE):
                shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            said = f"cannot write results to {self.folder}: {error.strerror or error}."
            if error.errno not in OF_INPUT:
                raise BrokenToolError(said) from error
            permission = isinstance(error, PermissionError)
            advice = "Give yourself write permission, or name" if permission else "Name"
            raise ProblemError(f"{said} {advice} another folder with --results DIR.") from error

    @contextlib.contextmanager
    def _roomy(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in FULL:
                raise
            rooms = {str(folder): _room(folder) for folder in (self.folder, _temporary())}
            free = ", ".join(f"{folder} has {room} MB left" for folder, room in rooms.items())
            raise BrokenToolError(
                f"cannot write what this run found: {error.strerror} ({free}). "
                f"Make room; the last results in {self.folder} are as they were."
            ) from error


def _home() -> Path:
    with contextlib.suppress(RuntimeError):  # nobody's
        return Path.home().resolve()
    return ROOT


def _strange(folder: Path) -> str | None:
    """What is in `folder` and was not left by a run; None where runs have written before."""
    if _has_results(folder):
        return None
    strange = (each.name for each in sorted(folder.iterdir()) if not _is_ours(each))
    return next(strange, None)


def _is_ours(path: Path) -> bool:
    return path.name in OWN or path.name.startswith(RUNNING) or _has_results(path)


def _has_results(folder: Path) -> bool:
    """Also those of a part, which a merge reads."""
    return (folder / RECORD).is_file() or (folder / LOCK).is_file()


def _temporary() -> Path:
    return Path(tempfile.gettempdir())


def _room(folder: Path) -> int:
    return shutil.disk_usage(folder).free // 2**20


def _ends_with(path: Path, end: bytes) -> bool:
    """Whether a file was closed by its writer: one that was killed leaves it without its end."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 64))
            return file.read().rstrip().endswith(end)
    except OSError:
        return False
