"""Metadata of a recording: the chain of layers, and the numbers that must fit each other."""

import math
from collections.abc import Mapping
from typing import Any

from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract, named_dtype
from focus_engine.arrays.message import ArrayMessage
from focus_engine.arrays.metadata.message import Layer, layers_of
from focus_engine.arrays.profile import MetadataRules
from focus_engine.checks.finding import Finding, Severity, finding
from focus_engine.reading.missing import MISSING

SAMPLES_TOLERANCE = 1
GAUGE_TOLERANCE = 0.001  # observed: 10.0000002 for 10
NUMBERS_OF_LEAF = (
    "dx",
    "prr",
    "fiber_length_meters",
    "gauge_length_meters",
    "num_samples_per_trace",
)
WHOLE_OF_LEAF = ("num_samples_per_trace", "num_traces")
NUMBERS_OF_LIVE = ("dx", "prr", "fiber_start_meters", "fiber_length_meters", "number_of_channels")


def chain_defects(
    message: ArrayMessage, rules: MetadataRules, agreed: ArrayContract
) -> list[Finding]:
    """`metadata` of POST /configure or `fiber_metadata` of MongoDB: chain, leaf and dtype."""
    layers = layers_of(message.meta)
    kinds = [str(layer.get("layer_type", "no layer_type")) for layer in layers]
    leaves = [layer for layer in layers if layer.get("layer_type") == rules.leaf]
    return [
        *_order(kinds, rules),
        *_leaves(kinds, leaves, rules),
        *(_leaf_defects(leaves[0]) if len(leaves) == 1 else []),
        *_dtype_defects(message, rules, agreed),
        *null_defects(message.meta),
    ]


def live_defects(body: Layer) -> list[Finding]:
    """GET /live_metadata of a server that has its fibre: types, prr and whole channels."""
    found = _type_defects(body, NUMBERS_OF_LIVE)
    return [*found, *_prr_defects(body), *_channel_defects(body), *null_defects(body)]


def null_defects(value: object, path: str = "$") -> list[Finding]:
    """Null inside a list of numbers: what JSON makes of NaN on the server."""
    if isinstance(value, Mapping):
        inner = [(item, f"{path}.{key}") for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        numeric = any(_is_number(item) for item in value)
        first = next((at for at, item in enumerate(value) if item is None), None)
        if numeric and first is not None:
            sentence = f"{path}[{first}] is null in a list of numbers: NaN on the server."
            return [finding(ArrayCode.NULL_NUMBER, sentence, "numbers", "null")]
        inner = [(item, f"{path}[{at}]") for at, item in enumerate(value)]
    else:
        return []
    return [found for item, where in inner for found in null_defects(item, where)]


def _order(kinds: list[str], rules: MetadataRules) -> list[Finding]:
    right = (
        kinds[:1] == [rules.first]
        and kinds[-1] == rules.leaf
        and all(kind == rules.middle for kind in kinds[1:-1])
    )
    if right:
        return []
    expected = f"{rules.first} > {rules.middle} (any number) > {rules.leaf}"
    seen = " > ".join(kinds)
    return [
        finding(ArrayCode.LAYER_ORDER, f"the chain is {seen}; expected {expected}.", expected, seen)
    ]


def _leaves(kinds: list[str], leaves: list[Layer], rules: MetadataRules) -> list[Finding]:
    if len(leaves) == 1:
        return []
    chain = " > ".join(kinds)
    sentence = f"the chain {chain} has {len(leaves)} layers {rules.leaf}; expected 1."
    return [finding(ArrayCode.LEAF, sentence, "1", str(len(leaves)))]


def _leaf_defects(leaf: Layer) -> list[Finding]:
    found = [*_type_defects(leaf, NUMBERS_OF_LEAF), *_whole_defects(leaf)]
    if found:
        return found  # arithmetic with the wrong types would say nothing
    return [*_prr_defects(leaf), *_samples_defects(leaf), *_gauge_defects(leaf)]


def _type_defects(body: Layer, names: tuple[str, ...]) -> list[Finding]:
    wrong = [name for name in names if not _is_number(body.get(name))]
    return [
        finding(
            ArrayCode.METADATA_TYPE,
            f"{name} is {body.get(name, 'missing')!r}; expected a finite number.",
            "a finite number",
            repr(body.get(name, "missing")),
        )
        for name in wrong
    ]


def _whole_defects(leaf: Layer) -> list[Finding]:
    return [
        finding(
            ArrayCode.METADATA_TYPE, f"{name} is {leaf[name]!r}; expected an integer.", "an integer"
        )
        for name in WHOLE_OF_LEAF
        if leaf.get(name) is not None and type(leaf[name]) is not int
        if _is_number(leaf[name]) or name not in NUMBERS_OF_LEAF  # else it was said
    ]


def _prr_defects(body: Layer) -> list[Finding]:
    prr: Any = body.get("prr")
    if not _is_number(prr) or prr > 0:
        return []  # what is no number is a defect of its own
    return [finding(ArrayCode.PRR, f"prr is {prr}; expected more than 0.", "> 0", str(prr))]


def _samples_defects(leaf: Layer) -> list[Finding]:
    if leaf["dx"] <= 0:
        return [
            finding(ArrayCode.METADATA_TYPE, f"dx is {leaf['dx']}; expected more than 0.", "> 0")
        ]
    expected, seen = round(leaf["fiber_length_meters"] / leaf["dx"]), leaf["num_samples_per_trace"]
    if abs(seen - expected) <= SAMPLES_TOLERANCE:
        return []
    sentence = f"num_samples_per_trace is {seen}; fiber_length_meters / dx is {expected}."
    return [finding(ArrayCode.SAMPLES, sentence, f"{expected} ± {SAMPLES_TOLERANCE}", str(seen))]


def _gauge_defects(leaf: Layer) -> list[Finding]:
    if leaf["dx"] <= 0:
        return []  # said above
    ratio = leaf["gauge_length_meters"] / leaf["dx"]
    if ratio >= 1 - GAUGE_TOLERANCE and abs(ratio - round(ratio)) <= GAUGE_TOLERANCE:
        return []
    sentence = f"gauge_length_meters / dx is {ratio:.6g}; expected a whole number of samples."
    return [finding(ArrayCode.GAUGE, sentence, "a whole number", f"{ratio:.6g}")]


def _channel_defects(body: Layer) -> list[Finding]:
    seen: Any = body.get("number_of_channels")
    if not _is_number(seen):
        return []  # what is no number at all is a defect of its own
    if seen <= 0:
        sentence = f"number_of_channels is {seen}; expected more than 0."
        return [finding(ArrayCode.METADATA_TYPE, sentence, "> 0", str(seen))]
    if type(seen) is int:
        return []
    sentence = f"number_of_channels is {seen}; expected an integer, and rounding hides the defect."
    return [finding(ArrayCode.CHANNELS_FRACTION, sentence, "an integer", str(seen))]


def _dtype_defects(
    message: ArrayMessage, rules: MetadataRules, agreed: ArrayContract
) -> list[Finding]:
    if message.claim.dtype is MISSING:
        found = finding(
            ArrayCode.METADATA_DTYPE, "no layer claims a dtype.", "a canonical dtype name"
        )
        return [found if rules.dtype_required else found.weighed(Severity.WARN)]
    judged = named_dtype(message.claim, agreed)
    return [judged] if isinstance(judged, Finding) else []


def _is_number(value: object) -> bool:
    """A finite JSON number; Python counts bool among the integers, which JSON does not."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value)
