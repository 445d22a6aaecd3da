"""The observed contracts, row by row, and the formulas of the answer."""

import pytest

from sandbox.focus_server.configuration import configuration
from sandbox.focus_server.formulas import channel_to_stream_index, lines_dt, spectrum

DECEMBER, OCTOBER = "observed-2025-12", "observed-2025-10"
PARSE_FAILURE = {"error": "Error parsing configuration"}
LOGGED = {
    "displayTimeAxisDuration": 300,
    "nfftSelection": 1024,
    "displayInfo": {"height": 600},
    "channels": {"min": 1, "max": 50},
    "frequencyRange": {"min": 0, "max": 500},
    "view_type": "0",
}
PAST = {"start_time": 1_600_000_000, "end_time": 1_600_000_600}

ACCEPTED = [
    ("frequencyRange null", {"frequencyRange": None}),
    ("above Nyquist", {"frequencyRange": {"min": 0, "max": 1001}}),
    ("frequency min == max", {"frequencyRange": {"min": 5, "max": 5}}),
    ("2223 channels", {"channels": {"min": 1, "max": 2223}}),
    ("2500 channels", {"channels": {"min": 1, "max": 2500}}),
    ("2501 channels", {"channels": {"min": 1, "max": 2501}}),
    ("nfft 4096", {"nfftSelection": 4096}),
    ("nfft 1000", {"nfftSelection": 1000}),
    ("only end_time", {"end_time": 1_700_000_000}),
    ("single with a range", {"view_type": "1"}),
    ("negative height", {"displayInfo": {"height": -100}}),
    ("negative channel", {"channels": {"min": -5, "max": 10}}),
    ("waterfall", {"view_type": "2"}),
]
FAILING = [
    ("nfft null", {"nfftSelection": None}),
    ("duration null", {"displayTimeAxisDuration": None}),
    ("only start_time", {"start_time": 1_700_000_000}),
    ("height 0", {"displayInfo": {"height": 0}}),
]
REFUSED = [
    ("integer view_type", {"view_type": 0}),
    ("unknown view_type", {"view_type": "999"}),
    ("displayInfo null", {"displayInfo": None}),
    ("channels null", {"channels": None}),
    ("height is text", {"displayInfo": {"height": "tall"}}),
]


@pytest.fixture(params=[DECEMBER, OCTOBER])
def observed(sandbox, request):
    sandbox.control("PUT", "/contract", {"contract": request.param})
    return sandbox


def _rows(table):
    return [pytest.param(changes, id=name) for name, changes in table]


@pytest.mark.parametrize("changes", _rows(ACCEPTED))
def test_what_an_observed_server_accepts(observed, changes):
    answer = observed.configure({**LOGGED, **changes})
    assert answer.status_code == 200, answer.text
    assert len(observed.control("GET", "/jobs")) == 1


@pytest.mark.parametrize("changes", _rows(FAILING))
def test_what_an_observed_server_answers_500_to(observed, changes):
    answer = observed.configure({**LOGGED, **changes})
    assert (answer.status_code, answer.json()) == (500, PARSE_FAILURE)
    assert observed.control("GET", "/jobs") == []


@pytest.mark.parametrize("changes", _rows(REFUSED))
def test_what_an_observed_server_refuses(observed, changes):
    answer = observed.configure({**LOGGED, **changes})
    assert answer.status_code == 422
    assert set(answer.json()) == {"detail"}


@pytest.mark.parametrize(
    ("knob", "changes", "without", "with_it"),
    [
        ("zero-height-accepted", {"displayInfo": {"height": 0}}, 500, 200),
        ("negative-height-fails", {"displayInfo": {"height": -1}}, 200, 500),
        ("negative-values-fail", {"channels": {"min": -5, "max": 10}}, 200, 500),
        ("waterfall-fails", {"view_type": "2"}, 200, 500),
    ],
)
def test_what_is_unknown_is_a_knob(observed, knob, changes, without, with_it):
    assert observed.configure({**LOGGED, **changes}).status_code == without
    observed.control("PUT", "/faults", {knob: True})
    assert observed.configure({**LOGGED, **changes}).status_code == with_it


def test_past_and_future_ranges(sandbox):
    future = {"start_time": 4_000_000_000, "end_time": 4_000_000_600}
    for contract, of_future in ((DECEMBER, 404), (OCTOBER, 200)):
        sandbox.control("PUT", "/contract", {"contract": contract})
        assert sandbox.configure({**LOGGED, **PAST}).status_code == 404
        assert sandbox.configure({**LOGGED, **future}).status_code == of_future


def test_ports_and_decimation_of_october(sandbox):
    sandbox.control("PUT", "/contract", {"contract": OCTOBER})
    for nfft, amount in ((1024, 64), (512, 32), (256, 16)):
        body = sandbox.configure({**LOGGED, "nfftSelection": nfft}).json()
        assert isinstance(body["stream_port"], str)
        assert body["frequencies_amount"] == amount
    single = {**LOGGED, "view_type": "1", "channels": {"min": 7, "max": 7}}
    assert sandbox.configure(single).json()["frequencies_amount"] == 256


def test_milliseconds_in_recordings_in_time_range_are_500(observed):
    body = {"start_time": 1_700_000_000_000, "end_time": 1_700_000_600_000}
    assert observed.focus("POST", "/recordings_in_time_range", json=body).status_code == 500


def test_the_logged_response(sandbox):
    start = sandbox.recorded_start()
    logged = {**LOGGED, "start_time": start, "end_time": start + 7200}
    body = sandbox.configure(logged).json()
    assert list(body) == [
        "status", "frequencies_list", "lines_dt", "channel_to_stream_index", "stream_amount",
        "job_id", "frequencies_amount", "channel_amount", "stream_port", "stream_url",
        "view_type", "metadata",
    ]  # fmt: skip
    assert body["status"] == ""
    assert body["frequencies_list"] == [index * (2000 / 1025) for index in range(256)]
    assert body["lines_dt"] == 0.5
    streams = list(body["channel_to_stream_index"].values())
    assert [streams.count(stream) for stream in range(3)] == [17, 17, 16]
    assert list(body["channel_to_stream_index"]) == [str(channel) for channel in range(1, 51)]
    assert (body["stream_amount"], body["channel_amount"], body["view_type"]) == (3, 50, 0)
    assert body["stream_port"] == 12301
    assert body["stream_url"].startswith("http://127.")
    assert body["metadata"]["parent"]["prr"] == 2000
    assert len(body["metadata"]["parent"]) == 31


@pytest.mark.parametrize(
    ("duration", "height", "expected"), [(300, 600, 0.5), (30, 768, 0.0390625), (10, 1000, 0.01)]
)
def test_lines_dt(duration, height, expected):
    wanted = {**LOGGED, "displayTimeAxisDuration": duration, "displayInfo": {"height": height}}
    assert lines_dt(configuration(wanted), 2000) == expected


def test_decimated_spacing():
    canvas = {"displayTimeAxisDuration": 10, "displayInfo": {"height": 50}}
    wanted = configuration({**LOGGED, **canvas, "nfftSelection": 512})
    assert spectrum(wanted, 2000, 4).step == pytest.approx(15.5945, abs=1e-4)


def test_eight_channels_in_three_streams():
    wanted = configuration({**LOGGED, "channels": {"min": 1, "max": 8}})
    assert list(channel_to_stream_index(wanted, 3).values()) == [0, 0, 0, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("view", ["0", "1"])
def test_the_full_range_ends_below_half_the_pulse_rate(view):
    wanted = configuration({**LOGGED, "view_type": view, "frequencyRange": {"min": 0, "max": 1000}})
    assert 0 <= spectrum(wanted, 2000, 1).frequencies[-1] < 1000


def test_the_waterfall_has_no_spectrum(sandbox, valid):
    body = sandbox.configure(valid["waterfall"]).json()
    assert (body["frequencies_list"], body["frequencies_amount"]) == ([], 0)
    assert (body["lines_dt"], body["stream_amount"], body["metadata"]) == (0.0005, 3, {})
