from pathlib import Path

import pytest

from focus_engine.contract.endpoints.coverage import (
    Coverage,
    judge_coverage,
    known_endpoints,
    methods_of,
    require_endpoint,
)
from focus_engine.verdict import ToolError

KNOWN = {"GET /job/{id}": Coverage(case="a / b"), "GET /x": Coverage(reason="why")}


def test_served_endpoints_need_a_case_or_a_reason() -> None:
    assert judge_coverage(["GET /job/{job_id}", "GET /x"], KNOWN).failures == []
    (failure,) = judge_coverage(["GET /x", "POST /x"], KNOWN).failures
    assert failure.startswith("the server's OpenAPI lists POST /x, which no case covers.")
    assert judge_coverage([], KNOWN).failures


@pytest.mark.parametrize("entry", ["{}", "{case: a, reason: b}"])
def test_the_file_says_one_of_both(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "endpoints.yaml"
    file.write_text(f"endpoints:\n  GET /x: {entry}\n", encoding="utf-8")
    with pytest.raises(ToolError, match="either case or reason is needed"):
        known_endpoints(file)


@pytest.mark.parametrize(
    "entry",
    [
        "FETCH /y: {reason: why}",
        "get /y: {reason: why}",
        "/y: {reason: why}",
        "GET y: {reason: why}",
        "GET /x/{b}: {reason: why}",
        "GET /y: {reason: ''}",
    ],
)
def test_an_entry_that_can_match_nothing_is_refused(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "endpoints.yaml"
    file.write_text(f"endpoints:\n  GET /x/{{a}}: {{reason: why}}\n  {entry}\n", encoding="utf-8")
    with pytest.raises(ToolError, match=r"line .*Correct the file"):
        known_endpoints(file)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/channels", {"GET"}),
        ("/metadata/0-0", {"GET"}),
        ("/metadata/{job_id}", {"GET"}),
        ("/config/a.b", {"POST"}),
    ],
)
def test_the_methods_of_a_path_are_known(path: str, methods: set[str]) -> None:
    assert methods_of(path) == methods
    require_endpoint(f"{methods.pop()} {path}")


@pytest.mark.parametrize(
    "path", ["", "/", "5000", "channels", "/chanels", "/channels/", "/metadata/", "/metadata/a/b"]
)
def test_an_answer_where_no_endpoint_is_says_nothing(path: str) -> None:
    with pytest.raises(ToolError, match=r"no endpoint has the path .* There are /ack, /channels"):
        methods_of(path)


@pytest.mark.parametrize("endpoint", ["PUT /channels", "get /channels", " /channels", "/channels"])
def test_an_endpoint_has_its_own_methods_only(endpoint: str) -> None:
    with pytest.raises(ToolError, match=r"is no endpoint: /channels has GET"):
        require_endpoint(endpoint)
