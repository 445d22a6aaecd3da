"""thresholds.yaml: typed, tightened anywhere, loosened only by a waiver that is still good."""

from datetime import date
from pathlib import Path

import pytest

from focus_engine.latency.requirements.limit import Limit, percent_of
from focus_engine.latency.requirements.requirement import requirement_of
from focus_engine.latency.requirements.thresholds import Thresholds, read_thresholds
from focus_engine.verdict import ToolError

TODAY = date(2026, 11, 1)
TARGETS = """\
targets:
  - {endpoint: GET /ack, percentile: 95, limit_ms: 300, source: plan, status: specified}
  - {endpoint: GET /ack, percentile: 99, limit_ms: 500, source: plan, status: assumed}
error_rates:
  - {endpoint: GET /ack, share: 0, source: plan}
outages:
  - {what: refusal, limit_ms: 5000, source: plan, status: specified}
  - {what: recovery, limit_ms: null, source: nobody, status: open}
"""
WAIVER = (
    "waivers: [{{endpoint: GET /ack, percentile: {percentile}, environment: staging, "
    "limit_ms: {limit}, reason: old disks, owner: Dana, until: {until}}}]\n"
)


def thresholds(
    path: Path, waivers: str = "waivers: []\n", environment: str = "staging"
) -> Thresholds:
    file = path / "thresholds.yaml"
    file.write_text(TARGETS + waivers, encoding="utf-8")
    return read_thresholds(environment, file, TODAY)


def waiver(percentile: float = 95, limit: float = 400, until: str = "2026-11-01") -> str:
    return WAIVER.format(percentile=percentile, limit=limit, until=until)


def test_the_project_s_own_file_is_valid_and_holds_the_plan_s_targets() -> None:
    found = read_thresholds("sandbox").of("POST /configure")
    assert [item.limit.text for item in found] == ["P95 <= 300 ms", "P99 <= 500 ms"]
    for endpoint in (
        "GET /channels",
        "GET /ack",
        "GET /live_metadata",
        "GET /metadata/{job_id}",
        "job to first frame",
    ):
        assert read_thresholds("sandbox").of(endpoint), endpoint


def test_without_a_waiver_the_target_holds(tmp_path: Path) -> None:
    assert [item.limit.seconds for item in thresholds(tmp_path).of("GET /ack")] == [0.3, 0.5]


def test_a_waiver_loosens_one_environment_and_is_shown(tmp_path: Path) -> None:
    found = thresholds(tmp_path, waiver()).of("GET /ack")[0]
    assert found.limit.seconds == 0.4
    assert found.text == ("P95 <= 400 ms, waived from 300 ms until 2026-11-01 by Dana: old disks")
    elsewhere = thresholds(tmp_path, waiver(), environment="sandbox").of("GET /ack")[0]
    assert elsewhere.limit.seconds == 0.3


def test_one_cell_makes_an_environment_stricter(tmp_path: Path) -> None:
    cell = "{endpoint: GET /ack, percentile: 95, environment: staging, limit_ms: 250}"
    found = thresholds(tmp_path, f"waivers: [{cell}]\n").of("GET /ack")[0]
    assert found.limit.seconds == 0.25
    assert found.text == "P95 <= 250 ms, stricter than 300 ms in staging"


def test_an_expired_waiver_fails(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"waiver of P95 of GET /ack .* ended on 2026-10-31 .*Dana"):
        thresholds(tmp_path / "", waiver(until="2026-10-31")).of("GET /ack")


def test_a_table_names_the_target_where_the_waiver_has_ended(tmp_path: Path) -> None:
    found = thresholds(tmp_path, waiver(until="2026-10-31")).named("GET /ack")[0]
    assert found.limit.seconds == 0.3


def test_what_was_only_assumed_says_so(tmp_path: Path) -> None:
    texts = [item.text for item in thresholds(tmp_path).of("GET /ack")]
    assert texts == ["P95 <= 300 ms (plan)", "P99 <= 500 ms (plan, assumed)"]


@pytest.mark.parametrize(
    ("waivers", "message"),
    [
        (waiver(limit=300), "which is its target"),
        (waiver().replace("owner: Dana, ", ""), "without reason, owner and end date"),
        (waiver(percentile=50), "which has no target"),
        ("waivers: [{endpoint: GET /ack}]\n", "key 'waivers.0.percentile' is missing"),
        (waiver(percentile=0.001), "key 'waivers.0.percentile' is 0.001"),
        (waiver(percentile=49), "key 'waivers.0.percentile' is 49"),
        (waiver(limit=10**18), "key 'waivers.0.limit_ms' is 10+"),
        ("gate_seconds: {sandbox: 0.1, others: 300}\n", "key 'gate_seconds.sandbox' is 0.1"),
        ("waivers: []\nextra: 1\n", "key 'extra' is not known"),
        (waiver(until="soon"), "key 'waivers.0.until' is 'soon'"),
        (waiver(until="9999-12-31"), "key 'waivers.0.until' is .*within two years"),
        (waiver().replace("Dana", '" "'), "key 'waivers.0.owner' is ' ' .*says nothing"),
        (waiver().replace("old disks", '" "'), "key 'waivers.0.reason' is ' ' .*says nothing"),
    ],
)
def test_mistakes_in_the_file_are_sentences(tmp_path: Path, waivers: str, message: str) -> None:
    with pytest.raises(ToolError, match=message):
        thresholds(tmp_path, waivers)


def test_a_share_by_which_most_may_fail_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_text(TARGETS.replace("share: 0", "share: 0.99"), encoding="utf-8")
    with pytest.raises(ToolError, match=r"key 'error_rates\.0\.share' is 0\.99"):
        read_thresholds("staging", file, TODAY)


def test_what_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ToolError, match=r"2 waivers of P95 of GET /ack in staging\. Remove all but"
    ):
        thresholds(tmp_path, waiver(limit=400)[:-2] + ", " + waiver(limit=200)[len("waivers: [") :])
    rate = "  - {endpoint: GET /ack, share: 0, source: plan}\n"
    file = tmp_path / "twice.yaml"
    file.write_text(TARGETS.replace(rate, rate * 2), encoding="utf-8")
    with pytest.raises(ToolError, match="2 error rates of GET /ack"):
        read_thresholds("staging", file, TODAY)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("GET /ack", "GET /akc"), ("staging", "stagnig"), ("2026-11-01", "2026-02-30")],
)
def test_what_names_nothing_is_refused(tmp_path: Path, wrong: str, right: str) -> None:
    with pytest.raises(ToolError, match=right if right != "2026-02-30" else "no such day"):
        thresholds(tmp_path, waiver().replace(wrong, right))


def test_an_endpoint_that_there_is_not_has_no_limit(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_text(TARGETS.replace("GET /ack", "GET /akc") + "waivers: []\n", encoding="utf-8")
    with pytest.raises(ToolError, match=r"endpoint 'GET /akc' is none of endpoints\.yaml"):
        read_thresholds("sandbox", file)


def test_limits_that_fall_with_the_percentile_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_text(TARGETS.replace("500", "200") + "waivers: []\n", encoding="utf-8")
    with pytest.raises(ToolError, match="less than the 300 ms of P95"):
        read_thresholds("sandbox", file, TODAY)


def test_a_case_may_tighten_and_never_loosen(tmp_path: Path) -> None:
    found = thresholds(tmp_path)
    requirement, remarks = requirement_of(found, "GET /ack", {"P95": 0.2}, None)
    assert requirement.limits == (Limit(percent_of("P95"), 0.2),)
    assert requirement.smallest_limit == 0.2
    assert "P95 <= 300 ms (plan)" in remarks
    with pytest.raises(ToolError, match="P95 <= 301 ms is looser than P95 <= 300 ms"):
        requirement_of(found, "GET /ack", {"P95": 0.301}, None)
    with pytest.raises(ToolError, match=r"error rate 0\.1 is looser than 0"):
        requirement_of(found, "GET /ack", {}, 0.1)


@pytest.mark.parametrize("name", ["P50", "P90", "P95", "P94.9"])
def test_a_lower_percentile_may_not_be_looser_than_a_higher_one(tmp_path: Path, name: str) -> None:
    """P95 <= 300 ms demands as much of P90: `p90=9 s` would let every answer be late."""
    with pytest.raises(ToolError, match=f"{name} <= 9000 ms is looser than P95 <= 300 ms"):
        requirement_of(thresholds(tmp_path), "GET /ack", {name: 9.0}, None)


@pytest.mark.parametrize(
    ("asked", "left_out"),
    [
        ({"P95": 0.2}, "not judged by this case: P99 <= 500 ms"),
        ({"P50": 0.3}, "not judged by this case: P95 <= 300 ms, P99 <= 500 ms"),
        ({"P99": 0.4}, "not judged by this case: P95 <= 300 ms"),
        ({"P99": 0.3}, None),
        ({"P95": 0.3, "P99": 0.5}, None),
    ],
)
def test_a_case_says_which_targets_it_leaves_out(
    tmp_path: Path, asked: dict[str, float], left_out: str | None
) -> None:
    _, remarks = requirement_of(thresholds(tmp_path), "GET /ack", asked, None)
    assert [text for text in remarks if text.startswith("not judged")] == [
        text for text in [left_out] if text
    ]


@pytest.mark.parametrize("seconds", [0.0, -0.3, float("inf"), float("nan")])
def test_a_limit_that_decides_nothing_is_refused(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(ToolError, match="Give a time above 0 ms"):
        requirement_of(thresholds(tmp_path), "GET /ack", {"P95": seconds}, None)


@pytest.mark.parametrize("share", [1.0, 1.5, -0.1, float("nan"), float("inf")])
def test_an_error_rate_that_demands_nothing_is_refused(tmp_path: Path, share: float) -> None:
    with pytest.raises(ToolError, match=r"demands nothing\. Give a share of 0 or more, below 1"):
        requirement_of(thresholds(tmp_path), "GET /b", {"P95": 0.3}, share)


def test_without_limits_all_thresholds_are_demanded(tmp_path: Path) -> None:
    requirement, _ = requirement_of(thresholds(tmp_path), "GET /ack", {}, None)
    assert [limit.text for limit in requirement.limits] == ["P95 <= 300 ms", "P99 <= 500 ms"]
    with pytest.raises(ToolError, match="nothing is demanded of GET /b"):
        requirement_of(thresholds(tmp_path), "GET /b", {}, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("limit_ms: null, source: nobody, status: assumed", "limit for 'recovery' is None with"),
        ("limit_ms: 1, source: nobody, status: open", "An open one has no limit"),
    ],
)
def test_an_outage_limit_is_there_unless_it_is_open(tmp_path: Path, change, message) -> None:
    file = tmp_path / "thresholds.yaml"
    right = "limit_ms: null, source: nobody, status: open"
    file.write_text(TARGETS.replace(right, change) + "waivers: []\n", encoding="utf-8")
    with pytest.raises(ToolError, match=message):
        read_thresholds("staging", file, TODAY)
