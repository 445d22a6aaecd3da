"""Messages: prefixes on the wire, three lines at most, evidence escaped."""

import pytest

from focus_engine.evidence import Evidence
from focus_engine.masking import head_of
from focus_engine.verdict import (
    NeedsInput,
    NotAllowed,
    NotDeployed,
    PreconditionUnmet,
    Prefix,
    ProductFailure,
    ToolError,
    Undetermined,
    conclude_all,
    join_sentences,
)


@pytest.mark.parametrize(
    ("kind", "prefix", "skips"),
    [
        (ToolError, "ERROR: ", False),
        (Undetermined, "UNDETERMINED: ", True),
        (PreconditionUnmet, "PRECONDITION: ", True),
        (NotAllowed, "NOT ALLOWED: ", True),
        (NotDeployed, "NOT DEPLOYED: ", True),
        (NeedsInput, "NEEDS INPUT: ", True),
    ],
)
def test_prefix_and_skip(kind: type[Exception], prefix: str, skips: bool) -> None:
    raised = kind("it rained.")
    assert str(raised) == f"{prefix}it rained."
    assert getattr(raised, "ROBOT_SKIP_EXECUTION", False) is skips
    assert Prefix.of(str(raised)) is Prefix(prefix.strip())


def test_a_product_failure_has_no_prefix() -> None:
    failure = ProductFailure("lines_dt is 1.")
    assert Prefix.of(str(failure)) is None
    assert failure.ROBOT_SUPPRESS_NAME


def finding(exception: Exception):
    def check() -> None:
        raise exception

    return check


def nothing() -> None:
    pass


FAILS, OTHER = finding(ProductFailure("it fell.")), finding(ProductFailure("it is slow."))
UNSURE = finding(Undetermined("who knows?"))
UNMET = finding(PreconditionUnmet("no cluster."))
BROKE = finding(ToolError("it broke."))


@pytest.mark.parametrize(
    ("checks", "kind", "message"),
    [
        ([FAILS, UNMET], ProductFailure, "it fell."),
        ([UNMET, nothing, FAILS, OTHER], ProductFailure, "it fell.\nit is slow."),
        ([UNSURE, FAILS, BROKE], ToolError, "ERROR: it broke.\nit fell."),
        ([UNMET, UNSURE], Undetermined, "UNDETERMINED: who knows?"),
        ([nothing, UNMET], PreconditionUnmet, "PRECONDITION: no cluster."),
    ],
)
def test_the_worst_of_all_checks_is_concluded(checks, kind, message) -> None:
    with pytest.raises(kind) as raised:
        conclude_all(*checks)
    assert str(raised.value) == message


def test_checks_that_hold_conclude_nothing() -> None:
    conclude_all(nothing, nothing)


def test_what_is_no_finding_is_not_held_back() -> None:
    with pytest.raises(ZeroDivisionError):
        conclude_all(finding(ZeroDivisionError()), FAILS)


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (3, 3), (4, 3), (40, 3)])
def test_a_message_has_three_lines_at_most(count: int, lines: int) -> None:
    message = join_sentences([f"finding {number}" for number in range(count)])
    assert len(message.splitlines()) == lines
    assert "finding 0" in message


def test_foreign_text_is_escaped() -> None:
    evidence = Evidence()
    evidence.add("<script>", ["a&b"], [["<img src=x onerror=alert(1)>"]])
    html = evidence.to_html()
    assert "<script>" not in html
    assert "<img" not in html
    assert "a&amp;b" in html


def test_the_head_of_a_long_text_says_how_long_it_was() -> None:
    assert head_of("x" * 10, 4) == "xxxx… (10 characters in all)"
    assert head_of("xxxx", 4) == "xxxx"


@pytest.mark.parametrize("limit", [20, 400])
def test_a_uri_is_shown_without_user_and_password(limit: int) -> None:
    shown = head_of("--broker amqp://user:geheim@rabbitmq-panda:5672 --verbose", limit)
    assert "geheim" not in shown
    assert "user" not in shown
    assert shown.startswith("--broker amqp://***@")


@pytest.mark.parametrize("verdict", [ProductFailure, ToolError, Undetermined])
def test_a_message_is_short_however_much_it_quotes(verdict):
    """A document of MongoDB may hold a text of 16 MB; masking that alone took seconds."""
    said = str(verdict("it is " + "x" * 20_000_000))
    assert len(said) < 11_000
    assert said.endswith("(20000006 characters in all)")


def test_a_cell_of_a_table_is_short_however_much_it_quotes():
    evidence = Evidence()
    evidence.add("Seen", ["value"], [["x" * 20_000_000]])
    assert len(evidence.to_html()) < 25_000
