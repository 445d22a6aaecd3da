"""A cut output keeps its finished cases, wherever it was cut."""

from pathlib import Path

import pytest
from robot.api import ExecutionResult
from robot.running import TestSuite as Suite

from focus_runs.report import united
from runner.cases import read_outcome
from runner.problem import ProblemError
from runner.suites.mending import whole

CASES = 6


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of a run with two suites of three cases."""
    folder = tmp_path_factory.mktemp("whole")
    root = Suite("Root")
    for name in ("One", "Two"):
        suite = root.suites.create(name)
        for number in range(CASES // 2):
            case = suite.tests.create(f"Case {number}")
            case.body.create_keyword("Log", args=["ä <test> & </test> ]]>"])
    root.run(output=folder / "output.xml", stdout=None, log=None, report=None)
    return (folder / "output.xml").read_bytes()


def test_a_whole_output_is_left_alone(output: bytes, tmp_path: Path) -> None:
    file = tmp_path / "output.xml"
    file.write_bytes(output)
    assert whole(file) == file
    assert whole(tmp_path / "none.xml") is None


def test_every_cut_is_mended(output: bytes, tmp_path: Path) -> None:
    file = tmp_path / "output.xml"
    ends = [at for at in range(len(output)) if output.startswith(b"</test>", at)]
    kept = []
    for length in range(0, len(output), 37):
        file.write_bytes(output[:length])
        finished = sum(end + len(b"</test>") <= length for end in ends)
        mended = whole(file)
        cases = read_outcome([mended]).cases if mended else {}
        assert len(cases) == finished
        kept.append(finished)
    assert {0, CASES} <= set(kept)


def test_robot_reads_what_is_mended(output: bytes, tmp_path: Path) -> None:
    file = tmp_path / "output.xml"
    file.write_bytes(output[: output.rindex(b"</test>") + 12])
    mended = whole(file)
    assert mended is not None
    result = ExecutionResult(mended)
    assert result.suite.statistics.total == CASES


BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
DAMAGED = {
    "entities": BOMB + b"<robot><suite name='&b;'/></robot>",
    "entities in two bytes": (BOMB + b"<robot/>").decode().encode("utf-16"),
    "an unknown encoding": b"<?xml version='1.0' encoding='nonsense'?><robot/>",
    "cut": b"<robot><suite",
    "no status": b"<robot><suite><test name='a'/></suite></robot>",
    "no time": b"<robot><suite><test><status elapsed='soon'/></test></suite></robot>",
    "no date": b"<robot><suite><test><status start='today'/></test></suite></robot>",
    "too late": b"<robot><suite><test><status start='2025-01-01' elapsed='1e308'/></test></suite>"
    b"</robot>",
    "deep": b"<robot>" + b"<suite>" * 5000 + b"</suite>" * 5000 + b"</robot>",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_cannot_be_read_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "output.xml"
    file.write_bytes(content)
    with pytest.raises(ProblemError, match="damaged or cut"):
        read_outcome([file])
    with pytest.raises(ProblemError, match="damaged or cut"):
        read_outcome([tmp_path])


@pytest.mark.parametrize("rubbish", [b"", b"\0" * 100, b"<robot>", b"<html></html>", b"\xff\xfe<"])
def test_what_is_no_output(rubbish: bytes, tmp_path: Path) -> None:
    file = tmp_path / "output.xml"
    file.write_bytes(rubbish)
    mended = whole(file)
    assert mended is None or read_outcome([mended]).cases == {}


def test_an_output_that_robot_cannot_read_costs_its_own_cases_only(
    output: bytes, tmp_path: Path
) -> None:
    (tmp_path / "good").mkdir()
    good, damaged = tmp_path / "good" / "output.xml", tmp_path / "output.xml"
    good.write_bytes(output)
    damaged.write_bytes(output.replace(b"<test ", b"<tset ").replace(b"</test>", b"</tset>"))
    result, unreadable = united([damaged, good], "Root")
    assert result.suite.statistics.total == CASES
    assert len(unreadable) == 1
    assert "Incompatible child element 'tset'" in unreadable[0]
