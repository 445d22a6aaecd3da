"""Faults of the successful answer: each changes one thing in a finished body."""

# ruff: noqa: ARG001 - every change has the same signature, whether it needs all of it or not

from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.faults import ActiveFaults, Fault, knob
from sandbox.focus_server.configuration import WATERFALL, ParsedConfiguration
from sandbox.focus_server.formulas import internal_nfft, spectrum
from sandbox.focus_server.jobs import Job
from sandbox.focus_server.response import Body


@dataclass(frozen=True)
class Answered:
    """What a fault may look at.

    The job just started, the other live ones, oldest first, what was asked for, and of which fibre.
    """

    job: Job
    others: tuple[Job, ...]
    wanted: ParsedConfiguration
    prr_hz: int


_TOGETHER_S = 0.05  # jobs that begin within it were asked for at the same moment

Change = Callable[[Body, Answered], None]


def _shift_frequencies(body: Body, answered: Answered) -> None:
    frequencies = body["frequencies_list"]
    step = frequencies[1] - frequencies[0] if len(frequencies) > 1 else 1.0
    body["frequencies_list"] = [frequency + step for frequency in frequencies]


def _stretch_frequencies(body: Body, answered: Answered) -> None:
    body["frequencies_list"] = [frequency * 1.01 for frequency in body["frequencies_list"]]


def _shorten_frequencies(body: Body, answered: Answered) -> None:
    body["frequencies_list"] = body["frequencies_list"][:-1]


def _tell_frequencies_of(wanted: ParsedConfiguration, body: Body, prr_hz: int) -> None:
    body["frequencies_list"] = spectrum(wanted, prr_hz, 1).frequencies
    body["frequencies_amount"] = len(body["frequencies_list"])


def _leave_doubled_nfft_whole(body: Body, answered: Answered) -> None:
    internal = internal_nfft(answered.wanted, answered.prr_hz)
    if internal > (answered.wanted.nfft or internal):
        _tell_frequencies_of(replace(answered.wanted, nfft=internal), body, answered.prr_hz)


def _double_at_half_overlap(body: Body, answered: Answered) -> None:
    wanted = answered.wanted
    twice = replace(wanted, duration=2 * (wanted.duration or 0))
    if 2 * (wanted.duration or 0) * answered.prr_hz == wanted.height * (wanted.nfft or 0):
        _tell_frequencies_of(twice, body, answered.prr_hz)


def _null_frequency(body: Body, answered: Answered) -> None:
    body["frequencies_list"] = [None, *body["frequencies_list"][1:]]


def _waterfall_frequencies(body: Body, answered: Answered) -> None:
    if body["view_type"] == WATERFALL:
        body["frequencies_list"], body["frequencies_amount"] = [0.0, 1.0], 2


def _add(key: str, amount: int) -> Change:
    def change(body: Body, answered: Answered) -> None:
        body[key] = type(body[key])(int(body[key]) + amount)

    return change


def _set(key: str, value: object) -> Change:
    def change(body: Body, answered: Answered) -> None:
        body[key] = value

    return change


def _double_lines_dt(body: Body, answered: Answered) -> None:
    body["lines_dt"] *= 2


def _round_lines_dt(body: Body, answered: Answered) -> None:
    body["lines_dt"] = round(body["lines_dt"], 3)


def _drop_last_channel(body: Body, answered: Answered) -> None:
    mapping = body["channel_to_stream_index"]
    body["channel_to_stream_index"] = dict(list(mapping.items())[:-1])


def _interleave_channels(body: Body, answered: Answered) -> None:
    streams = max(1, body["stream_amount"])
    body["channel_to_stream_index"] = {
        channel: position % streams
        for position, channel in enumerate(body["channel_to_stream_index"])
    }


def _reuse_port(body: Body, answered: Answered) -> None:
    if answered.others:
        body["stream_port"] = type(body["stream_port"])(answered.others[0].port)


def _reuse_job_id(body: Body, answered: Answered) -> None:
    if answered.others:
        body["job_id"] = answered.others[0].id


def _port_as_text(body: Body, answered: Answered) -> None:
    body["stream_port"] = str(body["stream_port"])


def _malform_job_id(body: Body, answered: Answered) -> None:
    body["job_id"] = f"job_{answered.job.slot}_{answered.job.counter}"


def _strip_scheme(body: Body, answered: Answered) -> None:
    body["stream_url"] = body["stream_url"].removeprefix("http://")


def _wrong_view(body: Body, answered: Answered) -> None:
    body["view_type"] = (body["view_type"] + 1) % 3


def _foreign_metadata(body: Body, answered: Answered) -> None:
    if leaf := body["metadata"].get("parent"):
        leaf["uuid"] = "00000000-0000-4000-8000-000000000000"


def _live_metadata(body: Body, answered: Answered) -> None:
    if not answered.job.historic:
        body["metadata"] = {"layer_type": "smart_recorder", "parent": {"num_traces": 10_000}}


def _mix_up(body: Body, answered: Answered) -> None:
    others = [job for job in answered.others if job.promised]
    if others and answered.job.started_at - others[-1].started_at < _TOGETHER_S:
        body["channel_to_stream_index"] = others[-1].promised["channel_to_stream_index"]


def _drop_key(body: Body, answered: Answered) -> None:
    del body["frequencies_amount"]


CHANGES: dict[Fault, Change] = {
    Fault("channel-amount-off-by-one", "channel_amount is one too high"): _add("channel_amount", 1),
    Fault("frequencies-shifted", "frequencies_list starts one bin too high"): _shift_frequencies,
    Fault("frequencies-short", "frequencies_list lacks its last frequency"): _shorten_frequencies,
    Fault(
        "frequencies-wrong-step", "the step of frequencies_list is 1 % too wide"
    ): _stretch_frequencies,
    Fault(
        "frequencies-of-longer-nfft",
        "where the overlap demands a longer NFFT, all its frequencies are told",
    ): _leave_doubled_nfft_whole,
    Fault(
        "nfft-longer-at-half-overlap", "NFFT is doubled although the overlap is exactly a half"
    ): _double_at_half_overlap,
    Fault("frequencies-null", "the first frequency is null"): _null_frequency,
    Fault("frequencies-amount-off-by-one", "frequencies_amount is one too high"): _add(
        "frequencies_amount", 1
    ),
    Fault(
        "waterfall-has-frequencies", "a waterfall is answered with frequencies"
    ): _waterfall_frequencies,
    Fault("lines-dt-wrong", "lines_dt is twice what duration / height gives"): _double_lines_dt,
    Fault("lines-dt-rounded", "lines_dt has three decimals at most"): _round_lines_dt,
    Fault(
        "mapping-misses-channel", "channel_to_stream_index lacks the last channel"
    ): _drop_last_channel,
    Fault(
        "mapping-not-contiguous", "channels are dealt to the streams in turn"
    ): _interleave_channels,
    Fault("stream-amount-wrong", "stream_amount is one too high"): _add("stream_amount", 1),
    Fault(
        "port-reused", "stream_port is that of another live job, where there is one"
    ): _reuse_port,
    Fault("port-as-string", "stream_port is a string"): _port_as_text,
    Fault("port-off-by-one", "stream_port is one above the port of the slot"): _add(
        "stream_port", 1
    ),
    Fault("job-id-malformed", "job_id is not slot-counter"): _malform_job_id,
    Fault("job-id-reused", "job_id is that of another live job, where there is one"): _reuse_job_id,
    Fault("view-type-echo-wrong", "view_type in the answer is another view"): _wrong_view,
    Fault("status-failed", 'status of an accepted configuration is "failed"'): _set(
        "status", "failed"
    ),
    Fault("response-missing-key", "the answer lacks frequencies_amount"): _drop_key,
    Fault(
        "metadata-not-of-recording", "metadata of a historic answer are of another recording"
    ): _foreign_metadata,
    Fault("metadata-empty", "metadata of every answer are empty"): _set("metadata", {}),
    Fault(
        "live-metadata-of-recording", "metadata of a live answer are those of a recording"
    ): _live_metadata,
    Fault(
        "answers-mixed-up", "of two configurations at once the later tells the mapping of the other"
    ): _mix_up,
    Fault("stream-url-without-scheme", "stream_url lacks http://"): _strip_scheme,
}


DECLARED_AS_TEXT = Fault(
    "answer-declared-as-text", "the answer to a configuration is declared as text/plain"
)
FAULTS = (*CHANGES, DECLARED_AS_TEXT)
FURTHER_KEY = knob("response-extra-key", "the answer has a key that nobody has written down")
ACCEPTED_WITH_202 = knob(
    "configure-answers-202", "an accepted configuration is answered with 202 instead of 200"
)
STREAM_PER_CHANNEL = knob(
    "stream-per-channel", "each channel of the multichannel view has a stream of its own"
)
KNOBS = (FURTHER_KEY, ACCEPTED_WITH_202, STREAM_PER_CHANNEL)


def change_response(body: Body, answered: Answered, faults: ActiveFaults) -> None:
    """Apply the active faults to `body`."""
    if faults.on(FURTHER_KEY):
        body["debug"] = True
    for fault, change in CHANGES.items():
        if faults.on(fault):
            change(body, answered)
