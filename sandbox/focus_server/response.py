"""The body of a successful POST /configure, keys in the observed order."""

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sandbox.focus_server.configuration import Configuration
from sandbox.focus_server.formulas import (
    channel_to_stream_index,
    lines_dt,
    spectrum,
    stream_amount,
)
from sandbox.jobs import Job
from sandbox.recordings import Recording
from sandbox.spec import SPEC

Body = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """What differs between servers, beside the configuration."""

    prr_hz: int
    multi_decimation: int
    port_as_text: bool
    stream_host: str


def response_body(
    wanted: Configuration, variant: Variant, job: Job, recording: Recording | None
) -> Body:
    """Return the body for a started job; ``recording`` is what a historic job plays."""
    frequencies = spectrum(wanted, variant.prr_hz, variant.multi_decimation).frequencies
    streams = stream_amount(wanted)
    return {
        "status": "",
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
        "metadata": {} if recording is None else recording_metadata(recording, variant.prr_hz),
    }


def recording_metadata(recording: Recording, prr_hz: int) -> Body:
    """Return the nested metadata of a historic job."""
    return {
        "layer_type": "smart_recorder",
        "uuid": recording.uuid,
        "sw_version": None,
        "cmd": "python -m smart_recorder --sandbox",
        "processors": [],
        "version": "TLV-1.3",
        "num_traces": prr_hz * 5,
        "parent": _parent_layer(recording, prr_hz),
    }


def _parent_layer(recording: Recording, prr_hz: int) -> Body:
    fibre = SPEC.fibre
    return {
        "layer_type": "prp2_recording",
        "uuid": str(uuid5(NAMESPACE_OID, recording.uuid)),
        "sw_version": None,
        "dx": fibre.dx_m,
        "prr": prr_hz,
        "num_traces": 2048,
        "num_samples_per_trace": fibre.samples_per_trace,
        "fast_time_pixels": None,
        "slow_time_pixels": None,
        "version": "TLV-1.3",
        "fiber_start_meters": fibre.start_m,
        "fiber_length_meters": fibre.length_m,
        "gauge_length_meters": 10.213698387145996,
        "late_t_axis_decimation": 4,
        "fiber_description": fibre.description,
        "decimation_factor_x": 4,
        "recording_timezone": "Asia/Jerusalem",
        "recording_machine_name": "sandbox",
        "content_type": None,
        "feature_names": None,
        "producer_version": None,
        "source_uuid": None,
        "n_features": 1,
        "original_uuid": None,
        "algo_metadata": None,
        "recording_sw_version": None,
        "cut_sw_version": None,
        "start_time": None,
        "end_time": None,
        "preprocessor_version": "11",
        "preprocessor_calculation_version": "8",
    }
