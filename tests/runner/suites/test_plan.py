"""What is planned is judged before anything is executed or replaced."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from small_project import Project

from runner.problem import ProblemError
from runner.suites import robot_options

EXCLUSIVE = "*** Settings ***\nTest Tags    exclusive\n\n"
ROW = "*** Test Cases ***\n{}\n    No Operation\n"
NO_TARGETS = (
    "targets: []\nerror_rates: []\noutages: []\nwaivers: []\n"
    "gate_seconds: {sandbox: 1, others: 1}\n"
)
SECONDS = ("One row", "one row", "ONE ROW", "One_Row", "\uff2fne row")


def test_two_rows_of_one_name(project: Project) -> None:
    for number, second in enumerate(SECONDS):
        rows = ROW.format("One row") + f"{second}\n    Fail    got 500.\n"
        project.suite(f"1__alignment/rows{number}.robot", rows)
    project.suite("1__alignment/same.robot", ROW.format("One row"))
    project.suite("1__alignment/02__same.robot", ROW.format("One row"))
    done = project.focus("run", "--", "--include", "smoke")
    assert done.code == 252, done.console
    for number in range(len(SECONDS)):
        file = f"robot/1__alignment/rows{number}.robot"
        assert f"{file}:2 and {file}:4" in done.console
    two_files = {f"robot/1__alignment/{name}.robot:2" for name in ("same", "02__same")}
    assert all(place in done.console for place in two_files)
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
    "comments below cases": (
        b"*** Test Cases ***\nA\n    Log    a\n***comments***\nB\n    Log    b\n",
        *(4, "is left out"),
    ),
    "comments below a table": (
        b"*** Test Cases ***    A\nA\n    Log    a\n*** Comments ***    A\nB\n    Log    b\n",
        *(4, "is left out"),
    ),
    "comments in German": (
        b"Language: de\n*** Testf\xc3\xa4lle ***\nA\n    Log    a\n*** Kommentare ***\nB\n",
        *(5, "is left out"),
    ),
    "an unknown section": (
        b"*** Test Cases ***\nA\n    Log    a\n*** Tests Cases ***\nB\n    Log    b\n",
        *(4, "is left out"),
    ),
    "a row above": (
        b"# why\n    # and how\nB    Log    b\n*** Test Cases ***\nA\n    Log    a\n",
        *(3, "above the first section is left out"),
    ),
    "a row below keywords": (
        b"*** Test Cases ***\nA\n    Its\n*** Keywords ***\nIts\n    Log    a\nB    Log    b\n",
        *(7, "'B' stands among keywords, so it is no case"),
    ),
    "a tag written otherwise": (
        b"*** Test Cases ***\nA\n    [Tags]    Robot: Skip\n    Log    a\n",
        *(2, "has the tag robot:skip"),
    ),
    "a tag that is not known": (
        b"*** Test Cases ***\nA\n    [Tags]    ${X}\n    Log    a\n",
        *(2, "has the tag ${X}: cases are chosen"),
    ),
    **{
        f"tag {tag}": (
            f"*** Test Cases ***\nA\n    [Tags]    robot:{tag}\n    Log    a\n".encode(),
            *(2, f"has the tag robot:{tag}"),
        )
        for tag in ("exit", "exclude", "skip", "skip-on-failure")
    },
    "one space before a variable": (
        b"*** Test Cases ***\nA ${1}    Log    a\n",
        *(2, "at least two spaces"),
    ),
}


@pytest.mark.parametrize("wanted", [True, False], ids=["text in UTF-8", "other bytes"])
def test_what_robot_would_leave_out_is_refused(project: Project, wanted: bool) -> None:
    project.suite("1__alignment/a.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    bad = {kind: each for kind, each in LEFT_OUT.items() if (each[2] != "UTF-8") is wanted}
    for kind, (content, _, _) in bad.items():
        (project.root / "robot" / "1__alignment" / f"{kind}.robot").write_bytes(content)
    done = project.focus("run", "--", "--suite", "A")
    assert done.code == 252, done.console
    for kind, (_, line, said) in bad.items():
        assert re.search(f"{kind}.robot:{line}: .*{re.escape(said)}", done.console), kind


@pytest.mark.skipif(os.name == "nt", reason="no file can have such a name")
@pytest.mark.parametrize("name", ["[new] rows", "a*b", "what?", "two\nlines"])
def test_a_suite_by_whose_name_none_could_be_chosen(project: Project, name: str) -> None:
    project.suite(f"1__alignment/{name}.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    done = project.focus("run")
    assert done.code == 252, done.console
    assert "a name of suites cannot hold" in done.console


REFUSED_WORDS = {
    ("--includ",): "needs a value",
    ("--chunk",): "its share of the suites",
    ("--shard", "1/3"): "focus.py merge",
    ("--argumentfile1", "x"): "run every case again",
    ("-A", "none.args"): "none.args cannot be read",
}


def test_options_that_are_refused() -> None:
    for words, said in REFUSED_WORDS.items():
        with pytest.raises(ProblemError, match=said):
            robot_options.parse(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--skiponfailure", "smoke"), "'--skiponfailure' would turn failures into SKIPs"),
        (("--settag", "robot:exit"), "'Row' has the tag robot:exit"),
        (("--settag", "Robot:Skip-On-Failure"), "turns its failure into a SKIP"),
    ],
)
def test_no_option_makes_other_results_of_failures(project: Project, words, said) -> None:
    project.suite("1__alignment/a.robot", ROW.format("Row"))
    done = project.focus("run", "--", *words)
    assert done.code == 252, done.console
    assert said in done.console


def test_single_cases_run_in_shares_too(project: Project) -> None:
    """With another name of the root, and a value that may be secret in nothing that is kept."""
    for name in "abcdef":
        project.suite(f"1__alignment/{name}.robot", ROW.format("Row") + ROW.format("Other")[19:])
    project.suite("2__x/alone.robot", EXCLUSIVE + ROW.format("Row"))
    words = ("--test", "*.Row", "--name", "My run", "-v", "TOKEN:s3cr3t-v4lue")
    done = project.focus("run", "--processes", "2", "--", *words)
    assert done.code == 0, done.console
    parallel = [f"My run.Alignment.{name}.Row" for name in "ABCDEF"]
    assert list(project.outcome().cases) == [*parallel, "My run.X.Alone.Row"]
    assert len([*Path(project.results, "passes/1-parallel/pabot_results").glob("*/")]) == 2
    written = [path for path in project.results.rglob("*") if path.is_file()]
    assert not [path for path in written if b"s3cr3t-v4lue" in path.read_bytes()]


BUGS = """never_excused: ['*latency*']
never_excused_messages: ['grpc-job-']
bugs:
  - {{ticket: PZ-1, environments: [sandbox], cases: {}, since: 2025-12-01, message: got 500,
     reason: not built}}
"""
ENDPOINTS = """endpoints:
  GET /channels: {{case: '{}'}}
  GET /sensors: {{case: '{}'}}
  GET /ack: {{reason: none}}
"""


def _names(project: Project, bugs: list[str], endpoints: list[str]) -> None:
    """Let the data files of the project name these cases."""
    variables = project.root / "variables"
    (variables / "thresholds.yaml").write_text(NO_TARGETS, encoding="utf-8")
    (variables / "known_bugs.yaml").write_text(BUGS.format(bugs), encoding="utf-8")
    (variables / "endpoints.yaml").write_text(ENDPOINTS.format(*endpoints), encoding="utf-8")


def test_named_cases_that_are_not_there(project: Project) -> None:
    project.suite("1__alignment/rows.robot", ROW.format("One row"))
    bugs = ["Focus Server.Alignment.Rows.One rou", "One row", "*.Rows.Two *"]
    endpoints = ["rows / One rou", "row / One row"]
    _names(project, bugs, endpoints)
    done = project.focus("run")
    assert done.code == 252, done.console
    for case in (*bugs, *endpoints):
        assert f"names the case '{case}', but there is no such case" in done.console


def test_a_selection_counts_however_it_is_given(project: Project) -> None:
    """And a case that a data file names need not be among the chosen ones."""
    for name in ("one", "two", "three"):
        rows = EXCLUSIVE + ROW.format("Row") + ROW.format("Other")[19:]
        project.suite(f"1__alignment/{name}.robot", rows)
    (project.root / "chosen.args").write_text("# mine\n--suite Two\n", encoding="utf-8")
    bugs = ["focus server.alignment.one.row", "*.One.Oth*"]
    _names(project, bugs, ["one / Row", "two / Row"])
    words = ("--", "-Achosen.args", "--te", "*.Row")
    done = project.focus("run", *words, ROBOT_OPTIONS="-sThree --exclude 'no such'")
    assert done.code == 0, done.console
    expected = [f"Focus Server.Alignment.{name}.Row" for name in ("Three", "Two")]
    assert list(project.outcome().cases) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="makes links")
def test_no_suite_is_come_to_twice(project: Project, tmp_path: Path) -> None:
    """Robot follows links, also into the folder in which they stand."""
    project.suite("1__alignment/a.robot", ROW.format("Row"))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.robot").write_text(ROW.format("Row"), encoding="utf-8")
    folder = project.root / "robot" / "1__alignment"
    harmless = {"mine": outside, "none.txt": "a.robot", ".up": "..", "dangling": "nothing"}
    refused = {"up": "..", "self": ".", "again.robot": "a.robot", "above": "../.."}
    for name, target in {**harmless, **refused}.items():
        (folder / name).symlink_to(target)
    done = project.focus("run")
    assert done.code == 252, done.console
    for name in refused:
        assert f"robot/1__alignment/{name}: this link leads to " in done.console
        (folder / name).unlink()
    assert all(f"{name}: this" not in done.console for name in harmless)
    assert "2 cases: 2 passed" in project.focus("run", "--", "--dryrun").console


def test_a_data_file_that_is_missing_is_no_option(project: Project) -> None:
    project.suite("1__alignment/a.robot", ROW.format("Row"))
    (project.root / "variables" / "tickets.yaml").unlink()
    for words in ([], ["--", "--suite", "A"]):
        done = project.focus("run", *words)
        assert done.code == 252, done.console
        assert "focus.py: cannot read " in done.console
        assert "tickets.yaml: No such file" in done.console
        assert "after --" not in done.console


def test_options_are_blamed_where_there_are_some(project: Project) -> None:
    shutil.rmtree(project.root / "robot")
    assert "robot refuses to list the cases: " in project.focus("run").console
    assert "robot refuses what stands after --: " in project.focus("run", "--", "-X").console
