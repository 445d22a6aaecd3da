"""What is planned is judged before anything is executed or replaced."""

from pathlib import Path

import pytest
from small_project import Project

ROW = "*** Test Cases ***\n{}\n    No Operation\n"
NO_TARGETS = (
    "targets: []\nerror_rates: []\noutages: []\nwaivers: []\n"
    "gate_seconds: {sandbox: 1, others: 1}\n"
)
SAME = ROW.format("One row") + "{}\n    Fail    got 500.\n"


@pytest.mark.parametrize("second", ["One row", "one row", "ONE ROW", "One_Row", "\uff2fne row"])
def test_two_rows_of_one_name(project: Project, second: str) -> None:
    project.suite("1__alignment/rows.robot", SAME.format(second))
    done = project.focus("run")
    assert done.code == 252, done.console
    assert "robot/1__alignment/rows.robot:2 and robot/1__alignment/rows.robot:4" in done.console
    assert not project.results.exists()


LEFT_OUT = {
    "no UTF-8": ("*** Test Cases ***\nGro\xdf\n    No Operation\n".encode("latin-1"), 2, "UTF-8"),
    "UTF-16": ("*** Test Cases ***\nA\n    No Operation\n".encode("utf-16"), 1, "UTF-8"),
    "empty": (b"", 1, "has no case"),
    "no heading": (b"A\n    No Operation\n", 1, "has no case"),
    "wrong heading": (b"*** Test Casse ***\nA\n    No Operation\n", 1, "Test Casse"),
    "wrong setting": (
        b"*** Settings ***\nTest Setpu    X\n*** Test Cases ***\nA\n    Log    a\n",
        *(2, "Test Setpu"),
    ),
    "no name": (
        b"*** Settings ***\nTest Template    Log\n*** Test Cases ***\nA    a\n    b\n",
        *(5, "no name"),
    ),
    "one space": (
        b"*** Settings ***\nTest Template    Log\n*** Test Cases ***\nA a\n",
        *(4, "at least two spaces"),
    ),
    "one space, a cell below": (
        b"*** Test Cases ***\nA [Template] Log\n    Log    a\n",
        *(2, "at least two spaces"),
    ),
    "a character of no width": (
        "*** Test Cases ***\nA\n    Log    a\nA\u200b\n    Log    a\n".encode(),
        *(4, "cannot be seen (U+200B)"),
    ),
    "one in a cell": (
        "*** Settings ***\nTest Template    Log\n*** Test Cases ***\nA    5\u202e s\n".encode(),
        *(4, "cannot be seen (U+202E)"),
    ),
    "no-break spaces": (
        "*** Settings ***\nTest Template    Log\n*** Test Cases ***\nA\u00a0a\n".encode(),
        *(4, "at least two spaces"),
    ),
    "one space before a variable": (
        b"*** Test Cases ***\nA ${1}    Log    a\n",
        *(2, "at least two spaces"),
    ),
}


@pytest.mark.parametrize(("content", "line", "said"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_robot_would_leave_out_is_refused(
    project: Project, content: bytes, line: int, said: str
) -> None:
    project.suite("1__alignment/a.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    (project.root / "robot" / "1__alignment" / "b.robot").write_bytes(content)
    done = project.focus("run", "--", "--suite", "A")
    assert done.code == 252, done.console
    assert f"robot/1__alignment/b.robot:{line}: " in done.console
    assert said in done.console


def test_two_files_of_one_name(project: Project) -> None:
    project.suite("1__alignment/rows.robot", ROW.format("One row"))
    project.suite("1__alignment/02__rows.robot", ROW.format("One row"))
    done = project.focus("run", "--", "--include", "smoke")
    assert done.code == 252, done.console
    assert "robot/1__alignment/02__rows.robot:2" in done.console
    assert "robot/1__alignment/rows.robot:2" in done.console


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bogus"], "bogus"),
        (["--includ"], "needs a value"),
        (["--loglevel", "LOUD"], "LOUD"),
        (["--prerunmodifier", "NoSuchModule"], "NoSuchModule"),
        (["--chunk"], "its share of the suites"),
        (["--shard", "1/3"], "focus.py merge"),
        (["--argumentfile1", "x"], "run every case again"),
        (["-A", "none.args"], "none.args cannot be read"),
    ],
)
def test_options_that_are_refused(project: Project, words: list[str], said: str) -> None:
    project.suite("1__alignment/rows.robot", ROW.format("One row"))
    assert project.focus("run").code == 0
    done = project.focus("run", "--", *words)
    assert done.code == 252, done.console
    assert said in done.console
    assert "Traceback" not in done.console
    assert not (project.results / "previous").exists()


@pytest.mark.parametrize("way", ["words", "file", "ambient"])
def test_a_selection_counts_however_it_is_given(project: Project, way: str) -> None:
    for name in ("one", "two", "three"):
        project.suite(f"1__alignment/{name}.robot", ROW.format("Row") + ROW.format("Other")[19:])
    (project.root / "chosen.args").write_text("# mine\n--suite Two\n--test=*.Row\n")
    words = {"words": ["--", "-sTwo", "--te", "*.Row"], "file": ["--", "-Achosen.args"]}
    env = {"ROBOT_OPTIONS": "--suite Two --test '*.Row'"} if way == "ambient" else {}
    done = project.focus("run", *words.get(way, []), **env)
    assert done.code == 0, done.console
    assert list(project.outcome().cases) == ["Focus Server.Alignment.Two.Row"]


def test_single_cases_run_in_shares_too(project: Project) -> None:
    for name in "abcdef":
        project.suite(f"1__alignment/{name}.robot", ROW.format("Row") + ROW.format("Other")[19:])
    done = project.focus("run", "--processes", "2", "--", "--test", "*.Row")
    assert done.code == 0, done.console
    assert len(project.outcome().cases) == 6
    assert len([*Path(project.results, "passes/1-parallel/pabot_results").glob("*/")]) == 2


def test_another_name_of_the_root(project: Project) -> None:
    project.suite("1__alignment/rows.robot", ROW.format("One row"))
    project.suite(
        "2__x/alone.robot", "*** Settings ***\nTest Tags    exclusive\n\n" + ROW.format("A")
    )
    assert project.focus("run", "--", "--name", "My run").code == 0
    assert list(project.outcome().cases) == ["My run.Alignment.Rows.One row", "My run.X.Alone.A"]


def test_values_of_variables_are_not_kept(project: Project) -> None:
    project.suite("1__alignment/rows.robot", ROW.format("One row"))
    assert project.focus("run", "--", "-v", "TOKEN:s3cr3t-v4lue").code == 0
    written = [path for path in project.results.rglob("*") if path.is_file()]
    assert not [path for path in written if b"s3cr3t-v4lue" in path.read_bytes()]


BUG = """never_excused: ['*latency*']
never_excused_messages: ['grpc-job-']
bugs:
  - {{ticket: PZ-1, environments: [sandbox], cases: ['{}'], since: 2025-12-01, message: got 500,
     reason: not built}}
"""
ENDPOINTS = "endpoints:\n  GET /channels: {{case: '{}'}}\n  GET /ack: {{reason: none}}\n"


@pytest.mark.parametrize(
    ("file", "text", "case"),
    [
        ("known_bugs.yaml", BUG, "Focus Server.Alignment.Rows.One rou"),
        ("known_bugs.yaml", BUG, "One row"),
        ("known_bugs.yaml", BUG, "*.Rows.Two *"),
        ("endpoints.yaml", ENDPOINTS, "rows / One rou"),
        ("endpoints.yaml", ENDPOINTS, "row / One row"),
    ],
)
def test_a_named_case_that_is_not_there(project: Project, file: str, text: str, case: str) -> None:
    project.suite("1__alignment/rows.robot", ROW.format("One row"))
    (project.root / "variables" / "thresholds.yaml").write_text(NO_TARGETS, encoding="utf-8")
    (project.root / "variables" / file).write_text(text.format(case), encoding="utf-8")
    done = project.focus("run")
    assert done.code == 252, done.console
    assert f"names the case '{case}', but there is no such case" in done.console


@pytest.mark.parametrize(
    ("file", "text", "case"),
    [
        ("known_bugs.yaml", BUG, "focus server.alignment.rows.one row"),
        ("known_bugs.yaml", BUG, "*.Rows.* row"),
        ("endpoints.yaml", ENDPOINTS, "rows / One row"),
    ],
)
def test_a_named_case_need_not_be_selected(
    project: Project, file: str, text: str, case: str
) -> None:
    project.suite("1__alignment/rows.robot", ROW.format("One row"))
    project.suite("1__alignment/others.robot", ROW.format("Another"))
    (project.root / "variables" / "thresholds.yaml").write_text(NO_TARGETS, encoding="utf-8")
    (project.root / "variables" / file).write_text(text.format(case), encoding="utf-8")
    done = project.focus("run", "--", "--suite", "Others")
    assert done.code == 0, done.console
