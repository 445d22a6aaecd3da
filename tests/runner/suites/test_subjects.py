from runner.cases import Case, RunResult, by_subject
from runner.summary import header


def test_cases_about_ourselves_are_counted_apart() -> None:
    tags = [{"gate"}, {"gate", "self-check"}, set()]
    said = "2 about the product, 1 about ourselves (self-check)"
    assert by_subject(tags) == said
    cases = {str(at): Case(str(at), "PASS", "", frozenset(of)) for at, of in enumerate(tags)}
    assert header(RunResult(cases, {}))["Cases"] == said
