"""Metadata: the chain as it was observed, and what can be wrong with it."""

from typing import Any

from focus_corpus.entry import CorpusEntry
from focus_engine.arrays.checks import metadata_report
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract
from focus_engine.arrays.message import ArrayMessage
from focus_engine.arrays.metadata.message import (
    RECORDING,
    message_of_live_metadata,
    message_of_metadata,
)
from focus_engine.arrays.profile import MetadataRules
from focus_engine.checks.report import Report
from focus_engine.status import Status

RULES = MetadataRules(
    status=Status.OBSERVED,
    source="answers to POST /configure",
    first="smart_recorder",
    middle="baby_analyzer",
    leaf="prp2_recording",
    dtype_required=True,
)
AGREED = ArrayContract(RECORDING, ("float32",))
Metadata = dict[str, Any]


def valid_leaf() -> Metadata:
    return {
        "layer_type": "prp2_recording",
        "dx": 1.0213698148727417,
        "prr": 2000,
        "num_samples_per_trace": 9791,
        "fiber_length_meters": 10000,
        "gauge_length_meters": 10.213698387145996,
        "dtype": "float32",
    }


def valid_live() -> Metadata:
    return {
        "dx": 1.0213698148727417,
        "prr": 2000.0,
        "fiber_start_meters": 0,
        "fiber_length_meters": 10000,
        "sw_version": "11.17.10513",
        "number_of_channels": 9791,
        "fiber_description": "corpus",
    }


def layers() -> list[CorpusEntry]:
    """The observed chain, /live_metadata, and one mutation of either per code."""
    chain = [
        _chain("metadata valid", None),
        _chain("metadata with analyzers", None, middles=2),
        _chain("layers reversed", ArrayCode.LAYER_ORDER, first="baby_analyzer"),
        _chain("no leaf", ArrayCode.LAYER_ORDER, layer_type="smart_recorder"),
        _chain("samples do not fit", ArrayCode.SAMPLES, num_samples_per_trace=9781),
        _chain("gauge does not fit", ArrayCode.GAUGE, gauge_length_meters=10.7),
        _chain("prr zero", ArrayCode.PRR, prr=0),
        _chain("dx text", ArrayCode.METADATA_TYPE, dx="1.02"),
        _chain("prr boolean", ArrayCode.METADATA_TYPE, prr=True),
        _chain("no dtype", ArrayCode.METADATA_DTYPE, dtype=None),
        _chain("dtype alias in metadata", ArrayCode.DTYPE_ALIAS, dtype="f4"),
        _chain("another dtype in metadata", ArrayCode.KIND_DIFFERS, dtype="int16"),
        _chain("samples with a fraction", ArrayCode.METADATA_TYPE, num_samples_per_trace=9791.0),
        _chain("null among numbers", ArrayCode.NULL_NUMBER, frequencies_list=[0.0, None, 2.0]),
        CorpusEntry("two leaves", ArrayCode.LEAF, _two_leaves),
    ]
    return [
        *chain,
        _live("live metadata valid", None),
        _live("channels with a fraction", ArrayCode.CHANNELS_FRACTION, number_of_channels=2447.75),
        _live("channels 2447.0", ArrayCode.CHANNELS_FRACTION, number_of_channels=2447.0),
        _live("live prr zero", ArrayCode.PRR, prr=0.0),
        _live("live dx null", ArrayCode.METADATA_TYPE, dx=None),
    ]


def _chain(
    name: str,
    verdict: ArrayCode | None,
    *,
    first: str = "smart_recorder",
    middles: int = 0,
    **fields: Any,
) -> CorpusEntry:
    metadata: Metadata = {**valid_leaf(), **fields}
    for _ in range(middles):
        metadata = {"layer_type": "baby_analyzer", "parent": metadata}
    metadata = {"layer_type": first, "parent": metadata}
    return CorpusEntry(name, verdict, lambda: _judged(message_of_metadata(metadata, "chain")))


def _two_leaves() -> Report:
    rules = RULES.model_copy(update={"middle": RULES.leaf})
    inner = {"layer_type": "smart_recorder", "parent": {**valid_leaf(), "parent": valid_leaf()}}
    return metadata_report(message_of_metadata(inner, "chain"), rules, AGREED)


def _judged(message: ArrayMessage) -> Report:
    return metadata_report(message, RULES, AGREED)


def _live(name: str, verdict: ArrayCode | None, **fields: Any) -> CorpusEntry:
    message = message_of_live_metadata({**valid_live(), **fields})
    return CorpusEntry(name, verdict, lambda: _judged(message))
