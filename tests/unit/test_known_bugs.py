"""Which failure a ticket may excuse."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from focus_engine.declared.known_bugs import (
    Excuse,
    FinishedCase,
    KnownBugs,
    NoLongerReproduces,
    judge,
    read_known_bugs,
)
from focus_engine.decoding import bounded_pattern
from focus_engine.verdict import ToolError

ENTRY = {
    "ticket": "PZ-1",
    "environments": ["staging"],
    "cases": ["Focus Server.Alignment.Time *"],
    "since": date(2025, 12, 1),
    "message": "got 5\\d\\d",
    "reason": "not built yet",
}
TOO_BROAD = (
    *(
        "(",
        "a{%s}" % ("9" * 30),
        "",
        ".",
        ".*",
        r"\w",
        "(?s).+",
        "x?|y",
        "..",
        ".{9}",
        r"\d+",
        "[A-Z]",
        r"\bs",
        " ",
    ),
    *("should be", "but the server answered", "answered [0-9]", "GET /"),
    *("POST", "/configure", "should be rej", "answered [45]", "rejected|accepted", "the server"),
    *("should be accepted", "422", "answered (404|500)"),
)
MESSAGE = "expected 400 or 422, got 500."


def _case(**changes: object) -> FinishedCase:
    values = {
        "name": "Focus Server.Alignment.Time Range.End before start",
        "tags": ["high"],
        "status": "FAIL",
        "message": MESSAGE,
        "fixture_failed": False,
    }
    return FinishedCase(**(values | changes))  # type: ignore[arg-type]


def _bugs(tmp_path: Path, **changes: object) -> KnownBugs:
    file = tmp_path / "known_bugs.yaml"
    content = {
        "never_excused": ["*Channel Range*"],
        "never_excused_messages": ["grpc-job-"],
        "bugs": [ENTRY | changes],
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return read_known_bugs(file)


def test_a_matching_failure_is_excused_with_its_ticket(tmp_path: Path) -> None:
    finding = judge(_bugs(tmp_path), "staging", _case())
    assert isinstance(finding, Excuse)
    assert finding.message(MESSAGE) == f"KNOWN BUG PZ-1: {MESSAGE}"


def test_an_environment_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="PZ-1 names environment 'stagnig', which is not known"):
        _bugs(tmp_path, environments=["staging", "stagnig"])


def test_a_job_left_behind_is_never_excused(tmp_path: Path) -> None:
    left = _case(message=f"{MESSAGE}\ngrpc-job-1-7 was started although the request was refused.")
    assert judge(_bugs(tmp_path, message="grpc-job"), "staging", left) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"message": "expected 400 or 422, got 200."},
        {"message": f"ERROR: {MESSAGE}"},
        {"message": f"Setup failed:\n{MESSAGE}"},
        {"message": f"Parent suite setup failed:\n{MESSAGE}"},
        {"message": f"{MESSAGE}\n\nAlso teardown failed:\nx"},
        {"message": f"{MESSAGE}\n\nAlso parent suite teardown failed:\nx"},
        {"message": f"Several failures occurred:\n\n1) {MESSAGE}\n\n2) ERROR: x"},
        {"fixture_failed": True},
        {"tags": ["plan"]},
        {"name": "Focus Server.Alignment.View Type.999"},
        {"status": "SKIP"},
    ],
)
def test_any_other_verdict_stands(tmp_path: Path, changes: dict[str, object]) -> None:
    assert judge(_bugs(tmp_path), "staging", _case(**changes)) is None


def test_another_environment_is_not_excused(tmp_path: Path) -> None:
    assert judge(_bugs(tmp_path), "sandbox", _case()) is None


def test_a_listed_case_that_passes_no_longer_reproduces(tmp_path: Path) -> None:
    finding = judge(_bugs(tmp_path), "staging", _case(status="PASS", message=""))
    assert isinstance(finding, NoLongerReproduces)
    assert finding.note("A.B") == "PZ-1 no longer reproduces: A.B"


@pytest.mark.parametrize("pattern", ["*", "Focus Server.Alignment.Channel Range Rejected.*"])
def test_what_the_plan_demands_cannot_be_listed(tmp_path: Path, pattern: str) -> None:
    said = r"yaml: line \d+: key 'bugs\.0': PZ-1 excuses .* improvement plan demands"
    with pytest.raises(ToolError, match=said):
        _bugs(tmp_path, cases=[pattern])


@pytest.mark.parametrize("pattern", ["*Range.End before *", "*.Time Range.*", "Focus*Range*start"])
def test_a_case_that_the_plan_demands_is_not_excused_however_it_is_listed(
    tmp_path: Path, pattern: str
) -> None:
    """Two patterns may fit one name and neither the other."""
    file = tmp_path / "known_bugs.yaml"
    content = {
        "never_excused": ["Focus Server.Alignment.*"],
        "never_excused_messages": ["grpc-job-"],
        "bugs": [ENTRY | {"cases": [pattern]}],
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert judge(read_known_bugs(file), "staging", _case()) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("ticket", "BUG-1"), ("ticket", "PZ-٣"), ("cases", []), ("since", "soon")),
        ("since", datetime.now(UTC).date() + timedelta(days=2)),
        *(("message", pattern) for pattern in TOO_BROAD),
    ],
)
def test_a_wrong_entry_is_refused_by_its_key(tmp_path: Path, key: str, value: object) -> None:
    with pytest.raises(ToolError, match=rf"bugs\.0\.{key}"):
        _bugs(tmp_path, **{key: value})


@pytest.mark.parametrize(
    "message",
    ["accepted it: 200", "answered 50[03]", "channels.min=0 .* answered 404", "job_id is 7"],
)
def test_a_message_that_says_what_went_wrong_is_taken(tmp_path: Path, message: str) -> None:
    assert _bugs(tmp_path, message=message).bugs[0].message == message


@pytest.mark.parametrize("key", ["never_excused_messages", "message"])
def test_a_pattern_without_end_is_refused(tmp_path: Path, monkeypatch, key: str) -> None:
    monkeypatch.setattr(bounded_pattern, "LIMIT", 0.5)
    endless = r"((\w|\s|.)+)+§"
    content = {
        "never_excused": ["x"],
        "never_excused_messages": [endless if key == "never_excused_messages" else "x"],
        "bugs": [ENTRY | {"message": endless}] if key == "message" else [],
    }
    file = tmp_path / "known_bugs.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ToolError, match=rf"{key}.*was not looked for .* within 0\.5 s: repeat"):
        read_known_bugs(file)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)+b", r"a*a*a*a*a*a*§", "a?" * 40 + "b" * 40])
def test_a_message_that_a_pattern_has_no_end_with_is_not_excused(
    tmp_path: Path, monkeypatch, pattern: str
) -> None:
    bugs = _bugs(tmp_path, message=pattern)
    never = _bugs(tmp_path).model_copy(update={"never_excused_messages": [pattern]})
    monkeypatch.setattr(bounded_pattern, "LIMIT", 0.5)
    failed = _case(message=f"{MESSAGE} {'a' * 3000}!")
    assert judge(bugs, "staging", failed) is None
    assert judge(never, "staging", failed) is None


def test_a_pattern_that_repeats_excuses_what_it_says(tmp_path: Path) -> None:
    bugs = _bugs(tmp_path, message=r"expected 4\d+.*, got (500|503)\.")
    assert isinstance(judge(bugs, "staging", _case()), Excuse)
    assert judge(bugs, "staging", _case(message="expected 400, got 501.")) is None


def test_the_file_of_the_project_is_valid() -> None:
    assert read_known_bugs().never_excused
