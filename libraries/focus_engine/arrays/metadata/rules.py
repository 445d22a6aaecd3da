"""What metadata must satisfy, one question at a time, so that a table can ask each by itself."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from focus_engine.arrays.codes import ArrayCode
from focus_engine.checks.finding import Finding
from focus_engine.checks.report import Report, merged, once_per_code
from focus_engine.verdict import PreconditionUnmet


class MetadataRule(StrEnum):
    """A property of metadata; the values are the words of the tables."""

    everything = "everything"
    layers_in_order = "layers in order"
    one_leaf = "one leaf"
    numbers = "numbers"
    samples_fit = "samples fit"
    gauge_fits = "gauge fits"
    prr_above_zero = "prr above zero"
    whole_channels = "whole channels"
    dtype_as_agreed = "dtype as agreed"
    no_null = "no null"


# A rule also fails on what leaves its question open: without one leaf there are no samples.
_ONE_LEAF = frozenset({ArrayCode.LEAF})
_NUMBERS = _ONE_LEAF | {ArrayCode.METADATA_TYPE}
_CODES = {
    MetadataRule.layers_in_order: frozenset({ArrayCode.LAYER_ORDER}),
    MetadataRule.one_leaf: _ONE_LEAF,
    MetadataRule.numbers: _NUMBERS,
    MetadataRule.samples_fit: _NUMBERS | {ArrayCode.SAMPLES},
    MetadataRule.gauge_fits: _NUMBERS | {ArrayCode.GAUGE},
    MetadataRule.prr_above_zero: _NUMBERS | {ArrayCode.PRR},
    MetadataRule.whole_channels: frozenset({ArrayCode.METADATA_TYPE, ArrayCode.CHANNELS_FRACTION}),
    MetadataRule.no_null: frozenset({ArrayCode.NULL_NUMBER}),
}


def report_of_rule(rule: MetadataRule, reports: Sequence[Report]) -> Report:
    """One report on several pieces of metadata, with the defects that `rule` is about.

    Raises PreconditionUnmet when there is no metadata at all: a rule about nothing never passes.
    """
    if not reports:
        raise PreconditionUnmet(
            f"there is no metadata, so '{rule.value}' has nothing to judge. Record some data."
        )
    about = [
        replace(each, findings=[found for found in each.findings if _concerns(rule, found)])
        for each in reports
    ]
    subject = reports[0].subject if len(reports) == 1 else f"{len(reports)} pieces of metadata"
    return merged(subject, about if len(reports) == 1 else once_per_code(about))


def _concerns(rule: MetadataRule, found: Finding) -> bool:
    if rule is MetadataRule.everything:
        return True
    if rule is MetadataRule.dtype_as_agreed:
        return found.code.startswith("DT") or found.code == ArrayCode.METADATA_DTYPE.id
    return ArrayCode.by_id(found.code) in _CODES[rule]
