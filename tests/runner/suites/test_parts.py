"""The parts that decide something: exit codes, options, and what the runner may import."""

import ast
import re
import sys
from pathlib import Path

import pytest
from robot.run import RobotFramework

from runner import ambient
from runner.cases import Case, RunResult
from runner.problem import ProblemError
from runner.suites import robot_options
from runner.suites.passes import Part, PassEnd
from runner.suites.plan import RunPlan
from runner.suites.results import Results
from runner.suites.verdicts import compared
from runner.summary import console

ROOT = Path(__file__).resolve().parents[3]
READERS = ("libraries", "runner", "sandbox", "reports")
OF_OUR_TESTS = {"FOCUS_FUZZ", "FOCUS_CLUSTER_ADMIN"}


def test_options_are_told_apart() -> None:
    words = ["--ordering", __file__, "dynamic", "skip", "--test", "A B", "--testlevelsplit", "-X"]
    options = robot_options.parse([*words, "--include=smoke", "--artifacts", "csv"])
    assert options.pabot == (*words[:4], "--testlevelsplit", "--artifacts", "csv")
    assert options.robot == ("--test", "A B", "-X", "--include=smoke")


def test_an_option_without_its_value_is_refused() -> None:
    with pytest.raises(ProblemError, match="needs a value"):
        robot_options.parse(["--test"])


@pytest.mark.parametrize(
    "words",
    [["-v", "environment:a"], ["-venvironment:a"], ["--variable=ENVIRONMENT:a"]],
)
def test_variable_is_found_however_it_is_written(words: list[str]) -> None:
    assert robot_options.parse(words).variable("ENVIRONMENT") == "a"


def test_flags_are_those_of_robot() -> None:
    parser = RobotFramework()._ap
    known = {name.removeprefix("no") for name in parser._flag_opts} - {"help", "version"}
    assert {name.removeprefix("no") for name in robot_options.ROBOT_FLAGS} == known


def test_the_runner_needs_nothing_but_python() -> None:
    for file in [ROOT / "focus.py", *(ROOT / "runner").rglob("*.py")]:
        imported = {name.split(".")[0] for name in _imported(file)}
        assert imported <= {*sys.stdlib_module_names, "runner"}, file


def test_every_variable_that_is_read_is_known() -> None:
    """And every known one is read: what is not in the list is refused or told as a slip."""
    files = [file for room in READERS for file in (ROOT / room).rglob("*.py")]
    texts = [file.read_text(encoding="utf-8") for file in files if file.name != "ambient.py"]
    read = {name for text in texts for name in re.findall(r"[\"'](FOCUS_[A-Z_]+)[\"']", text)}
    assert read | OF_OUR_TESTS == ambient.KNOWN


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FOCUS_BASE_ULR", "FOCUS_BASE_URL"),
        ("FOCUS_base_url", "FOCUS_BASE_URL"),
        ("FOCUS_KUBE_CONFIG", "FOCUS_KUBECONFIG"),
        ("FOCUS_SEEDS", "FOCUS_SEED"),
        ("focus_pzprofile", "FOCUS_PZ_PROFILE"),
    ],
)
def test_a_variable_that_is_a_slip_is_refused(monkeypatch, name: str, meant: str) -> None:
    monkeypatch.setenv(name, "hunter2")
    with pytest.raises(ProblemError, match=f"{name} is not known; {meant} is meant") as caught:
        ambient.unread_variables()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "nearest"), [("FOCUS_ENV", "FOCUS_ENVIRONMENT"), ("FOCUS_URL", "FOCUS_BASE_URL")]
)
def test_a_variable_that_nobody_reads_is_told(monkeypatch, name: str, nearest: str) -> None:
    monkeypatch.setenv(name, "x")
    assert ambient.unread_variables() == [
        f"{name} is read by nobody; the nearest variable is {nearest}."
    ]


def test_an_old_python_can_read_the_sentence_that_refuses_it() -> None:
    ast.parse((ROOT / "focus.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def test_a_deviating_form_is_counted_once(tmp_path: Path) -> None:
    form = "stream_port: port as text"
    cases = {
        name: Case(name, "PASS", "", metadata={"Converted": f"{form}; b" if name == "1" else form})
        for name in "123"
    }
    outcome = RunResult(cases, {})
    assert outcome.conversions == {form: 3, "b": 1}
    said = console(outcome, Results(tmp_path), None)
    assert said.count(f"read as meant: {form}, in 3 cases") == 1


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        (["11.17"], "11.17"),
        (["11.17", "11.17"], "11.17"),
        (["11.17", "11.18"], "11.17, later 11.18: not all cases judged the same server"),
    ],
)
def test_a_server_that_was_changed_in_the_midst_of_a_run_is_told(
    versions: list[str], told: str
) -> None:
    plan = RunPlan("Root", ())
    parts = tuple(Part(0, metadata={"Server version": each}, is_whole=True) for each in versions)
    found = compared(plan, [PassEnd("1", plan, 0, parts)], "", None, codes=True)
    assert found.metadata == {"Server version": told}
