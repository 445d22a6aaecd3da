"""What readers found of the streams of a step, counted and judged."""

import json
from dataclasses import asdict, replace
from fractions import Fraction
from unittest.mock import MagicMock

import pytest

from focus_engine.arrays.frames import StreamPromise
from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import constant
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.load.arrival import Readers
from focus_engine.load.engine import MOST_READER_DELAY, read
from focus_engine.load.readers import ReaderCounts, reader_counts
from focus_engine.load.shapes import load_shape
from focus_engine.load.verdict import judged_readers
from focus_engine.streams.crowd import Crowd
from focus_engine.streams.crowd_reader import StreamRecord, _read
from focus_engine.streams.target import StreamTarget
from focus_engine.streams.terms import ReaderTerms
from focus_engine.verdict import ToolError

LIMIT = Limit(Fraction(95), 2.0)
DEMANDED = LatencyRequirement((LIMIT,), 0.0)
SERVED = StreamRecord("1-1", 0, 0.3, 20, 4000, 0.1, 10.0, 10.0)


def counted(*records: StreamRecord, live: float = 1.0) -> ReaderCounts:
    found = reader_counts([asdict(record) for record in records], DEMANDED.limits, live=live)
    return judged_readers(found, DEMANDED)


def test_served_streams_are_added_up() -> None:
    found = counted(SERVED, replace(SERVED, stream=1, longest_gap=0.4))

    assert (found.first.requests, found.frames, found.size) == (2, 40, 8000)
    assert (found.longest_gap, found.reason) == (0.4, "")
    assert ReaderCounts.from_json(found.as_json()) == found


@pytest.mark.parametrize("trouble", ["no frame", "stalled", "stream cut", "no connection"])
def test_one_stream_that_is_not_served_breaks_the_step(trouble: str) -> None:
    found = counted(*[SERVED] * 9, replace(SERVED, trouble=trouble, example="UNAVAILABLE: gone"))

    assert found.reason == f"1 of 10 streams did not serve: 1 {trouble} (UNAVAILABLE: gone)"


def test_lines_slower_than_half_of_what_is_promised_break_it() -> None:
    slow = replace(SERVED, lines_per_second=4.9)

    assert counted(slow).reason == "1 of 1 streams did not serve: 1 lines too slow"
    assert counted(replace(slow, lines_per_second=5.1)).reason == ""
    assert counted(slow, live=0.0).reason == ""  # read slowly: its pace is the reader's own


def test_late_first_frames_break_it_where_chance_does_not_explain_them() -> None:
    late = replace(SERVED, first=2.5)

    assert "to the first frame of a stream, 5 of 10" in counted(*[SERVED] * 5, *[late] * 5).reason
    assert counted(*[SERVED] * 59, late).reason == ""


@pytest.mark.parametrize("late", [0.0, 0.4, 0.6, 30.0])
@pytest.mark.parametrize("shape", ["read_waves", "slow_readers"])
def test_readers_that_were_late_themselves_blame_nobody(shape: str, late: float) -> None:
    served = [asdict(replace(SERVED, own_delay=late))] * 9
    missed = asdict(replace(SERVED, trouble="no frame", own_delay=0.0))
    wanted = load_shape(shape)

    good = read(wanted, served, DEMANDED)
    assert good is not None
    assert good.reason == ""  # served in time although they began late
    if late <= MOST_READER_DELAY:
        broken = read(wanted, [*served, missed], DEMANDED)
        assert broken is not None
        assert "1 of 10 streams did not serve" in broken.reason
        return
    with pytest.raises(ToolError, match=rf"began to connect up to {late:.1f} s after the answer"):
        read(wanted, [*served, missed], DEMANDED)


def test_a_load_of_which_nothing_could_be_read_breaks() -> None:
    assert counted().reason == "none of its investigations could be read"


def test_a_job_that_is_read_lives_longer() -> None:
    unread, read = load_shape("waves"), load_shape("read_waves")

    assert unread.readers is Readers.NONE
    assert (unread.life(50.0), read.life(50.0)) == (50.0, 50.0 + read.reading)


def test_terms_travel_with_the_plan() -> None:
    terms = ReaderTerms(1.0, 5.0, pause=0.3, only_loopback=True)
    plan = MeasurementPlan(
        (PreparedRequest("POST", "http://127.0.0.1:1/"),), constant(1, 1), readers=terms
    )

    assert MeasurementPlan.from_json(plan.to_json()) == plan


def answer_at(host: str) -> bytes:
    told = {"job_id": "1-1", "stream_url": f"http://{host}", "stream_port": "1"}
    shown = {"channel_to_stream_index": {"1": 0}, "frequencies_amount": 1, "view_type": "1"}
    return json.dumps({**told, **shown}).encode()


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"no json", "no streams"),
        (b"{}", "no streams"),
        (answer_at("192.0.2.1"), "no streams"),  # no loopback
        (answer_at("127.0.0.1"), "no connection"),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_record(answer: bytes, trouble: str) -> None:
    crowd = Crowd(ReaderTerms(0.1, 0.2, only_loopback=True))
    crowd.await_ready()
    crowd.read(0.0, 0.0, answer)

    [record] = crowd.finish()

    assert record["trouble"] == trouble
    assert record["example"]


def test_a_stream_that_ends_at_once_was_not_waited_for() -> None:
    call = MagicMock(**{"__iter__.return_value": iter(())})
    target = StreamTarget("1-1", "127.0.0.1", 1, {0: StreamPromise(0, (1,), 4)})

    record = _read(lambda *_: call, target, 0, 0.0, ReaderTerms(1.0, 2.0))

    assert (record.trouble, record.example) == (
        "no frame",
        "the server ended the stream before one",
    )
