"""Which fields a summary has, and how they are called, is the profile's to say."""

import numpy as np
import pytest

from focus_corpus.summaries import RULES, array_message
from focus_engine.arrays.checks import summary_of, summary_report
from focus_engine.arrays.contract import ArrayContract
from focus_engine.arrays.profile import Statistic, SummaryField

ANY = ArrayContract("any")
MESSAGE = array_message(np.array([1, 2, 6], "<i2"))
OTHERS = RULES.model_copy(
    update={
        "fields": {
            Statistic.COUNT: SummaryField(name="n"),
            Statistic.MAX: SummaryField(name="peak", required=False),
        },
        "other_fields_allowed": True,
    }
)


def _codes(summary: dict) -> tuple[str, ...]:
    return summary_report(summary, MESSAGE, ANY, OTHERS).codes()


def test_fields_are_read_by_their_names() -> None:
    assert _codes({"n": 3, "peak": 6}) == ()
    assert _codes({"n": 4, "peak": 5}) == ("DS001", "DS002")


def test_what_is_not_required_may_be_absent_and_what_is_not_listed_is_not_judged() -> None:
    assert _codes({"n": 3, "mean": 99.0}) == ()
    assert _codes({"peak": 6}) == ("DS008",)


def test_types_are_judged_under_the_profile_s_names() -> None:
    assert _codes({"n": 3.0, "peak": 6}) == ("DS008",)


TENTHS = np.array([0.1, 0.2, 0.7], "<f4")
OFFSET = 1e8 + np.arange(9.0) % 3
NARROW = np.array([1000, 1001, 1003], "<f4")
LARGE = np.array([1e200, 3e200])
LARGEST = np.array([1.7e308, 1.7e308, 1.5e308, -1e308])
COMPLEX = np.array([1 + 2j, complex(np.nan, 1)])


def _judged(values: np.ndarray, changed: dict) -> tuple[str, ...]:
    contract = ArrayContract("any", dtypes=(values.dtype.name,))
    message = array_message(values)
    return summary_report(summary_of(message, contract) | changed, message, contract, RULES).codes()


@pytest.mark.parametrize("values", [TENTHS, OFFSET, NARROW, LARGE, LARGEST, COMPLEX])
def test_a_true_summary_of_any_values_is_accepted(values: np.ndarray) -> None:
    assert _judged(values, {}) == ()


@pytest.mark.parametrize(
    ("values", "told", "code"),
    [
        (TENTHS, {"min": 0.1, "max": 0.7}, None),
        (TENTHS, {"min": 0.100001}, "DS002"),
        (TENTHS.astype("<f2"), {"min": 0.1, "max": 0.7}, None),
        (np.array([0.1, 0.7]), {"min": float(np.float32(0.1))}, "DS002"),
        (np.array([3e38, 1], "<f4"), {"max": 1e300}, "DS002"),
        (np.array([np.inf, 1], "<f4"), {"max": 1e300}, "DS002"),
        (np.array([0, 1], "u1"), {"max": True}, "DS002"),
        (np.array([0, 5], "u1"), {"max": 5.4}, "DS002"),
        (OFFSET, {"std": 0.0}, "DS003"),
        (OFFSET, {"std": float(OFFSET.std()) * 1.001}, "DS003"),
        (OFFSET, {"std": float(OFFSET.std()) * (1 + 1e-8)}, None),
        (NARROW, {"std": 1.5}, "DS003"),
        (NARROW, {"std": float(NARROW.std()), "mean": float(NARROW.mean())}, None),
        (LARGE, {"mean": 1.9e200}, "DS003"),
        (LARGE, {"std": float("inf")}, "DS009"),
        (LARGEST, {"mean": 0.0}, "DS003"),
        (LARGEST, {"mean": None}, "DS009"),
        (COMPLEX, {"count": 3}, "DS001"),
        (COMPLEX, {"nan_count": 0}, "DS005"),
    ],
)
def test_a_statistic_is_judged_in_the_type_and_at_the_size_of_its_values(
    values: np.ndarray, told: dict, code: str | None
) -> None:
    assert _judged(values, told) == (() if code is None else (code,))


def test_what_nobody_can_judge_is_said() -> None:
    contract = ArrayContract("any", dtypes=("complex128",))
    message = array_message(COMPLEX)
    report = summary_report(summary_of(message, contract), message, contract, RULES)
    assert report.unseen == ("a wrong min, max, mean or std: the values are complex",)
