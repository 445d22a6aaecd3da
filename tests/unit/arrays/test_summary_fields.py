"""Which fields a summary has, and how they are called, is the profile's to say."""

import numpy as np

from focus_corpus.summaries import RULES, array_message
from focus_engine.arrays.checks import summary_report
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
