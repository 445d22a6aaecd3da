import json

import pytest

from focus_engine.contract.cell_syntax import read_cell
from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.reading.missing import MISSING
from focus_engine.settings import client_settings
from focus_engine.verdict import ToolError


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ('"12"', "12"),
        ("null", None),
        ("1.5", 1.5),
        ("true", True),
        ('""', ""),
        ('{"min": 1, "max": 2}', {"min": 1, "max": 2}),
        ("missing", MISSING),
        (7, 7),
        (None, None),
    ],
)
def test_a_cell_is_read_as_json(cell: object, value: object) -> None:
    assert read_cell("channels.min", cell) == value


@pytest.mark.parametrize("cell", ["", "  ", "abc", "NaN", "{"])
def test_a_cell_that_says_nothing_clear_is_an_error(cell: str) -> None:
    with pytest.raises(ToolError, match=r"ERROR: field 'channels\.min'"):
        read_cell("channels.min", cell)


@pytest.mark.parametrize(
    "cell", ["1e400", '{"min": 1, "min": 2}', '"\\ud800"', "[" * 101, "-1e999"]
)
def test_json_that_is_not_sent_as_it_stands_is_refused(cell: str) -> None:
    with pytest.raises(ToolError, match=r"field 'nfft' is .*, but .*"):
        read_cell("nfft", cell)


@pytest.mark.parametrize("cell", [float("inf"), float("nan"), [object()], {1, 2}, b"x", 1j])
def test_a_variable_that_no_json_can_hold_is_refused(cell: object) -> None:
    with pytest.raises(ToolError, match=r"field 'nfft' is .*, which no JSON can hold"):
        read_cell("nfft", cell)


def build(view: View = View.MULTICHANNEL, time_range=None, **overrides: object):
    return configuration(client_settings(), view, time_range, overrides)


def test_the_defaults_are_the_client_settings() -> None:
    defaults = client_settings().Defaults
    fields = build().fields
    assert fields["channels"] == {"min": defaults.StartChannel, "max": defaults.EndChannel}
    assert fields["displayInfo"] == {"height": defaults.NumLinesToDisplay}
    assert fields["view_type"] == "0"
    assert build().is_live


def test_a_single_channel_has_one_channel_and_a_waterfall_no_spectrum() -> None:
    single = build(View.SINGLECHANNEL).fields
    assert single["channels"]["min"] == single["channels"]["max"]
    waterfall = build(View.WATERFALL).fields
    assert waterfall["nfftSelection"] == 1
    assert not {"displayTimeAxisDuration", "frequencyRange"} & set(waterfall)


def test_a_time_range_makes_it_historic() -> None:
    historic = build(time_range=(10, 20))
    assert (historic.fields["start_time"], historic.fields["end_time"]) == (10, 20)
    assert not historic.is_live
    assert not build(start_time="10").is_live


def test_missing_null_and_text_differ_on_the_wire() -> None:
    def sent(cell: str) -> object:
        return json.loads(build(**{"channels.min": cell}).to_body())["channels"]

    most = client_settings().Defaults.EndChannel
    assert sent("missing") == {"max": most}
    assert sent("null") == {"min": None, "max": most}
    assert sent('"1"') == {"min": "1", "max": most}


@pytest.mark.parametrize("path", ["channel.min", "channels.mim", "5000", "", "a b", "channels."])
def test_a_field_that_no_configuration_has_is_sent_where_that_is_asked_for(path: str) -> None:
    with pytest.raises(ToolError, match=r"ERROR: a configuration has no field .* It has channels"):
        build(**{path: "1"})
    asked = configuration(client_settings(), View.MULTICHANNEL, None, {path: "1"}, further=True)
    assert path.partition(".")[0] in asked.fields


def test_a_path_through_a_value_is_an_error() -> None:
    with pytest.raises(ToolError, match=r"'channels' is null, not an object"):
        build(**{"channels": "null", "channels.min": "1"})


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({}, "the client's default multichannel configuration"),
        ({"channels": '{"min": 1, "max": 2223}'}, 'channels {"min":1,"max":2223}'),
        ({"channels.min": "1", "channels.max": "2"}, 'channels {"min":1,"max":2}'),
        ({"displayInfo.height": "missing"}, "no displayInfo.height"),
    ],
)
def test_the_description_names_what_was_changed(overrides: dict[str, str], words: str) -> None:
    assert build(**overrides).description == words


def test_building_twice_shares_nothing() -> None:
    cell = {"min": 1, "max": 2}
    first = build(channels=cell, **{"channels.max": "3"})
    assert cell == {"min": 1, "max": 2}
    assert first.fields["channels"] == {"min": 1, "max": 3}
