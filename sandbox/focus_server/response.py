"""The body of a successful POST /configure, keys in the observed order."""

from dataclasses import dataclass
from typing import Any

from sandbox.focus_server.configuration import ParsedConfiguration
from sandbox.focus_server.formulas import (
    channel_to_stream_index,
    lines_dt,
    spectrum,
    stream_amount,
)
from sandbox.focus_server.jobs import Job
from sandbox.recordings.reader import StoredRecording

Body = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """What differs between servers, beside the configuration."""

    prr_hz: int
    multi_decimation: int
    port_as_text: bool
    stream_host: str
    status: str = ""
    job_route: bool = False
    stream_per_channel: bool = False


def response_body(
    wanted: ParsedConfiguration, variant: Variant, job: Job, recording: StoredRecording | None
) -> Body:
    """The body for a started job; `recording` is what a historic job plays."""
    frequencies = spectrum(wanted, variant.prr_hz, variant.multi_decimation).frequencies
    streams = wanted.channel_count if variant.stream_per_channel else stream_amount(wanted)
    route = {"job_route": f"/job/{job.id}"} if variant.job_route else {}
    return {
        "status": variant.status,
        "frequencies_list": frequencies,
        "lines_dt": lines_dt(wanted, variant.prr_hz),
        "channel_to_stream_index": channel_to_stream_index(wanted, streams),
        "stream_amount": streams,
        "job_id": job.id,
        "frequencies_amount": len(frequencies),
        "channel_amount": wanted.channel_count,
        "stream_port": str(job.port) if variant.port_as_text else job.port,
        "stream_url": f"http://{variant.stream_host}",
        "view_type": wanted.view,
        "metadata": {} if recording is None else recording.metadata,
        **route,
    }
