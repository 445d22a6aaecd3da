"""The streams of the sandbox's jobs: as observed without a fault, changed as it says with one."""

import itertools
import math
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from stream_client import METHOD, connect, open_stream, read
from waiting import wait_until

from sandbox.focus_server.rules.acceptance import HEATMAPS_SERVED
from sandbox.streams import faults as faults_of

PATIENCE = 10.0  # seconds, with frames that come


@pytest.fixture
def historic(quick_sandbox, valid):
    """Configure a multichannel job of a recorded range; it plays at once."""
    return lambda: _recorded(quick_sandbox, valid)


@pytest.fixture
def live(quick_sandbox, valid):
    return lambda view="multichannel": quick_sandbox.configure(valid[view]).json()


@pytest.fixture
def switch(quick_sandbox):
    def on(fault, value=True):
        quick_sandbox.control("PUT", "/faults", {fault.id: value})

    return on


def _recorded(sandbox, valid):
    start = sandbox.recorded_start()
    body = {**valid["multichannel"], "start_time": start, "end_time": start + 60}
    return sandbox.configure(body).json()


def _accepts(response):
    host = response["stream_url"].removeprefix("http://")
    try:
        with socket.create_connection((host, response["stream_port"]), timeout=1):
            return True
    except ConnectionRefusedError:
        return False


def _channels(response, stream):
    mapping = response["channel_to_stream_index"].items()
    return [int(channel) for channel, index in mapping if index == stream]


def test_a_historic_job_is_played_then_idle_then_ended_with_goaway(historic):
    response = historic()
    plays = [read(one, frames=8) for one in (historic(), historic(), response)]
    first, last = (plays[-1].frames[at].timestamp_in_milis[0] for at in (0, -1))
    assert min(play.seconds for play in plays) < (last - first) / 1000
    rest = read(response)
    assert rest.frames == []  # a reader that comes after the burst gets nothing
    assert (rest.code, "GOAWAY" in rest.details) == ("UNAVAILABLE", True)
    assert "Error code: 2; Debug Text: Cancelling all calls" in rest.details
    assert not _accepts(response)


@pytest.mark.parametrize("view", ["multichannel", "singlechannel", "waterfall"])
def test_frames_have_the_shape_of_the_configuration(live, view):
    response = live(view)
    for stream in range(response["stream_amount"]):
        channels = _channels(response, stream)
        width = len(channels) * max(response["frequencies_amount"], 1)
        for frame in read(response, stream, frames=3).frames:
            assert [frame.start_channel, frame.end_channel] == [min(channels), max(channels)]
            assert (frame.data_shape_x, frame.data_shape_y) == (width, 1)
            assert [len(buffer) for buffer in frame.main_data] == [2 * width]
            values = struct.unpack(f"<{width}e", frame.main_data[0])
            assert frame.global_minimum <= min(values)
            assert max(values) <= frame.global_maximum


def test_rows_differ_and_their_extrema_are_those_of_the_job_so_far(historic):
    response = historic()
    streams = [read(response, stream, frames=8).frames for stream in range(3)]
    highest = []
    for frames in streams:
        width = frames[0].data_shape_x
        rows = [struct.unpack(f"<{width}e", frame.main_data[0]) for frame in frames]
        assert len(set(rows)) == 8
        highest.append([max(row) for row in rows])
    running = list(itertools.accumulate(map(max, zip(*highest, strict=True)), max))
    assert running[0] < running[-1]
    for frames, own in zip(streams, highest, strict=True):
        assert [frame.global_maximum for frame in frames] == running
        assert own[0] != running[0] or own != highest[0]  # the streams differ


def test_heatmaps_are_wider_values_one_per_channel(switch, quick_sandbox, valid):
    switch(HEATMAPS_SERVED)
    response = quick_sandbox.configure({**valid["multichannel"], "view_type": "3"}).json()
    for stream in range(response["stream_amount"]):
        [frame] = read(response, stream, frames=1).frames
        assert frame.data_shape_x == len(_channels(response, stream))
        assert len(frame.main_data[0]) == 4 * frame.data_shape_x
        values = struct.unpack(f"<{frame.data_shape_x}f", frame.main_data[0])
        assert max(values) <= frame.global_maximum


def test_timestamps_are_milliseconds_of_now_or_of_the_recording(live, historic, quick_sandbox):
    [frame] = read(live(), frames=1).frames
    assert abs(frame.timestamp_in_milis[0] / 1000 - time.time()) < 5
    start, response = quick_sandbox.recorded_start(), historic()
    times = [frame.timestamp_in_milis[0] for frame in read(response, frames=3).frames]
    assert times == [start * 1000 + round(row * response["lines_dt"] * 1000) for row in range(3)]


def test_a_live_job_goes_on_at_its_rate_while_it_is_read_and_ends_a_life_later(live, quick_sandbox):
    response = live()
    result = read(response, frames=45)
    assert result.rows == list(range(45))
    assert 45 / result.seconds < 30  # where others compute, far less
    assert quick_sandbox.control("GET", "/jobs") != []  # older than its life by now
    time.sleep(1.2)
    assert quick_sandbox.control("GET", "/jobs") == []
    assert not _accepts(response)


def test_two_readers_share_the_frames(start_sandbox, valid):
    response = _recorded(start_sandbox("--job-life", "8s"), valid)  # time for both to connect
    with connect(response) as one, connect(response) as other:
        grpc.channel_ready_future(one).result(60)
        grpc.channel_ready_future(other).result(60)
        calls = [open_stream(one, 0), open_stream(other, 0)]
        with ThreadPoolExecutor(len(calls)) as pool:  # what is not read may be lost at the end
            rows = list(pool.map(_rows_to_the_end, calls))
    assert sorted(itertools.chain(*rows)) == list(range(8))


def test_each_reader_gets_all_with_its_fault(live, switch):
    switch(faults_of.TO_EACH_READER)
    response = live()
    with connect(response) as one, connect(response) as other:
        calls = [open_stream(one, 0), open_stream(other, 0)]
        frames = [next(call).row_index for call in calls * 10]
        for call in calls:
            call.cancel()
    rows = [row for indexes in frames for row in indexes]
    assert len(set(rows)) < len(rows)


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("kind", ["live", "historic"])
def test_the_next_reader_of_a_job(request, switch, kind, anew):
    if anew:
        switch(faults_of.STARTS_ANEW)
    response = request.getfixturevalue(kind)()
    read(response, frames=3)
    assert (read(response, frames=1, timeout=0.5).rows == [0]) is anew


@pytest.mark.parametrize("stay", [False, True])
def test_readers_of_a_live_job_are_counted_off_but_for_the_fault(live, switch, quick_sandbox, stay):
    if stay:
        switch(faults_of.READERS_STAY)
    response = live()
    for stream in (0, 2):
        read(response, stream, frames=1)
    time.sleep(1.2)
    assert bool(quick_sandbox.control("GET", "/jobs")) is stay


@pytest.mark.parametrize(("alone", "told"), [(False, 2), (True, 1)])
def test_how_many_of_two_readers_are_told_of_the_end(historic, switch, alone, told):
    if alone:
        switch(faults_of.END_FOR_ONE)
    response = historic()
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda stream: read(response, stream, timeout=3).details, [0, 1]))
    assert sum("GOAWAY" in end for end in ends) == told


def _rows_to_the_end(call):
    rows = []
    with pytest.raises(grpc.RpcError):
        rows.extend(row for frame in call for row in frame.row_index)
    return rows


def test_metadata_is_known_while_somebody_reads(live, quick_sandbox):
    response = live()
    path = f"/metadata/{response['job_id']}"
    assert quick_sandbox.focus("GET", path).status_code == 404
    with connect(response) as channel:
        call = open_stream(channel, 0)  # held: a call that nobody holds is cancelled
        next(call)
        assert quick_sandbox.focus("GET", path).json() == response
    time.sleep(0.1)
    assert quick_sandbox.focus("GET", path).status_code == 404


def test_metadata_of_a_played_job_is_unknown_with_its_fault(historic, quick_sandbox):
    quick_sandbox.control("PUT", "/faults", {"metadata-of-live-jobs-only": True})
    response = historic()
    with connect(response) as channel:
        call = open_stream(channel, 0)
        next(call)
        path = f"/metadata/{response['job_id']}"
        assert quick_sandbox.focus("GET", path).status_code == 404
        quick_sandbox.control("PUT", "/faults", {})
        assert quick_sandbox.focus("GET", path).json() == response


@pytest.mark.parametrize(
    ("fault", "stream", "status"),
    [
        ({}, 2, 200),
        ({"metadata-until-one-leaves": True}, 0, 404),
        ({"metadata-of-first-stream": True}, 0, 200),
        ({"metadata-of-first-stream": True}, 2, 404),
    ],
)
def test_metadata_when_one_of_two_readers_has_left(live, quick_sandbox, fault, stream, status):
    quick_sandbox.control("PUT", "/faults", fault)
    response = live()
    with connect(response) as staying:
        call = open_stream(staying, stream)
        next(call)
        read(response, 1, frames=1)
        time.sleep(0.1)
        path = f"/metadata/{response['job_id']}"
        assert quick_sandbox.focus("GET", path).status_code == status


def test_a_freed_port_serves_the_next_job(historic, live):
    first = historic()
    read(first)
    second = live("singlechannel")
    assert (second["stream_port"], second["job_id"]) != (None, first["job_id"])
    assert second["stream_port"] == first["stream_port"]
    [frame] = read(second, frames=1).frames
    assert (frame.start_channel, frame.end_channel) == (7, 7)


def test_wrong_calls_are_refused(live):
    response = live()
    assert read(response, stream=3).code == "INVALID_ARGUMENT"
    assert read(response, stream=-1).code == "INVALID_ARGUMENT"
    with connect(response) as channel, pytest.raises(grpc.RpcError) as caught:
        next(open_stream(channel, 0, method=METHOD + "Never"))
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_who_speaks_no_http2_is_let_go(live):
    response = live()
    host = response["stream_url"].removeprefix("http://")
    with socket.create_connection((host, response["stream_port"]), timeout=2) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n" * 10)
        while connection.recv(4096):
            pass
    assert read(response, frames=1).rows == [0]


def test_reset_ends_the_streams(live, quick_sandbox):
    with connect(live()) as channel:
        call = open_stream(channel, 0)
        next(call)
        quick_sandbox.control("POST", "/reset")
        with pytest.raises(grpc.RpcError) as caught:
            list(call)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


ROWS = {
    faults_of.DUPLICATES: [0, 0, 1, 1],
    faults_of.DROPS: [0, 2, 3, 5],
    faults_of.OUT_OF_ORDER: [1, 0, 3, 2],
}


@pytest.mark.parametrize("fault", ROWS, ids=lambda fault: fault.id)
def test_faults_of_the_sequence(historic, switch, fault):
    assert read(historic(), frames=4).rows == [0, 1, 2, 3]
    switch(fault)
    assert read(historic(), frames=4).rows == ROWS[fault]


SHAPES = {
    faults_of.SWAPPED_CHANNELS: lambda usual, frame: frame.start_channel > usual.end_channel,
    faults_of.WRONG_WIDTH: lambda usual, frame: frame.data_shape_x == usual.data_shape_x + 1,
    faults_of.REVERSED_EXTREMA: lambda _, frame: frame.global_minimum > frame.global_maximum,
    faults_of.NARROW_EXTREMA: lambda usual, frame: frame.global_maximum == usual.global_maximum / 2,
    faults_of.EXCHANGED_AXES: lambda usual, frame: (
        (frame.data_shape_x, frame.data_shape_y) == (usual.data_shape_y, usual.data_shape_x)
    ),
    faults_of.EXTRA_BUFFER: lambda usual, frame: list(frame.main_data) == 2 * list(usual.main_data),
}


@pytest.mark.parametrize("fault", SHAPES, ids=lambda fault: fault.id)
def test_faults_of_the_frames(live, switch, fault):
    [usual] = read(live(), frames=1).frames
    switch(fault)
    [frame] = read(live(), frames=1).frames
    assert SHAPES[fault](usual, frame)


PAYLOADS = {
    faults_of.WIDE_VALUES: lambda usual, wrong: len(wrong) == 2 * len(usual),
    faults_of.BIG_ENDIAN: lambda usual, wrong: wrong == _swapped(usual),
    faults_of.INTEGERS: lambda _, wrong: wrong[:2] == struct.pack("<h", 650),
    faults_of.NOT_A_NUMBER: lambda usual, wrong: (
        (wrong[:2], wrong[2:]) == (struct.pack("<e", math.nan), usual[2:])
    ),
    faults_of.TRUNCATED: lambda usual, wrong: wrong == usual[:-1],
}


def _swapped(buffer):
    return struct.pack(f">{len(buffer) // 2}e", *struct.unpack(f"<{len(buffer) // 2}e", buffer))


@pytest.mark.parametrize("fault", PAYLOADS, ids=lambda fault: fault.id)
def test_faults_of_the_payload(live, switch, fault):
    [usual] = read(live(), frames=1).frames
    switch(fault)
    [frame] = read(live(), frames=1).frames
    assert PAYLOADS[fault](usual.main_data[0], frame.main_data[0])


def test_a_value_that_is_infinite_late(live, switch):
    switch(faults_of.INFINITE_LATE)
    frames = read(live("singlechannel"), frames=32).frames
    first = [struct.unpack("<e", frame.main_data[0][:2])[0] for frame in frames]
    assert [row for row, value in enumerate(first) if value == math.inf] == [30]


def test_times_that_run_ahead(live, switch):
    usual, ahead = [], []
    for times, fault in ((usual, None), (ahead, faults_of.FAST_CLOCK)):
        if fault:
            switch(fault)
        frames = read(live("singlechannel"), frames=9).frames
        times += [frame.timestamp_in_milis[0] - frames[0].timestamp_in_milis[0] for frame in frames]
    assert ahead[8] == pytest.approx(1.5 * usual[8], abs=2)


def test_a_live_waterfall_that_is_read_ends(live, switch):
    switch(faults_of.WATERFALL_ENDS, 0.5)
    assert read(live("waterfall")).code == "UNAVAILABLE"
    assert len(read(live("singlechannel"), frames=27).frames) == 27


def test_values_that_stand_still(live, switch):
    switch(faults_of.FROZEN_PICTURE)
    frames = read(live("singlechannel"), frames=3).frames
    assert [frame.row_index[0] for frame in frames] == [0, 1, 2]
    assert len({bytes(frame.main_data[0]) for frame in frames}) == 1


def test_values_that_become_wider_on_the_way(historic, switch):
    switch(faults_of.CHANGING_TYPE)
    frames = read(historic(), frames=4).frames
    widths = [len(frame.main_data[0]) / frame.data_shape_x for frame in frames]
    assert widths == [2, 2, 4, 4]


def test_values_that_become_wider_late(live, switch):
    switch(faults_of.CHANGING_LATE)
    frames = read(live("singlechannel"), frames=22).frames
    widths = [len(frame.main_data[0]) / frame.data_shape_x for frame in frames]
    assert widths == [2] * 20 + [4] * 2


@pytest.mark.parametrize(("late", "apart"), [(False, [0, 0, 0]), (True, [0, 2000, 4000])])
def test_times_of_one_row_in_each_stream(historic, switch, late, apart):
    if late:
        switch(faults_of.LATE_STREAMS)
    response = historic()
    times = [read(response, at, frames=1).frames[0].timestamp_in_milis[0] for at in range(3)]
    assert [each - times[0] for each in times] == apart


@pytest.mark.parametrize("late", [0, 30_000])
def test_when_the_first_row_of_a_minute_was_recorded(historic, quick_sandbox, switch, late):
    if late:
        switch(faults_of.LATE_BEGIN)
    [frame] = read(historic(), frames=1).frames
    assert frame.timestamp_in_milis[0] == quick_sandbox.recorded_start() * 1000 + late


def test_extrema_that_shrink_still_contain_the_values(historic, switch):
    switch(faults_of.SHRINKING_EXTREMA)
    maxima = [frame.global_maximum for frame in read(historic(), frames=8).frames]
    assert maxima == sorted(maxima, reverse=True)
    assert len(set(maxima)) == 8
    assert min(maxima) > 1002


def test_frames_of_the_job_that_was_read_there_before(historic, live, switch):
    read(historic())
    switch(faults_of.OF_ANOTHER_JOB)
    [frame] = read(live("singlechannel"), frames=1).frames
    assert (frame.start_channel, frame.end_channel) == (11, 43)


ENDS = {
    faults_of.ENDS_EARLY: ("UNAVAILABLE", "GOAWAY", {0, 1}),  # gRPC may drop what came just before
    faults_of.END_FAILS: ("INTERNAL", "the job ended", {8}),
    faults_of.NEVER_ENDS: ("DEADLINE_EXCEEDED", "", {8}),
}


@pytest.mark.parametrize("fault", ENDS, ids=lambda fault: fault.id)
def test_faults_of_the_end(historic, switch, fault):
    switch(fault)
    code, words, frames = ENDS[fault]
    result = read(historic(), timeout=3)
    assert result.code == code
    assert len(result.frames) in frames
    assert words in result.details


def test_a_connection_that_is_cut_says_nothing_of_an_end(historic, switch):
    switch(faults_of.END_CUTS)
    result = read(historic())
    assert (result.code, len(result.frames)) == ("UNAVAILABLE", 8)
    assert "GOAWAY" not in result.details


def test_a_stream_that_never_starts(live, switch):
    switch(faults_of.NEVER_STARTS)
    result = read(live(), timeout=0.5)
    assert (result.code, result.frames) == ("DEADLINE_EXCEEDED", [])


def test_only_the_last_stream_is_missing(live, switch):
    switch(faults_of.MISSING_ONE)
    response = live()
    patience = {0: PATIENCE, 1: PATIENCE, 2: 0.5}
    read_ones = [read(response, one, frames=1, timeout=patience[one]) for one in range(3)]
    assert [len(one.frames) for one in read_ones] == [1, 1, 0]


def test_the_last_stream_is_played_less_with_its_fault(historic, switch):
    switch(faults_of.PLAYS_LESS)
    response = historic()
    played = [(0, 8), (1, 8), (2, 5)]
    counts = [len(read(response, *one, timeout=PATIENCE).frames) for one in played]
    assert counts == [8, 8, 5]
    assert read(response, 2, timeout=0.5).frames == []


@pytest.mark.parametrize(("nfft", "frames"), [(2048, 1), (4096, 0)])
def test_a_wide_transform_is_silent_with_its_fault(quick_sandbox, switch, valid, nfft, frames):
    switch(faults_of.SILENT_NFFT)
    body = {**valid["singlechannel"], "nfftSelection": nfft}
    response = quick_sandbox.configure(body).json()
    patience = PATIENCE if frames else 0.5
    assert len(read(response, frames=1, timeout=patience).frames) == frames


@pytest.mark.parametrize(
    ("last", "recorded", "frames"), [(11, True, 0), (12, True, 1), (11, False, 1)]
)
def test_a_recorded_waterfall_of_one_channel_is_silent_with_its_fault(
    quick_sandbox, switch, valid, last, recorded, frames
):
    switch(faults_of.SILENT_WATERFALL)
    start = quick_sandbox.recorded_start()
    times = {"start_time": start, "end_time": start + 60} if recorded else {}
    body = {**valid["waterfall"], **times, "channels": {"min": 11, "max": last}}
    response = quick_sandbox.configure(body).json()
    patience = PATIENCE if frames else 0.5
    assert len(read(response, frames=1, timeout=patience).frames) == frames


def test_a_stream_that_starts_late(live, switch):
    switch(faults_of.STARTS_LATE, 0.4)
    assert read(live(), frames=1).seconds >= 0.4


def test_a_closed_port(live, switch):
    switch(faults_of.PORT_CLOSED)
    assert not _accepts(live())


def test_a_port_that_opens_late(live, switch):
    switch(faults_of.CONNECT_DELAY, 0.3)
    began = time.monotonic()
    response = live()
    wait_until(lambda: _accepts(response), "the port is open")
    assert time.monotonic() - began >= 0.3


def test_a_port_that_is_not_freed_is_open_until_another_job_has_it(live, switch, quick_sandbox):
    switch(faults_of.PORTS_NOT_FREED)
    response = live()
    time.sleep(1.2)
    assert quick_sandbox.control("GET", "/jobs") == []
    assert _accepts(response)
    again = live()
    assert again["stream_port"] == response["stream_port"]
    assert read(again, frames=1).rows == [0]


def test_metadata_of_another_job(live, quick_sandbox):
    quick_sandbox.control("PUT", "/faults", {"metadata-of-another-job": True})
    one, other = live(), live("singlechannel")
    with connect(one) as channel:
        call = open_stream(channel, 0)  # held: a call that nobody holds is cancelled
        next(call)
        answer = quick_sandbox.focus("GET", f"/metadata/{one['job_id']}")
    assert answer.json() == other
