from runner.cases import Case, RunResult, by_subject
from runner.grouping import groups_of
from runner.summary import header


def test_cases_about_ourselves_are_counted_apart() -> None:
    tags = [{"gate"}, {"gate", "self-check"}, set()]
    said = "2 about the product, 1 about ourselves (self-check)"
    assert by_subject(tags) == said
    cases = {str(at): Case(str(at), "PASS", "", frozenset(of)) for at, of in enumerate(tags)}
    assert header(RunResult(cases, {}))["Cases"] == said


def test_a_case_counts_once_however_often_it_says_one_cause() -> None:
    said = [
        ("A", "gaps of stream 0: 13"),
        ("A", "gaps of stream 1: 14"),
        ("B", "gaps of stream 2: 9"),
    ]
    assert [str(group) for group in groups_of(said)] == [
        "2 cases: gaps of stream 0: 13 (for example: A)"
    ]
