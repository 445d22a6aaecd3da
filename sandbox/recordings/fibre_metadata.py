"""What a recording says of itself: the chain of layers, as exports and answers show it."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sandbox.spec import SPEC

Layer = dict[str, Any]

_CHUNK_S = 5


def layers(recording_uuid: str, prr_hz: int) -> Layer:
    """`fiber_metadata` of a recording, the outermost layer with the others inside."""
    return {
        "layer_type": "smart_recorder",
        "uuid": recording_uuid,
        "sw_version": None,
        "cmd": "python -m smart_recorder --broker amqp://recorder:unsafe@rabbitmq-panda",
        "processors": [],
        "version": "TLV-1.3",
        "num_traces": prr_hz * _CHUNK_S,
        "parent": _leaf(recording_uuid, prr_hz),
    }


def _leaf(recording_uuid: str, prr_hz: int) -> Layer:
    fibre = SPEC.fibre
    return {
        "layer_type": "prp2_recording",
        "uuid": str(uuid5(NAMESPACE_OID, recording_uuid)),
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
