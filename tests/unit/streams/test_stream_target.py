"""Where the streams are, as the answer to configure says; and what an answer may lack."""

from types import SimpleNamespace

import pytest

from focus_engine.arrays.frames import StreamPromise
from focus_engine.streams.target import stream_target
from focus_engine.verdict import ProductFailure, ToolError

RESPONSE = {
    "job_id": "4-1748",
    "stream_url": "http://127.9.8.7",
    "stream_port": 12304,
    "channel_to_stream_index": {"11": 0, "12": 0, "13": 1},
    "frequencies_amount": 256,
}


def _environment(name: str = "sandbox", stream_host: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(name=name, stream_host=stream_host)


def test_target_of_an_answer() -> None:
    target = stream_target(RESPONSE, _environment())
    assert (target.address, target.slot) == ("127.9.8.7:12304", "4")
    assert target.promises[0] == StreamPromise(0, (11, 12), 256)
    assert target.promises[1] == StreamPromise(1, (13,), 256)
    assert target.range_of(0) == "11..12"


def test_no_other_job_has_an_id_nearby() -> None:
    target = stream_target(RESPONSE, _environment())
    assert target.ids_nearby == [
        *("4-174", "-1748", "4-17480"),
        *("04-1748", " 4-1748", "4-1748 ", "4-001748", "4-+1748"),
    ]


def test_an_id_of_another_form_is_not_told_in_capitals() -> None:
    target = stream_target({**RESPONSE, "job_id": "00a4"}, _environment())
    assert target.ids_nearby == ["00a", "0a4", "00a40", "000a4", " 00a4", "00a4 ", "00A4"]


@pytest.mark.parametrize("url", ["http://127.0.0.2", "https://127.0.0.2", "127.0.0.2"])
@pytest.mark.parametrize("port", [12304, "12304"])
def test_older_answers_are_understood(url: str, port: object) -> None:
    response = {**RESPONSE, "stream_url": url, "stream_port": port}
    assert stream_target(response, _environment()).address == "127.0.0.2:12304"


def test_the_host_can_be_replaced() -> None:
    environment = _environment("staging", "gate.example")
    assert stream_target(RESPONSE, environment).address == "gate.example:12304"


def test_the_sandbox_streams_from_this_machine_only() -> None:
    response = {**RESPONSE, "stream_url": "http://192.0.2.1"}
    with pytest.raises(ProductFailure, match=r"stream_url .* expected a loopback address"):
        stream_target(response, _environment())
    with pytest.raises(ToolError, match="accepts loopback"):
        stream_target(RESPONSE, _environment(stream_host="192.0.2.1"))


@pytest.mark.parametrize("view", [2, "2", 3])
@pytest.mark.parametrize("frequencies", [0, 1, 256])
def test_waterfall_and_heatmaps_have_one_value_per_channel(view: object, frequencies: int) -> None:
    response = {**RESPONSE, "view_type": view, "frequencies_amount": frequencies}
    assert stream_target(response, _environment()).promises[0].row_width == 2


WRONG = [
    ("stream_url", None),
    ("stream_url", ""),
    *(("stream_url", url) for url in ("http://[", "http://[::1", "http://a b", " ", "http://a/b")),
    *(("stream_url", url) for url in ("http://u:p@a", "http://a:80", "http://a\n", "ftp://a", 1)),
    *(("stream_port", port) for port in ("many", "", "9" * 5000, "\uff11", 0, -5, 65536, 1.5)),
    ("stream_port", True),
    ("channel_to_stream_index", {}),
    ("channel_to_stream_index", [0]),
    *(("channel_to_stream_index", {key: 0}) for key in ("a", "", "9" * 5000, "-1")),
    ("channel_to_stream_index", {"1": "0"}),
    ("frequencies_amount", None),
    ("frequencies_amount", -1),
]


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_an_answer_that_does_not_lead_to_streams_is_the_products_failure(key, value) -> None:
    with pytest.raises(ProductFailure, match=f"the job cannot be streamed: {key} in the answer"):
        stream_target({**RESPONSE, key: value}, _environment())


@pytest.mark.parametrize(("stream", "there"), [(0, True), (1, True), (2, False), (-1, False)])
def test_which_streams_a_job_has(stream: int, there: bool) -> None:
    assert stream_target(RESPONSE, _environment()).has(stream) is there


@pytest.mark.parametrize("stream", [2**31, -(2**31) - 1, 10**30])
def test_what_grpc_cannot_ask_for_is_an_error(stream: int) -> None:
    with pytest.raises(ToolError, match=f"{stream} is no index of a stream"):
        stream_target(RESPONSE, _environment()).has(stream)
