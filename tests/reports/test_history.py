"""The history: what a run adds to it, what the page says of it, and what it refuses."""

from pathlib import Path

import pytest
from robot.run import run_cli

from reports.history.__main__ import main
from reports.history.page import history_page
from reports.history.record import CaseVerdict, EndpointLatency, Run, read_run
from reports.history.store import History

SUITE = """\
*** Test Cases ***
Fast
    [Tags]    PZ-1
    Set Test Metadata    P50 GET /channels    {p50} ms
    Set Test Metadata    P95 GET /channels    20.5 ms
    Set Test Metadata    P99 GET /channels    1.5 s (of 10 samples, 300 are needed)
Sometimes
    [Tags]    PZ-2
    Should Be Equal    {sometimes}    yes
Known
    Skip    KNOWN BUG PZ-3: the port is text.
Undecided
    Skip    UNDETERMINED: nobody knows <b>why</b>.
"""


@pytest.fixture
def output(tmp_path: Path):
    def made(sometimes: str = "yes", p50: float = 10.25) -> Path:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        suite = folder / "suite.robot"
        suite.write_text(SUITE.format(sometimes=sometimes, p50=p50), encoding="utf-8")
        quiet = ["--console", "none", "--log", "NONE", "--report", "NONE"]
        about = ["--metadata", "Commit:1bfe8e5", "--metadata", "Environment:staging (https://x)"]
        run_cli([*quiet, *about, "-d", str(folder), str(suite)], exit=False)
        return folder / "output.xml"

    return made


def test_a_run_is_read_with_its_verdicts_and_percentiles(output) -> None:
    run = read_run(output(sometimes="no"))
    assert (run.commit, run.environment) == ("1bfe8e5", "staging")
    assert dict(run.counts) == {"PASS": 1, "FAIL": 1, "SKIP": 2}
    assert run.known_bugs == ["PZ-3"]
    [endpoint] = run.endpoints
    assert endpoint.name == "GET /channels"
    assert endpoint.percentiles == {"P50": 10.25, "P95": 20.5, "P99": 1500.0}


def test_a_run_is_kept_once(output, tmp_path: Path) -> None:
    history = History(tmp_path / "kept" / "history.sqlite")
    run = read_run(output())
    assert [history.add(run), history.add(run)] == [True, False]
    assert history.rows("SELECT COUNT(*) AS n FROM verdict")[0]["n"] == 4


FOREIGN = "a\x00\x1b[31m\ud800\u202e'\";--<script>" + "z" * 2**20


def test_foreign_text_is_safe_in_the_file_and_on_the_page(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    for day, status in enumerate(("PASS", "FAIL", FOREIGN), start=1):
        verdicts = (CaseVerdict(FOREIGN, status, FOREIGN, (FOREIGN,)),)
        latency = (EndpointLatency(FOREIGN, FOREIGN, {"P95": 1.0}),)
        about = (f"2026-01-0{day}T00:00:00", FOREIGN, FOREIGN, FOREIGN)
        history.add(Run(*about, verdicts, latency, None))
    text = history_page(history, None)
    text.encode()
    assert len(text) < 100_000
    assert "<script>" not in text
    assert not {"\x00", "\x1b", "\ud800"} & set(text)


def test_the_page_tells_a_story_without_network(output, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "history"
    files = [str(output()), str(output(sometimes="no", p50=12))]
    assert main([*files, "--folder", str(folder)]) == 0
    assert "2 of 2 runs are new" in capsys.readouterr().out
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "covered 4 cases" in text
    assert "1 UNDETERMINED" in text
    assert "Last: P50 12.0 ms, P95 20.5 ms, P99 1500.0 ms" in text
    assert "Suite.Sometimes" in text.split("changed their mind")[1].split("<h2>")[0]
    assert "PZ-2" in text.split("Tickets that reproduce")[1]
    assert "<polyline" in text
    assert "http" not in text.replace("https://x", "")


@pytest.mark.parametrize("content", ["", "<robot>", "<html></html>", "\0\1", None])
def test_what_is_no_result_is_refused_in_a_sentence(
    content: str | None, tmp_path: Path, capsys
) -> None:
    file = tmp_path / "output.xml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert main([str(file), "--folder", str(tmp_path / "history")]) == 252
    assert f"{file} " in capsys.readouterr().err
    assert not (tmp_path / "history").exists()


@pytest.mark.parametrize("name", ["file", "folder/history.sqlite"])
def test_a_folder_that_cannot_hold_it_is_refused(output, tmp_path: Path, capsys, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("junk", encoding="utf-8")
    folder = tmp_path / name.partition("/")[0]
    assert main([str(output()), "--folder", str(folder)]) == 252
    assert "cannot hold it" in capsys.readouterr().err


def test_a_page_of_somebody_else_is_left_as_it_is(output, tmp_path: Path, capsys) -> None:
    page = tmp_path / "index.html"
    page.write_text("mine", encoding="utf-8")
    assert main([str(output()), "--folder", str(tmp_path)]) == 252
    assert f"{page} holds what this command did not write" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("content", ["{}", "null", '{"kill', "[]", '{"kill_rate": "all"}', "\0"])
def test_a_damaged_proof_is_named(output, tmp_path: Path, capsys, content: str) -> None:
    file = output()
    (file.parent / "proof").mkdir()
    (file.parent / "proof" / "summary.json").write_text(content, encoding="utf-8")
    assert main([str(file), "--folder", str(tmp_path / "history")]) == 252
    assert f"{Path('proof') / 'summary.json'} " in capsys.readouterr().err


def test_a_status_that_robot_does_not_know_is_told(tmp_path: Path, capsys) -> None:
    file = tmp_path / "output.xml"
    case = '<test id="s1-t1" name="One"><status status="MAYBE"/></test>'
    suite = f'<suite id="s1" name="S">{case}<status status="PASS"/></suite>'
    file.write_text(f'<robot schemaversion="5">{suite}</robot>', encoding="utf-8")
    assert main([str(file), "--folder", str(tmp_path / "history")]) == 252
    assert f"{file} cannot be read as a result of Robot" in capsys.readouterr().err
