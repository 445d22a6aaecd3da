"""Faults of `fiber_metadata`: they spoil every recording, so that answers show them as well."""

from collections.abc import Callable
from typing import Any

from pymongo.database import Database

from sandbox.spec import SPEC

Target = Database[dict[str, Any]]
Spoil = Callable[[Target, str], object]


def _set(path: str, value: object) -> Spoil:
    """Change one field of the layers; the leaf layer is below `parent`."""
    change = {f"fiber_metadata.{path}": value}
    return lambda target, guid: target[guid].update_many({}, {"$set": change})


def _second_leaf(target: Target, guid: str) -> None:
    found = target[guid].find_one({}) or {}
    leaf = {"fiber_metadata.parent.parent": found["fiber_metadata"]["parent"]}
    target[guid].update_many({}, {"$set": leaf})


DECLARED: tuple[tuple[str, str, Spoil], ...] = (
    (
        "metadata-layer-wrong",
        "the outer layer of every recording is a baby_analyzer",
        _set("layer_type", "baby_analyzer"),
    ),
    ("metadata-two-leaves", "the leaf layer of every recording is there twice", _second_leaf),
    (
        "metadata-samples-short",
        "ten samples per trace are missing",
        _set("parent.num_samples_per_trace", SPEC.fibre.samples_per_trace - 10),
    ),
    (
        "metadata-samples-fraction",
        "num_samples_per_trace has a fraction",
        _set("parent.num_samples_per_trace", SPEC.fibre.samples_per_trace + 0.5),
    ),
    (
        "metadata-gauge-odd",
        "the gauge length is no multiple of dx",
        _set("parent.gauge_length_meters", 10.7),
    ),
    ("metadata-prr-zero", "prr of every recording is 0", _set("parent.prr", 0)),
    ("metadata-dtype-alias", 'dtype of every recording is "f4"', _set("parent.dtype", "f4")),
    (
        "metadata-dtype-differs",
        'dtype of every recording is "int16"',
        _set("parent.dtype", "int16"),
    ),
    (
        "metadata-null-among-numbers",
        "a list of numbers in the metadata holds null",
        _set("parent.algo_metadata", {"weights": [0.5, None]}),
    ),
)
