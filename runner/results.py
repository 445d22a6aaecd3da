"""The folder of results: what a run writes there, and what it keeps of the run before."""

import shutil
from pathlib import Path

from runner.problem import ProblemError

OUTPUT, LOG, REPORT, XUNIT = "output.xml", "log.html", "report.html", "xunit.xml"
PASSES = "passes"
PREVIOUS = "previous"
OF_A_RUN = (OUTPUT, LOG, REPORT, XUNIT, PASSES)


class Results:
    """`results/`, or another folder. Other files in it (results/proof/ …) are left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / OUTPUT
        self.log = folder / LOG
        self.report = folder / REPORT
        self.xunit = folder / XUNIT
        self.passes = folder / PASSES
        self.previous = folder / PREVIOUS

    def start_afresh(self) -> None:
        """Move what the last run left to `previous/`, which is replaced.

        Raises ProblemError where that is not permitted.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            left = [self.folder / name for name in OF_A_RUN if (self.folder / name).exists()]
            if left:
                shutil.rmtree(self.previous, ignore_errors=True)
                self.previous.mkdir(exist_ok=True)
            for path in left:
                shutil.move(path, self.previous / path.name)
            self.passes.mkdir()
        except OSError as error:
            raise ProblemError(
                f"cannot write results to {self.folder}: {error.strerror or error}. "
                "Give yourself write permission, or name another folder with --results DIR."
            ) from error

    def pass_folder(self, name: str) -> Path:
        return self.passes / name

    def outputs(self) -> list[Path]:
        """What the passes wrote, in order; of a pass that was cut short, what its parts wrote."""
        found: list[Path] = []
        for folder in sorted(path for path in self.passes.iterdir() if path.is_dir()):
            whole = folder / OUTPUT
            parts = sorted((folder / "pabot_results").glob(f"**/{OUTPUT}"))
            found += [whole] if whole.is_file() else parts
        return [path for path in found if _is_complete(path)]


def _is_complete(output: Path) -> bool:
    """Whether robot closed the file: one that was killed leaves it without its end."""
    size = output.stat().st_size
    with output.open("rb") as file:
        file.seek(max(0, size - 64))
        return file.read().rstrip().endswith(b"</robot>")
