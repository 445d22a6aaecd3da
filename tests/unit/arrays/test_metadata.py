"""Metadata as messages, and the questions that tables ask of it one at a time."""

import pytest

from focus_corpus.layers import AGREED, RULES, valid_leaf, valid_live
from focus_engine.arrays.checks import metadata_report, nulls_report
from focus_engine.arrays.metadata.message import (
    layers_of,
    message_of_live_metadata,
    message_of_metadata,
)
from focus_engine.arrays.metadata.rules import MetadataRule, report_of_rule
from focus_engine.reading.missing import MISSING
from focus_engine.verdict import PreconditionUnmet

Rule = MetadataRule


def _chain(**fields: object) -> dict:
    leaf = {**valid_leaf(), "cmd": "recorder amqp://user:geheim@host", **fields}
    return {"layer_type": "smart_recorder", "cmd": "amqp://user:geheim@host", "parent": leaf}


def _failing(message) -> set[MetadataRule]:
    report = metadata_report(message, RULES, AGREED)
    return {rule for rule in Rule if not report_of_rule(rule, [report]).accepted}


def test_a_message_holds_the_claim_and_no_command() -> None:
    message = message_of_metadata(_chain(num_traces=2048), "the job")
    assert (message.claim.dtype, message.claim.endian) == ("float32", MISSING)
    assert message.shape == (2048, 9791)
    assert "geheim" not in str(message.meta)
    assert "geheim" not in repr(message)


def test_metadata_without_a_dtype_claims_none() -> None:
    assert message_of_metadata(_chain(dtype=None), "the job").claim.dtype is MISSING
    assert message_of_metadata({}, "the job").claim.dtype is MISSING
    assert message_of_live_metadata(valid_live()).claim.dtype is MISSING


def test_a_chain_that_leads_back_to_itself_ends() -> None:
    layer: dict = {"layer_type": "baby_analyzer"}
    layer["parent"] = layer
    assert len(layers_of(layer)) == 64


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({}, set()),
        ({"num_samples_per_trace": 9781}, {Rule.samples_fit}),
        ({"gauge_length_meters": 10.7}, {Rule.gauge_fits}),
        ({"prr": 0}, {Rule.prr_above_zero}),
        ({"dtype": "int16"}, {Rule.dtype_as_agreed}),
        ({"weights": [1.0, None]}, {Rule.no_null}),
        # what keeps a question open fails it, too
        ({"dx": "1"}, {Rule.numbers, Rule.samples_fit, Rule.gauge_fits, Rule.prr_above_zero,
                       Rule.whole_channels}),
        ({"num_traces": "2048"}, {Rule.numbers, Rule.samples_fit, Rule.gauge_fits,
                                  Rule.prr_above_zero, Rule.whole_channels}),
        ({"parent": valid_leaf()}, {Rule.layers_in_order, Rule.one_leaf, Rule.numbers,
                                    Rule.samples_fit, Rule.gauge_fits, Rule.prr_above_zero}),
    ],
)  # fmt: skip
def test_a_rule_fails_on_its_own_defects(fields, rules) -> None:
    expected = {*rules, Rule.everything} if rules else set()
    assert _failing(message_of_metadata(_chain(**fields), "the job")) == expected


@pytest.mark.parametrize("seen", [2447.75, 0, -1])
def test_the_fibre_has_whole_channels(seen: float) -> None:
    message = message_of_live_metadata({**valid_live(), "number_of_channels": seen})
    assert {Rule.whole_channels, Rule.everything} <= _failing(message)


def test_a_defect_of_many_recordings_is_told_once_with_its_count() -> None:
    messages = [message_of_metadata(_chain(prr=0), f"recording {number}") for number in range(3)]
    reports = [metadata_report(message, RULES, AGREED) for message in messages]
    report = report_of_rule(Rule.prr_above_zero, reports)
    assert [found.sentence for found in report.defects] == [
        "recording 0 (and 2 more): prr is 0; expected more than 0."
    ]


def test_no_metadata_is_no_pass() -> None:
    with pytest.raises(PreconditionUnmet, match="'gauge fits' has nothing to judge"):
        report_of_rule(Rule.gauge_fits, [])


def test_null_is_found_wherever_it_is_among_numbers() -> None:
    answer = {"a": [{"frequencies_list": [None, 1.0]}], "names": ["x", None], "none": [None]}
    assert [each.message for each in nulls_report(answer, "the answer").defects] == [
        "FR016: $.a[0].frequencies_list[0] is null in a list of numbers: NaN on the server."
    ]
