"""Fields of the API's objects are read by their types, never made to fit."""

from typing import Any

import pytest

from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.fields import count_in, reading, value_in


@pytest.mark.parametrize(
    ("item", "kind", "absent", "value"),
    [
        ({"x": 3}, int, 0, 3),
        ({}, int, 0, 0),
        ({"x": None}, int, 0, 0),
        ({"x": False}, bool, True, False),
        ({"x": ""}, str, "y", ""),
    ],
)
def test_a_value_of_the_type_is_itself(item: Any, kind: Any, absent: Any, value: Any) -> None:
    assert value_in(item, "x", kind, absent) is value


@pytest.mark.parametrize(
    ("item", "kind", "absent", "words"),
    [
        ({"x": "1"}, int, 0, "x is '1', not a whole number"),
        ({"x": ""}, int, 0, "x is '', not a whole number"),
        ({"x": True}, int, 0, "x is True, not a whole number"),
        ({"x": 1.0}, int, 0, "x is 1.0, not a whole number"),
        ({"x": 1}, bool, False, "x is 1, not a boolean"),
        ({"x": []}, str, "", r"x is \[\], not a text"),
        ({}, int, None, "x is None, not a whole number"),
    ],
)
def test_another_type_is_an_error(item: Any, kind: Any, absent: Any, words: str) -> None:
    with pytest.raises(UndecodableError, match=words):
        value_in(item, "x", kind, absent)


def test_the_error_names_the_object() -> None:
    with (
        pytest.raises(KubernetesError, match=r"a pod .*x is '1', not a whole number"),
        reading("a pod"),
    ):
        value_in({"x": "1"}, "x", int)


@pytest.mark.parametrize("count", [-1, 2**63, 10**300])
def test_a_number_that_counts_nothing_is_an_error(count: int) -> None:
    with pytest.raises(UndecodableError, match="which is no count") as raised:
        count_in({"x": count}, "x")
    assert len(str(raised.value)) < 150
    assert count_in({"x": 3}, "x") == 3
    assert count_in({}, "x", 0) == 0
