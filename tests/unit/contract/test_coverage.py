from pathlib import Path

import pytest

from focus_engine.contract.endpoints.coverage import Coverage, judge_coverage, known_endpoints
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
