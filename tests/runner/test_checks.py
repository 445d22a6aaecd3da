"""`focus.py test`: what is measured runs ahead of the rest, and nothing outlives it."""

import os
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

import pytest

from runner import checks, processes
from runner.cli import COMMANDS, main
from runner.problem import Interrupted
from runner.project import ROOT

SAYS_AND_FAILS = [sys.executable, "-c", "import sys; print('measured 5 tests'); sys.exit(3)"]
PASSES = [sys.executable, "-c", "pass"]
FAILS = [sys.executable, "-c", "raise SystemExit(1)"]
WAITS = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_test_of_ours_is_either_measured_or_run_beside_others() -> None:
    measured = checks.measured_tests(Path("python"))
    others = checks.other_tests(Path("python"))
    assert measured[measured.index("-m", 3) + 1] == "measured"
    assert others[-2:] == ["-m", "not measured"]
    files = [Path(word).name for word in measured if word.endswith(".py")]
    assert "test_default_run.py" in files
    assert "test_verdicts.py" not in files


@pytest.mark.parametrize(
    ("first", "again", "code"),
    [(0, [], 0), (1, [5, 0], 0), (1, [0, 1], 1), (1, [2, 5], 2), (2, [], 2)],
)
def test_what_failed_is_run_again_alone(
    monkeypatch, first: int, again: list[int], code: int
) -> None:
    ran, codes = [], iter(again)
    monkeypatch.setattr(checks, "run_at_once", lambda *_: first)
    monkeypatch.setattr(checks.virtualenv, "prepared_python", lambda _: Path("python"))
    monkeypatch.setattr(processes, "run", lambda words, _: (ran.append(words), next(codes))[1])
    assert checks.run_tests(Namespace(), []) == code
    assert all("--last-failed" in words and "--numprocesses" not in words for words in ran)
    assert next(codes, None) is None


@pytest.mark.parametrize(
    ("measured", "others", "code"),
    [(PASSES, PASSES, 0), (PASSES, FAILS, 1), (SAYS_AND_FAILS, PASSES, 3)],
)
def test_exit_code_is_that_of_whatever_failed(measured, others, code) -> None:
    assert checks.run_at_once(measured, others) == code


def test_what_measured_tests_say_is_shown_at_the_end(capsys) -> None:
    checks.run_at_once(SAYS_AND_FAILS, PASSES)
    assert capsys.readouterr().out.rstrip().endswith("measured 5 tests")


def test_whoever_interrupts_the_others_ends_what_is_measured(monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise Interrupted(2)

    monkeypatch.setattr(processes, "run", interrupted)
    begin = time.monotonic()
    with pytest.raises(Interrupted):
        checks.run_at_once(WAITS, PASSES)
    assert time.monotonic() - begin < 50  # it would have waited for 60 s


def test_the_command_check_finds_its_checks(tmp_path: Path, monkeypatch, capfd) -> None:
    monkeypatch.setenv("FOCUS_PYTHON", sys.executable)
    loop = tmp_path / "nowhere.robot"
    loop.symlink_to(loop)
    assert checks.run_check(Namespace(files=[str(loop)]), []) == 252
    assert "nowhere.robot is no suite and no resource file." in capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="niceness")
def test_who_gives_way_is_nicer() -> None:
    least = min(os.nice(0) + 1, 19)
    look = f"import os, time; time.sleep(0.2); raise SystemExit(os.nice(0) < {least})"
    assert processes.run([sys.executable, "-c", look], gives_way=True) == 0


WEIGHED = Path("/proc/self/autogroup")
MAY_GO_AHEAD = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.mark.skipif(not WEIGHED.exists(), reason="sessions are not weighed")
@pytest.mark.parametrize(
    "more", [3, pytest.param(-3, marks=pytest.mark.skipif(not MAY_GO_AHEAD, reason="privileged"))]
)
def test_the_session_of_what_is_started_is_as_nice(more: int) -> None:
    """A session would otherwise compete as if nobody were nice."""
    look = f"import time; time.sleep(0.5); print(open({str(WEIGHED)!r}).read())"
    words = [sys.executable, "-c", look]
    nice = f"import os; os.nice({more}); from runner import processes as p"
    starts = f"{nice}; print(p.finished({words!r}, os.environ).stdout)"
    said = subprocess.check_output([sys.executable, "-c", starts], cwd=ROOT, text=True)
    assert int(said.split()[-1]) == max(-20, min(os.nice(0) + more, 19))


@pytest.mark.skipif(not MAY_GO_AHEAD, reason="privileged")
def test_who_goes_ahead_is_less_nice_with_all_that_it_starts() -> None:
    look = "import os, time; time.sleep(0.5); print(os.nice(0))"
    process = processes.start([sys.executable, "-c", look], stdout=subprocess.PIPE)
    assert processes.goes_ahead(process)
    assert int(process.communicate()[0]) < os.nice(0)


@pytest.mark.parametrize("allowed", [True, False])
def test_the_others_give_way_where_nobody_may_go_ahead(monkeypatch, *, allowed: bool) -> None:
    way: list[bool] = []
    monkeypatch.setattr(processes, "goes_ahead", lambda _: allowed)
    monkeypatch.setattr(processes, "run", lambda *_, gives_way: way.append(gives_way) or 0)
    assert checks.run_at_once(PASSES, PASSES) == 0
    assert way == [not allowed]


def test_bytecode_is_written_whatever_the_environment_says(monkeypatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    look = "import sys; raise SystemExit(sys.dont_write_bytecode)"
    assert checks.run_at_once(PASSES, [sys.executable, "-c", look]) == 0


@pytest.mark.parametrize("name", [name for name, each in COMMANDS.items() if not each.words_for])
def test_words_that_nobody_takes_are_refused(capsys, name: str) -> None:
    folder = ["x"] if name == "merge" else []
    assert main([name, *folder, "--", "--bogus"]) == 252
    assert f"{name} takes nothing after --, but there is --bogus." in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["check", ""],
        ["tickets", " "],
        ["merge", ""],
        ["pz", "validate", "--files", ""],
        ["pz", "diff", "--against="],
        ["pz", "baseline", "--write", "", "--source", "x"],
    ],
)
def test_an_argument_that_a_script_left_empty_names_nothing(capsys, words: list[str]) -> None:
    assert main(words) == 252
    assert "an argument is empty" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["build", "up", "down"])
def test_a_cluster_takes_words_for_its_tests_alone(capsys, action: str) -> None:
    assert main(["cluster", action, "--", "x"]) == 252
    assert f"cluster {action} takes nothing after --, but there is x." in capsys.readouterr().err


@pytest.mark.parametrize("words", [["bench"], ["proof"], ["proof", "--lies"]])
def test_words_that_a_command_does_not_know_are_wrong_input(monkeypatch, capfd, words) -> None:
    monkeypatch.setenv("FOCUS_PYTHON", sys.executable)
    assert main([*words, "--", "--bogus"]) == 252
    assert "unrecognized arguments: --bogus" in capfd.readouterr().err
