"""Output, log, report and JUnit of a run, written by robot in a process of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner import processes
from runner.project import ROOT
from runner.suites.passes import environment
from runner.suites.results import LOG, OUTPUT, REPORT, XUNIT, Results
from runner.suites.verdicts import GivenVerdict

LOG_LEVEL = "TRACE:INFO"
UNREADABLE = 2  # of focus_runs.report: all is written but for what stands in damaged outputs


@dataclass(frozen=True)
class RunReport:
    """What is put together: `outputs` of passes or shards, over the output of the run `before`."""

    root: str
    outputs: Sequence[Path]
    said: Sequence[GivenVerdict]
    metadata: Mapping[str, str]
    before: Path | None = None

    def write(self, python: Path, env: Mapping[str, str], own: Results) -> str:
        """A sentence about what is missing of the files in `own`; nothing when all is well."""
        spec = own.passes / "report.json"
        spec.write_text(json.dumps(self._spec(own)), encoding="utf-8")
        command = [str(python), "-m", "focus_runs.report", str(spec)]
        done = processes.finished(command, environment(python, env))
        cut = own.cut_files()
        spec.unlink(missing_ok=True)
        if done.returncode == 0 and not cut:
            return ""
        if done.returncode == UNREADABLE and not cut:
            return f"the report lacks the cases of a damaged output. {done.stdout.strip()}"
        ended = processes.how_it_ended(done.returncode) if done.returncode else "they are cut"
        files = ", ".join(cut) or "the report"
        return f"could not write {files}: {ended}. {processes.last_words(done.stdout)}"

    def _spec(self, own: Results) -> dict[str, object]:
        said = [
            {
                "path": each.case.path,
                "tags": each.case.tags,
                "place": each.case.place,
                "status": each.status,
                "message": each.message,
            }
            for each in self.said
        ]
        return {
            "root": self.root,
            "outputs": [str(output) for output in self.outputs],
            "said": said,
            "metadata": dict(self.metadata),
            "before": str(self.before) if self.before else None,
            "options": {
                "outputdir": str(own.folder),
                "output": OUTPUT,
                "log": LOG,
                "report": REPORT,
                "xunit": XUNIT,
                "loglevel": LOG_LEVEL,
                "consolecolors": "off",
                "tagstatinclude": _statistics(),
            },
        }


def _statistics() -> list[str]:
    """Which tags the report counts: as each run on its own does."""
    lines = (ROOT / "robot.args").read_text(encoding="utf-8").splitlines()
    return [line.split()[1] for line in lines if line.startswith("--tagstatinclude")]
