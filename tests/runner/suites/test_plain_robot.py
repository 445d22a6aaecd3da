"""Robot without focus.py: what is missing is said first, and results/ keeps its page."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_without_robot_args_the_first_error_says_what_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "robot", "--outputdir", str(tmp_path), "--suite", "No Such"]
    said = subprocess.run(
        [*command, "--runemptysuite", "robot"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ).stdout
    first = next(line for line in said.splitlines() if "ERROR" in line)
    assert "the options of robot.args are missing" in first
    assert "robot -A robot.args robot" in first


def test_results_are_ignored_but_for_the_page_that_explains_them() -> None:
    def ignored(name: str) -> bool:
        git = ["git", "check-ignore", "--quiet", "--no-index", name]
        return subprocess.run(git, cwd=ROOT, check=False).returncode == 0

    assert (ROOT / "results" / "README.md").is_file()
    assert not ignored("results/README.md")
    assert ignored("results/output.xml")
    assert ignored("results/passes/x")
