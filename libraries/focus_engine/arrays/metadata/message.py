"""Metadata as a message: the dtype that it claims, the shape that it tells, and its fields.

Layers hold the commands that recorders were started with, and those hold credentials: they are
left out here, so that nothing that is logged later can show them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from focus_engine.arrays.message import ArrayMessage, DtypeClaim
from focus_engine.reading.missing import MISSING

RECORDING = "prp2_recording"
LIVE = "live_metadata"
MOST_LAYERS = 64  # a chain that leads back to itself would never end
_COMMAND = "cmd"

Layer = Mapping[str, Any]


def message_of_metadata(metadata: Layer, source: str) -> ArrayMessage:
    """`metadata` of POST /configure, or `fiber_metadata` of MongoDB; `source` names it in reports.

    There is no payload, and no byte order: metadata has no field for one.
    """
    layers = layers_of(metadata)
    claims = [layer["dtype"] for layer in layers if layer.get("dtype") is not None]
    leaf = layers[-1] if layers else {}
    return ArrayMessage(
        schema=RECORDING,
        source=source,
        claim=DtypeClaim(claims[-1] if claims else MISSING),
        shape=(leaf.get("num_traces"), leaf.get("num_samples_per_trace")),
        order="C",
        payload=b"",
        meta=_without_commands(metadata),
        timestamp=(leaf.get("start_time"), leaf.get("end_time")),
    )


def message_of_live_metadata(body: Layer) -> ArrayMessage:
    """The answer to GET /live_metadata, which tells no dtype."""
    return ArrayMessage(
        schema=LIVE,
        source="/live_metadata",
        claim=DtypeClaim(MISSING),
        shape=(body.get("number_of_channels"),),
        order="C",
        payload=b"",
        meta=_without_commands(body),
    )


def layers_of(metadata: object) -> list[Layer]:
    """The layers from the outermost to the leaf, along `parent`."""
    return list(_walk(metadata))


def _walk(metadata: object) -> Iterator[Layer]:
    layer = metadata
    for _ in range(MOST_LAYERS):
        if not isinstance(layer, Mapping):
            return
        yield layer
        layer = layer.get("parent")


def _without_commands(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_commands(each) for key, each in value.items() if key != _COMMAND}
    if isinstance(value, (list, tuple)):
        return [_without_commands(each) for each in value]
    return value
