"""Whatever dies during a run, each planned case has one result that says so."""

import errno
import os
import signal
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from runner_runs import running
from small_project import Done, Project
from waiting import wait_until

from runner import processes
from runner.problem import BrokenToolError, Interrupted
from runner.suites.results import Results

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")

EXCLUSIVE = "*** Settings ***\nTest Tags    exclusive    latency\n\n"
QUICK = "*** Test Cases ***\nQuick\n    No Operation\nFails\n    Fail    got 500.\n"
WAITS = """*** Test Cases ***
Before
    No Operation
Waits
    Evaluate    pathlib.Path(r'{mark}').touch()
    Sleep    600
    [Teardown]    Evaluate    pathlib.Path(r'{mark}.undone').touch()
After
    No Operation
"""
DIES = f"""*** Test Cases ***
Before
    No Operation
Long
    Log    {"what was written before is not in a buffer any more " * 2000}
Dies
    Evaluate    {{how}}    modules=os,signal
After
    No Operation
"""
PARALLEL = ["Alignment.A Quick.Quick", "Alignment.A Quick.Fails"]


def _statuses(project: Project) -> dict[str, tuple[str, str]]:
    """Status and message of each case, which output, JUnit, log and report agree about."""
    cases = project.outcome().cases
    root = ET.parse(project.results / "xunit.xml").getroot()  # noqa: S314 - our own file
    junit = [f"{case.get('classname')}.{case.get('name')}" for case in root.iter("testcase")]
    assert sorted(junit) == sorted(cases)
    failed = [case for case in cases.values() if case.status == "FAIL"]
    assert len([*root.iter("failure")]) == len(failed)
    for page in ("log.html", "report.html"):
        text = (project.results / page).read_text(encoding="utf-8")
        for case in failed:
            assert case.message.splitlines()[0] in text
    return {
        name.removeprefix("Focus Server."): (case.status, case.message)
        for name, case in cases.items()
    }


def _is_broken(done: Done, project: Project) -> None:
    assert done.code == 255, done.console
    assert "Traceback" not in done.console
    assert "Tool broke" in project.outcome().metadata


WAYS = {
    "Killed": ("os.kill(os.getpid(), signal.SIGKILL)", "its process ended (signal 9)"),
    "Segfault": ("os.kill(os.getpid(), signal.SIGSEGV)", "its process ended (signal 11)"),
    "Ends": ("os._exit(0)", "its process ended (code 0)"),
    "Ends 3": ("os._exit(3)", "its process ended (code 3)"),
    "Stopped": (
        "os.kill(os.getpid(), signal.SIGTERM)",
        "a signal from outside stopped its process",
    ),
}


ALONE = ("Killed", "Ends", "Stopped")  # by a signal, by itself, with its results


@pytest.mark.parametrize(
    ("tags", "ways"),
    [("", [*WAYS]), *((EXCLUSIVE, [way]) for way in ALONE)],
    ids=["parallel", *(f"alone, {way}" for way in ALONE)],
)
def test_a_robot_that_dies(project: Project, tags: str, ways: list[str]) -> None:
    """In parallel each suite has a process of its own, so one death hides no other."""
    project.suite("1__alignment/a_quick.robot", tags + QUICK)
    for way in ways:
        rows = tags + DIES.format(how=WAYS[way][0])
        project.suite(f"2__performance_api/{way}.robot", rows)
    done = project.focus("run", "--processes", str(len(ways) + 1))
    _is_broken(done, project)
    statuses = _statuses(project)
    assert statuses.pop("Alignment.A Quick.Quick") == ("PASS", "")
    assert statuses.pop("Alignment.A Quick.Fails") == ("FAIL", "got 500.")
    for way in ways:
        name, cause = f"Performance Api.{way}", WAYS[way][1]
        assert statuses.pop(f"{name}.Before") == ("PASS", "")
        statuses.pop(f"{name}.Long")
        for row in ("Dies", "After"):
            status, message = statuses.pop(f"{name}.{row}")
            assert status == "FAIL"
            assert message.startswith(f"ERROR: not run: {cause}")
        assert f"cases not run: {cause}" in done.console
    assert statuses == {}


@pytest.mark.parametrize(
    ("victim", "number", "cause"),
    [
        ("run_pabot --command", signal.SIGKILL, "its process ended (signal 9)"),
        ("run_pabot --command", signal.SIGINT, "a signal from outside stopped pabot"),
        ("-m sandbox up", signal.SIGKILL, "the sandbox ended (signal 9)"),
    ],
)
def test_what_robots_stand_on_dies(
    project: Project, tmp_path: Path, victim: str, number: signal.Signals, cause: str
) -> None:
    mark = tmp_path / "mark"
    project.suite("1__alignment/a_waits.robot", WAITS.format(mark=mark))
    project.suite("2__performance_api/b_alone.robot", EXCLUSIVE + QUICK)
    with running(project, tmp_path / "tmp", "--processes", "2") as run:
        wait_until(mark.exists, "the waiting case runs")
        run.kill(number, victim)
        done = run.end()
        assert not run.all()
    _is_broken(done, project)
    if number is signal.SIGKILL:  # stopped, pabot ends its robots itself
        assert Path(f"{mark}.undone").exists(), "its tear-down was not run"
    statuses = _statuses(project)
    assert statuses["Alignment.A Waits.Before"] == ("PASS", "")
    for name in ("Waits", "After"):
        status, message = statuses[f"Alignment.A Waits.{name}"]
        assert (status, message.partition(cause)[0]) == ("FAIL", "ERROR: not run: "), message
    alone = statuses["Performance Api.B Alone.Quick"]
    assert alone[0] == ("PASS" if "pabot" in victim else "FAIL"), alone


@pytest.mark.parametrize("victim", ["-m focus_runs.run_robot", "-m sandbox up"])
def test_what_a_signal_halts_is_not_waited_for_for_ever(
    project: Project, tmp_path: Path, victim: str
) -> None:
    file = project.root / "runner" / "system" / "halts.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("HALTED_LIMIT = 30.0", "HALTED_LIMIT = 1.0"), encoding="utf-8")
    mark = tmp_path / "mark"
    project.suite("1__alignment/a_waits.robot", EXCLUSIVE + WAITS.format(mark=mark))
    with running(project, tmp_path / "tmp") as run:
        wait_until(mark.exists, "the waiting case runs")
        run.kill(signal.SIGSTOP, victim)
        done = run.end()
    _is_broken(done, project)
    status, message = _statuses(project)["Alignment.A Waits.Waits"]
    assert (status, message[:15]) == ("FAIL", "ERROR: not run:"), message
    assert "ended (signal 9)" in message


MEETS_A_HALT = """*** Test Cases ***
Before
    Fail    got 500.
Meets
    Evaluate    pathlib.Path(r'{mark}').touch()
    Wait Until Created    {mark}.on    80 s
    Fail    no answer within 2 s.
Passes
    No Operation
Long After
    Sleep    2.5 s
    No Operation
Fails Long After
    Fail    got 501.

*** Settings ***
Library    OperatingSystem
"""


@pytest.mark.parametrize(
    ("victim", "what", "tags"),
    [
        ("-m sandbox up", "the sandbox", EXCLUSIVE),
        ("-m focus_runs.run_robot", "a process of this run", ""),
    ],
)
def test_what_fails_during_a_halt_is_no_failure_of_the_product(
    project: Project, tmp_path: Path, victim: str, what: str, tags: str
) -> None:
    """Of a process that goes on again; what failed before it and long after it is as it was."""
    mark = tmp_path / "mark"
    rows = MEETS_A_HALT.format(mark=mark).replace("*** Settings ***", tags or "*** Settings ***", 1)
    project.suite("1__alignment/meets.robot", rows)
    with running(project, tmp_path / "tmp", "--processes", "2") as run:
        wait_until(mark.exists, "the case runs")
        (pid,) = set(run.started(victim)) - set(run.started("run_pabot"))
        os.kill(pid, signal.SIGSTOP)
        time.sleep(1.5)  # so long does the halt last
        os.kill(pid, signal.SIGCONT)
        Path(f"{mark}.on").touch()
        done = run.end()
    assert done.code == 3, done.console
    said = {name.rpartition(".")[2]: text for name, (_, text) in _statuses(project).items()}
    assert said["Meets"].startswith(f"ERROR: while this case ran, {what} was halted by a signal")
    assert said["Meets"].endswith("It said: no answer within 2 s.")
    assert said["Fails Long After"] == "got 501."
    assert f"{what} was halted" in project.outcome().metadata["Halted"]
    assert f"{what} was halted" in done.console


@pytest.mark.parametrize("late", [False, True], ids=["in parallel", "alone, seen late"])
def test_what_fails_after_the_sandbox_died_is_no_failure_of_the_product(
    project: Project, tmp_path: Path, late: bool
) -> None:
    """Also where the machine is so busy that the runner sees the death after all is over."""
    if late:
        file = project.root / "runner" / "suites" / "passes.py"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("LOOK = 0.1", "LOOK = 60.0"), encoding="utf-8")

    mark = tmp_path / "mark"
    rows = (
        f"{EXCLUSIVE if late else ''}*** Test Cases ***\nAsks\n"
        f"    Evaluate    pathlib.Path(r'{mark}').touch()\n"
        "    Wait Until Keyword Succeeds    60 s    50 ms    Gone\n"
        "    Fail    connection refused.\n\n*** Keywords ***\nGone\n"
        "    Run Keyword And Expect Error    *    Evaluate"
        "    urllib.request.urlopen('%{FOCUS_BASE_URL}')    modules=urllib.request\n"
    )
    project.suite("1__alignment/asks.robot", rows)
    with running(project, tmp_path / "tmp") as run:
        wait_until(mark.exists, "the case runs")
        run.kill(signal.SIGKILL, "-m sandbox up")
        done = run.end()
    _is_broken(done, project)
    ((status, message),) = _statuses(project).values()
    assert status == "FAIL"
    assert message.startswith("ERROR: ")
    assert "the sandbox ended (signal 9)" in message


def test_what_focus_started_ends_with_it(project: Project, tmp_path: Path) -> None:
    """Also what a signal halts, which cannot notice that it is to end."""
    project.suite("1__alignment/a_quick.robot", EXCLUSIVE + QUICK)
    assert project.focus("run").code == 1
    for name, tags in (
        ("parallel", ""),
        ("alone", EXCLUSIVE),
        ("halted", ""),
        ("halted alone", EXCLUSIVE),
    ):
        mark = tmp_path / name
        rows = tags + WAITS.format(mark=mark)
        project.suite(f"2__performance_api/{name}.robot", rows)
        with running(project, tmp_path / f"tmp {name}", "--", "--suite", name) as run:
            wait_until(mark.exists, "the waiting case runs")
            assert len(run.all()) >= 2
            for pid in run.started("-m focus_runs.run_robot") if "halted" in name else ():
                os.kill(pid, signal.SIGSTOP)  # with pabot, whose command names robot's
            run.process.kill()
            wait_until(lambda run=run: not run.all(), "everything has ended")
        assert Path(f"{mark}.undone").exists(), "its tear-down was not run"
        assert len(project.outcome().cases) == 2, "the results of the run before are what counts"
    with Results(project.results).of_this_run():
        pass
    assert not [*project.results.glob(".run-*")], "the folders of the killed runs were removed"


@pytest.mark.parametrize("damaged", ["def main_program(_):\n    return 0", "("])
def test_a_damaged_pabot(project: Project, tmp_path: Path, damaged: str) -> None:
    project.suite("1__alignment/a_quick.robot", QUICK)
    project.suite("2__performance_api/b_alone.robot", EXCLUSIVE + QUICK)
    package = tmp_path / "packages" / "pabot"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "pabot.py").write_text(damaged, encoding="utf-8")
    manager = "class ProcessManager:\n    pass\n"
    (package / "ProcessManager.py").write_text(manager, encoding="utf-8")
    done = project.focus("run", PYTHONPATH=str(package.parent))
    assert done.code == 255, done.console
    statuses = _statuses(project)
    for name in PARALLEL:
        assert statuses[name][0] == "FAIL"
        assert statuses[name][1].startswith("ERROR: not run: ")
    assert statuses["Performance Api.B Alone.Quick"] == ("PASS", "")


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        ("raise ImportError('x')", "A package is missing or damaged (ImportError: x). "),
        ("import no_such", "A package is missing or damaged (ModuleNotFoundError: No module "),
        ("(", "A package is missing or damaged (SyntaxError: "),
        ("main_program", "Its last words: "),
    ],
)
def test_the_last_words_of_what_is_damaged(damaged: str, said: str) -> None:
    done = processes.finished([sys.executable, "-I", "-S", "-c", damaged], os.environ)
    assert done.returncode == 1
    assert processes.last_words(done.stdout).startswith(said)


def test_a_damaged_robot(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/a_quick.robot", QUICK)
    package = tmp_path / "packages" / "robot"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    done = project.focus("run", PYTHONPATH=str(package.parent))
    assert done.code == 255, done.console
    assert "Traceback" not in done.console
    assert "package is missing or damaged (" in done.console


def test_a_report_that_cannot_be_written(project: Project) -> None:
    project.suite("1__alignment/a_quick.robot", EXCLUSIVE + QUICK)
    report = project.root / "libraries" / "focus_runs" / "report.py"
    text = report.read_text(encoding="utf-8")
    kill = "import os\nif __name__ == '__main__':\n    os.kill(os.getpid(), 9)\n"
    report.write_text(text.replace("import json\n", f"import json\n{kill}"), encoding="utf-8")
    done = project.focus("run")
    assert done.code == 255, done.console
    assert "could not write output.xml, log.html, report.html, xunit.xml" in done.console
    assert "2 cases: 1 passed, 1 failed" in done.console
    assert not (project.results / "report.html").exists()


def test_a_stopped_run_tells_not_run_from_failed(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    project.suite("1__alignment/a_waits.robot", WAITS.format(mark=mark))
    project.suite("2__performance_api/b_alone.robot", EXCLUSIVE + QUICK)
    with running(project, tmp_path / "tmp") as run:
        wait_until(mark.exists, "the waiting case runs")
        run_dir = run.run_dir
        run.process.send_signal(signal.SIGINT)
        done = run.end()
        assert not processes.marked_processes(run_dir)
    assert not run_dir.exists()
    assert done.code == 253, done.console
    statuses = _statuses(project)
    assert statuses.pop("Alignment.A Waits.Before") == ("PASS", "")
    ran = statuses.pop("Alignment.A Waits.Waits")
    assert ran == ("SKIP", "NOT RUN: stopped by SIGINT while it ran.")
    assert set(statuses.values()) == {("SKIP", "NOT RUN: stopped by SIGINT.")}
    assert len(statuses) == 3
    sentence = "Stopped by SIGINT: 4 cases not run"
    assert project.outcome().metadata["Stopped"] == sentence
    for name in ("report.html", "log.html", "xunit.xml"):
        assert sentence in (project.results / name).read_text(encoding="utf-8")
    assert sentence in done.console


def test_a_full_disk(project: Project, tmp_path: Path) -> None:
    """No file may be longer than some kilobytes: what a full disk does, without one."""
    project.suite("1__alignment/b_long.robot", QUICK + f"Long\n    Log    {'x' * 70_000}\n")
    limited = tmp_path / "limited.py"
    limited.write_text(
        "import resource, runpy, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "sys.argv = sys.argv[1:]\n"
        "sys.path.insert(0, sys.argv[0].rpartition('/')[0])\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n",
        encoding="utf-8",
    )
    done = project.run_script(limited, str(project.root / "focus.py"), "run")
    assert done.code == 255, done.console
    assert "Traceback" not in done.console
    assert "could not write" in done.console


def test_a_disk_that_becomes_full_during_a_run(tmp_path: Path) -> None:
    last = Results(tmp_path)
    last.output.write_text("of the last run", encoding="utf-8")
    said = pytest.raises(BrokenToolError, match=r"No space left.*MB left.*last results")
    with said, last.of_this_run():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert last.output.read_text(encoding="utf-8") == "of the last run"
    assert not [*tmp_path.glob(".run-*")]


STOPS = """import os
import signal


class Stops:
    ROBOT_LIBRARY_SCOPE = "GLOBAL"
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self):
        self.ROBOT_LIBRARY_LISTENER = self

    def end_test(self, data, result):
        if data.name == "Quick":
            os.kill(os.getpid(), signal.SIGTERM)
"""


def test_a_signal_between_two_cases(project: Project) -> None:
    """Robot itself counts the failures of what has run, and says nothing of a signal."""
    (project.root / "libraries" / "Stops.py").write_text(STOPS, encoding="utf-8")
    uses = "*** Settings ***\nLibrary    Stops\n"
    project.suite("1__alignment/beside.robot", uses + QUICK)
    project.suite("2__performance_api/alone.robot", uses + "Test Tags    exclusive\n" + QUICK)
    done = project.focus("run")
    _is_broken(done, project)
    for suite in ("Alignment.Beside", "Performance Api.Alone"):
        assert _statuses(project)[f"{suite}.Quick"] == ("PASS", "")
        status, message = _statuses(project)[f"{suite}.Fails"]
        assert status == "FAIL"
        assert message == "ERROR: not run: a signal from outside stopped its process"


def test_the_results_come_before_a_stop(capsys: pytest.CaptureFixture[str]) -> None:
    with processes.interruptible(), processes.stops_noted() as noted:
        signal.raise_signal(signal.SIGTERM)
        assert noted == ["SIGTERM"]
        assert "Stopped by SIGTERM: the results" in capsys.readouterr().out
        with pytest.raises(Interrupted):
            signal.raise_signal(signal.SIGINT)


def test_a_program_that_a_signal_halts_is_ended(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(processes, "HALTED_LIMIT", 0.2)
    halted = "import os, signal; print('before', flush=True); os.kill(os.getpid(), signal.SIGSTOP)"
    done = processes.finished([sys.executable, "-c", halted], os.environ)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "before\n")
    assert "was halted by a signal, so it is ended" in capsys.readouterr().out


def test_exit_on_failure_leaves_cases_not_run(project: Project) -> None:
    project.suite("1__alignment/a_quick.robot", EXCLUSIVE + QUICK + "Later\n    No Operation\n")
    done = project.focus("run", "--", "--exitonfailure")
    assert done.code == 1, done.console
    status, message = _statuses(project)["Alignment.A Quick.Later"]
    assert (status, message[:8]) == ("SKIP", "NOT RUN:")
