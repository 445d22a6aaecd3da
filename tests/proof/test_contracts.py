"""Whatever does what the documents say, or what was seen and no ticket calls wrong, is green.

A selection of tables on both contracts, and on the conforming one with each knob that is the other
side of a contradiction; `focus.py run --contract documented` runs everything.
"""

import re
from pathlib import Path

import pytest
from proof.declarations import Context, Fault
from proof.runs import PROJECT, Case, Outcome, all_cases
from proof.workers import run_jobs

TABLES = {
    "server_answers",
    "channel_range_accepted",
    "channel_range_rejected",
    "nfft_rejected",
    "nfft_disputed",
    "time_range_historic",
    "view_type_accepted",
    "view_type_by_openapi",
    "view_rules_rejected",
    "answer_forms",
    "live_state",
    "recordings_found",
    "streams",
    "stream_dtype",
}
LONG_LIVES = "--job-life=5"  # seconds: on a busy machine a reader comes late
TURNS = 3
EXCUSED = ("NOT DEPLOYED:", "PRECONDITION:", "UNDETERMINED:")
OTHER_SIDES = [
    "response-extra-key",
    "live-metadata-extra-key",
    "recordings-object-form",
    "heatmaps-view-served",
]
EVERY_OTHER_SIDE = Fault(
    "configure-answers-202",
    "sandbox",
    "",
    Context(knobs=tuple((knob, True) for knob in OTHER_SIDES)),
)
# What P95 takes to pass, and P99.
FEWEST = (("ROW_SAMPLES", "60"), ("ENDPOINT_SAMPLES", "300"))
STREAM_PER_CHANNEL = Fault("stream-per-channel", "sandbox", "", Context())


def _not_green(contract: str, fault: Fault | None, tables: set[str]) -> list[str]:
    """What failed, or was skipped without an excuse; what a busy machine left undecided, again."""
    cases = [case for case in all_cases() if case.table in tables]
    assert cases
    ended: dict[Case, Outcome] = {}
    for _ in range(TURNS):
        [(_, seen)] = run_jobs([(fault, cases)], 1, [f"--contract={contract}", LONG_LIVES])
        assert len(seen) == len(cases)
        ended.update((one.case, one) for one in seen)
        cases = [one.case for one in seen if _is_undecided_gate(one)]
        if not cases:
            break
    return [
        f"{one.case}: {one.status} {one.message}"
        for one in ended.values()
        if one.status != "PASS" and not (one.status == "SKIP" and one.message.startswith(EXCUSED))
    ]


def _is_undecided_gate(one: Outcome) -> bool:
    return one.status == "FAIL" and one.message.startswith("UNDETERMINED:")


def test_the_documented_contract_is_green() -> None:
    assert _not_green("documented", None, TABLES) == []


def test_the_documented_contract_waits_for_its_fibre_with_404() -> None:
    waiting = Fault("recordings-object-form", "sandbox", "", Context(state="waiting"))
    assert _not_green("documented", waiting, {"live_state", "server_answers"}) == []


@pytest.mark.measured
def test_what_needs_no_fibre_is_measured_while_the_server_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By limits that hold on a busy machine too: how fast the sandbox is, is not said here."""
    limits = tmp_path / "thresholds.yaml"
    demanded = (PROJECT / "variables" / "thresholds.yaml").read_text(encoding="utf-8")
    limits.write_text(re.sub("limit_ms: [35]00,", "limit_ms: 5000,", demanded), encoding="utf-8")
    monkeypatch.setenv("FOCUS_THRESHOLDS", str(limits))
    state = Context(state="waiting", variables=FEWEST)
    waiting = Fault("recordings-object-form", "sandbox", "", state)
    tables = {"configure_latency", "configure_latency_gate", "endpoint_latency"}
    cases = [case for case in all_cases() if case.table in tables]
    [(_, seen)] = run_jobs([(waiting, cases)], 1)
    without_fibre = {"Recorded, default range", "Recorded, full range"}
    without_fibre |= {"Recorded, one channel", "Recorded waterfall"}
    without_fibre |= {"Acknowledgement", "Channels", "Live metadata"}
    assert {one.case.row for one in seen if one.status == "PASS"} == without_fibre
    rest = [one.message for one in seen if one.case.row not in without_fibre]
    assert all(message.startswith("PRECONDITION: the server waits for fibre") for message in rest)


def test_the_other_side_of_each_contradiction_is_green() -> None:
    assert _not_green("conforming", EVERY_OTHER_SIDE, TABLES) == []


def test_a_stream_for_each_channel_is_green() -> None:
    tables = {"channel_range_accepted", "view_type_accepted"}
    assert _not_green("conforming", STREAM_PER_CHANNEL, tables) == []


@pytest.mark.parametrize("contract", ["observed-2025-10", "observed-2025-12"])
def test_one_deviation_turns_one_case_red(contract: str) -> None:
    """On what was seen red is what must be refused, and each deviating form in its own case."""
    tables = {"channel_range_accepted", "nfft_accepted", "view_type_accepted", "answer_forms"}
    cases = [case for case in all_cases() if case.table in tables]
    [(_, seen)] = run_jobs([(None, cases)], 1, [f"--contract={contract}"])
    red = {str(one.case) for one in seen if one.status == "FAIL"}
    forms = {
        str(Case("answer_forms", row)) for row in ("Port is a number", "Spectrum lists every bin")
    }
    assert red == (forms if contract == "observed-2025-10" else set())
