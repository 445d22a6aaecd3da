"""Shapes of load: read from their file, checked, and turned into paces."""

from pathlib import Path

import pytest
import yaml

from focus_engine.load.arrival import Arrival
from focus_engine.load.shapes import LOAD_SHAPES, load_shape
from focus_engine.verdict import PreconditionUnmet, ToolError


def test_shipped_shapes_are_those_of_the_plan() -> None:
    names = ["waves", "ramp", "steady", "spike", "soak", "read_waves", "slow_readers"]
    assert list(yaml.safe_load(LOAD_SHAPES.read_text(encoding="utf-8"))["shapes"]) == names
    assert load_shape("waves").jobs == (5, 10, 20, 30, 50)
    arrivals = [load_shape(name).arrival for name in names]
    assert arrivals == [Arrival.TOGETHER, *[Arrival.EVENLY] * 4, *[Arrival.TOGETHER] * 2]


def test_an_unknown_shape_names_the_known_ones() -> None:
    with pytest.raises(ToolError, match=r"no load 'wave'. Known are: waves, ramp"):
        load_shape("wave")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"jobs": []}, "jobs"),
        ({"jobs": [0]}, "jobs.0"),
        ({"seconds": 0}, "seconds"),
        ({"arrival": "sometimes"}, "arrival"),
        ({"users": 3}, "users"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, change: dict, named: str) -> None:
    entry = {"arrival": "evenly", "jobs": [5], "seconds": 1, "purpose": "p", "source": "s"}
    file = tmp_path / "shapes.yaml"
    file.write_text(yaml.safe_dump({"shapes": {"one": {**entry, **change}}}), encoding="utf-8")
    with pytest.raises(ToolError, match=rf"shapes\.yaml: line \d+: key 'shapes\.one\.{named}"):
        load_shape("one", file)


def test_a_wave_comes_at_once_whatever_its_jobs_live() -> None:
    wave = load_shape("waves").changed((), 0.5)
    assert wave.rate(50, life=1.0) == wave.rate(50, life=50.0) == 100.0


def test_an_even_load_keeps_as_many_alive_as_its_step_says() -> None:
    ramp = load_shape("ramp")
    for life in (1.0, 50.0):
        assert ramp.rate(40, life) * life == pytest.approx(40)


@pytest.mark.parametrize(("seconds", "life", "lasts"), [(0.1, 50.0, 50.0), (120.0, 50.0, 120.0)])
def test_an_even_step_lasts_until_its_jobs_can_be_alive(seconds, life, lasts) -> None:
    assert load_shape("ramp").changed((), seconds).step_seconds(life) == lasts


def test_a_wave_is_as_short_as_is_said() -> None:
    assert load_shape("waves").changed((), 0.3).step_seconds(50.0) == 0.3


def test_more_than_the_environment_allows_is_an_unmet_precondition() -> None:
    load_shape("waves").require_budget(50, "staging")
    with pytest.raises(PreconditionUnmet, match=r"up to 50 investigations .* 'staging' .* have 49"):
        load_shape("waves").require_budget(49, "staging")
