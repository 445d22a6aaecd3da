from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from focus_engine.checks.finding import Severity
from focus_engine.contract.configure.accepted import judge_configure
from focus_engine.contract.configure.context import Circumstances, Form
from focus_engine.contract.configure.spectrum import SpectrumRequest, canvas_of_overlap, spectrum
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ProductFailure, Undetermined

HERE = Circumstances(12300, largest_nfft=65536, required=requirements(), prr=2000.0)
WAITING = replace(HERE, prr=None)


def shifted(values: list[float]) -> list[float]:
    return [value + values[1] for value in values]


# field, changed value (or how it is made of the right one), the sentence that must come of it
MUTATIONS = [
    ("status", "failed", 'status is "failed"; expected "" or "Config received" or "success".'),
    ("status", 0, "status is 0; expected text."),
    ("frequencies_list", shifted, "frequencies_list[0] is 1.951219512195122; expected 0 + 0 *"),
    ("frequencies_list", lambda right: right[:-1], "frequencies_list has 255 values; expected fl"),
    ("frequencies_list", lambda right: [None, *right[1:]], "expected a list of numbers."),
    ("lines_dt", 0.4, "lines_dt is 0.4; expected displayTimeAxisDuration / height = 300 / 600 = "),
    ("lines_dt", "0.5", 'lines_dt is "0.5"; expected a number.'),
    ("channel_amount", 51, "channel_amount is 51; expected max - min + 1 = 50 - 1 + 1 = 50."),
    ("stream_amount", 4, "stream_amount is 4; expected min(3, channels) = min(3, 50) = 3."),
    ("stream_amount", True, "stream_amount is true; expected an integer."),
    ("frequencies_amount", 257, "frequencies_amount is 257; expected the length of frequencies_"),
    ("job_id", "1603", 'job_id is "1603"; expected slot-counter or 15 hex characters.'),
    *(
        ("job_id", odd, "; expected slot-counter or")
        for odd in ("1-1603\n", "9" * 5000 + "-1", "-")
    ),
    ("lines_dt", 0, "lines_dt is positive is 0; expected more than 0 s in every view."),
    ("stream_port", 12302, "stream_port is 12302; expected 12300 + slot of job 1-1603 = 12300 + 1"),
    ("stream_port", "12302", "stream_port is 12302; expected 12300 + slot of job 1-1603 = 12300"),
    ("stream_port", "none", 'stream_port is "none"; expected an integer.'),
    *(("stream_url", f"http://{odd}", "; expected http://HOST") for odd in ("a\n", "[", "[::g]")),
    ("stream_port", "9" * 5000, "; expected an integer"),
    ("stream_url", "192.0.2.7", 'stream_url is "192.0.2.7"; expected http://HOST without port'),
    ("view_type", 1, "view_type is 1; expected 0 as asked."),
    ("view_type", "0", 'view_type is "0"; expected an integer.'),
    ("metadata", None, "metadata is null; expected an object."),
    (
        "channel_to_stream_index",
        lambda right: {**right, "18": 0},
        "channel_to_stream_index puts channel 18 into stream 0; expected 1: 50 channels in 3",
    ),
    (
        "channel_to_stream_index",
        lambda right: {channel: right[channel] for channel in list(right)[:-1]},
        "channel_to_stream_index misses channel 50 (1 in all)",
    ),
    (
        "channel_to_stream_index",
        lambda right: {**right, "51": 2},
        "channel_to_stream_index names channel 51 (1 such in all), which was not asked for.",
    ),
]


def test_the_logged_response_passes(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    assert logged_response["frequencies_list"][1] == 1.951219512195122
    assert logged_response["frequencies_list"][-1] == 497.5609756097561
    findings = judge_configure(logged_response, logged_request, HERE)
    assert findings.failures == []
    assert {point.severity for point in findings.findings} == {Severity.OK}


@pytest.mark.parametrize(("field", "change", "sentence"), MUTATIONS)
def test_each_mismatch_has_its_sentence(
    field: str,
    change: Any,
    sentence: str,
    logged_request: dict[str, Any],
    logged_response: dict[str, Any],
) -> None:
    right = logged_response[field]
    logged_response[field] = change(right) if callable(change) else change
    failures = judge_configure(logged_response, logged_request, HERE).failures
    assert any(sentence in failure for failure in failures), failures


@pytest.mark.parametrize("field", ["lines_dt", "job_id", "metadata", "frequencies_amount"])
def test_a_missing_key_is_named(
    field: str, logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    del logged_response[field]
    failures = judge_configure(logged_response, logged_request, HERE).failures
    assert failures == [f"the response misses {field}; expected the 12 known keys."]


@pytest.mark.parametrize("key", ["debug", "job_route"])
def test_nothing_is_known_of_a_further_key(
    logged_request: dict[str, Any], logged_response: dict[str, Any], key: str
) -> None:
    logged_response[key] = 1
    findings = judge_configure(logged_response, logged_request, HERE)
    assert findings.failures == []
    assert findings.unchecked("further keys") == [f"nothing is known of {key}."]


SIDES = [
    ({}, {"status": '"" (observed'}),
    ({"status": "Config received"}, {"status": '"Config received" (REST API document)'}),
    ({"job_id": "00001000000000a"}, {"job_id": '"15 hex characters" (REST API document)'}),
    (
        {
            "stream_amount": 50,
            "channel_to_stream_index": {str(each): each - 1 for each in range(1, 51)},
        },
        {"streams of the channels": '"one per channel" (PZ-14070'},
    ),
]


@pytest.mark.parametrize(("changes", "saw"), SIDES)
def test_either_side_of_a_contradiction_is_right_and_named(
    logged_request: dict[str, Any], logged_response: dict[str, Any], changes: dict, saw: dict
) -> None:
    findings = judge_configure(logged_response | changes, logged_request, HERE)
    assert findings.failures == []
    for subject, side in saw.items():
        assert findings.saw[subject].startswith(side)


def test_a_port_as_text_is_judged_by_its_own_case_alone(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    logged_response["stream_port"] = "12301"
    findings = judge_configure(logged_response, logged_request, HERE)
    assert findings.failures == []
    assert findings.conversions == ["stream_port: port as text"]
    own = replace(HERE, form=Form.PORT_AS_TEXT)
    [sentence] = judge_configure(logged_response, logged_request, own).failures
    assert sentence == 'stream_port is "12301"; expected an integer.'


def test_a_decimated_spectrum_is_judged_by_its_own_case_alone(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    logged_response["frequencies_list"] = [i * 4 * (2000 / 1025) for i in range(64)]
    logged_response["frequencies_amount"] = 64
    findings = judge_configure(logged_response, logged_request, HERE)
    assert findings.failures == []
    assert findings.conversions == ["frequencies_list: decimated spectrum"]
    own = replace(HERE, form=Form.DECIMATED_SPECTRUM)
    assert judge_configure(logged_response, logged_request, own).failures != []


@pytest.mark.parametrize(
    ("listed", "converted"), [([0.0], True), ([], False), ([0.0, 2000 / 1025], False)]
)
def test_one_bin_that_is_left_of_a_narrow_range_is_a_decimated_spectrum(
    logged_request: dict[str, Any],
    logged_response: dict[str, Any],
    listed: list[float],
    converted: bool,
) -> None:
    """Of four bins; nobody can see from one how far apart they are."""
    asked = {**logged_request, "frequencyRange": {"min": 0, "max": 8}}
    answer = {**logged_response, "frequencies_list": listed, "frequencies_amount": len(listed)}
    findings = judge_configure(answer, asked, HERE)
    assert bool(findings.conversions) is converted
    assert (findings.failures == []) is converted


def test_a_live_neighbours_port_and_id_may_not_come_again(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    shared = replace(HERE, neighbours=["1-1600"])
    assert judge_configure(logged_response, logged_request, shared).failures == [
        (
            "stream_port 12301 of job 1-1603 belongs to job 1-1600, which is still alive; "
            "expected a port of its own."
        )
    ]
    twice = replace(HERE, neighbours=["1-1603"])
    assert judge_configure(logged_response, logged_request, twice).failures == [
        "job_id 1-1603 was given twice: a job of that id is still alive."
    ]


TAKEN = (
    "job_id 1-1603 has slot 1, but at most 0 jobs can have been alive; expected the lowest free "
    "one: slots of jobs that ended, or were refused, are free."
)


@pytest.mark.parametrize(("most", "said"), [(None, []), (1, []), (0, [TAKEN])])
def test_a_slot_is_the_lowest_that_is_free(
    logged_request: dict[str, Any], logged_response: dict[str, Any], most, said
) -> None:
    here = replace(HERE, most_alive=most)
    assert judge_configure(logged_response, logged_request, here).failures == said


def test_without_a_live_prr_the_recordings_own_is_used(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    findings = judge_configure(logged_response, logged_request, WAITING)
    assert not findings.unchecked("frequencies_list")
    findings.conclude(decisive=("frequencies_list",))


@pytest.mark.parametrize(
    ("times", "prr", "right"),
    [
        ({"start_time": 1, "end_time": 2}, 1000.0, True),  # the fibre runs at another rate now
        ({"start_time": None, "end_time": None}, 1000.0, False),
        ({"start_time": None, "end_time": None}, 2000.0, True),
    ],
)
def test_historic_answers_are_judged_with_the_recordings_prr(
    logged_request: dict[str, Any], logged_response: dict[str, Any], times, prr, right
) -> None:
    if times["start_time"] is None:
        logged_response["metadata"] = {}
    findings = judge_configure(logged_response, logged_request | times, replace(HERE, prr=prr))
    assert (findings.failures == []) is right
    assert not findings.unchecked("frequencies_list")


def test_a_historic_answer_without_prr_is_not_judged_with_the_live_one(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    asked = logged_request | {"start_time": 1, "end_time": 2}
    logged_response["metadata"] = {}
    assert judge_configure(logged_response, asked, HERE).unchecked("frequencies_list")


def test_without_any_prr_the_spectrum_is_undetermined_only_where_it_decides(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    logged_response["metadata"] = {"uuid": "no prr"}
    findings = judge_configure(logged_response, logged_request, WAITING)
    findings.conclude()
    with pytest.raises(Undetermined, match="frequencies_list was not checked: prr is unknown"):
        findings.conclude(decisive=("frequencies_list",))
    logged_response["status"] = "failed"
    findings = judge_configure(logged_response, logged_request, WAITING)
    with pytest.raises(ProductFailure, match="status is"):
        findings.conclude(decisive=("frequencies_list",))


@pytest.mark.parametrize("view", ["0", "1", "2"])
@pytest.mark.parametrize(
    ("time", "metadata", "right"),
    [
        (1, {}, False),
        (1, {"num_traces": 1}, True),
        (None, {}, True),
        (None, {"sw_version": "1"}, True),
        (None, {"num_traces": 1}, False),
        (None, {"uuid": "a", "parent": {"num_traces": 1}}, False),
    ],
)
def test_metadata_are_those_of_the_recording_that_is_played(
    logged_request: dict[str, Any], logged_response: dict[str, Any], view, time, metadata, right
) -> None:
    asked = logged_request | {"view_type": view, "start_time": time, "end_time": time}
    said = judge_configure(logged_response | {"metadata": metadata}, asked, HERE).failures
    assert any(one.startswith("metadata is ") for one in said) is not right


def test_a_waterfall_is_judged_by_what_is_known(
    logged_request: dict[str, Any], logged_response: dict[str, Any]
) -> None:
    logged_request |= {"view_type": "2", "nfftSelection": 1}
    logged_response |= {"view_type": 2, "frequencies_list": [], "frequencies_amount": 0}
    findings = judge_configure(logged_response, logged_request, HERE)
    assert findings.failures == []
    assert findings.unchecked("lines_dt")


def spectrum_of(nfft: int, duration: int, height: int, high: int = 500, prr: float = 2000.0):
    return spectrum(SpectrumRequest(nfft, height, duration, 0, high, prr))


def test_the_transform_doubles_until_windows_overlap_by_half() -> None:
    logged = spectrum_of(1024, 300, 600)
    assert logged.internal_nfft == 2048
    assert logged.spacing == 1.951219512195122
    assert logged.amounts == (256,)
    assert spectrum_of(512, 300, 900).internal_nfft == 2048
    assert spectrum_of(1024, 30, 768).internal_nfft == 1024


@pytest.mark.parametrize("prr", [500.0, 1001.0, 2000.0])
@pytest.mark.parametrize("nfft", [128, 1024, 65536])
def test_a_canvas_gives_exactly_the_overlap_that_is_asked_for(nfft: int, prr: float) -> None:
    for overlap, longer in ((Fraction(1, 2), 1), (Fraction(1, 4), 2), (Fraction(3, 4), 1)):
        seconds, height = canvas_of_overlap(nfft, prr, overlap)
        assert 1 - Fraction(seconds) * Fraction(prr) / height / nfft == overlap
        assert 100 <= height <= 2000
        assert spectrum_of(nfft, seconds, height, prr=prr).internal_nfft == longer * nfft


def test_a_rate_that_no_canvas_fits_has_none() -> None:
    assert canvas_of_overlap(1024, 999.9, Fraction(1, 2)) is None


def test_the_clients_options_have_one_right_amount_each() -> None:
    settings = client_settings()
    defaults = settings.Defaults
    for nfft in settings.Options.nfftSingleChannel:
        made = spectrum_of(
            nfft,
            defaults.DisplayTimeAxisDuration,
            defaults.NumLinesToDisplay,
            defaults.EndFrequency_hz,
        )
        assert len(made.amounts) == 1, nfft
