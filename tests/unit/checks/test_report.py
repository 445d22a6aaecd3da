import pytest

from focus_engine.checks.finding import Finding, Place, Severity, path_text, verdict_of, worst
from focus_engine.checks.report import Report, findings_table, merged, once_per_code
from focus_engine.unchecked import take_unchecked
from focus_engine.verdict import ProductFailure, Undetermined, Verdict


def found(severity: Severity, code: str = "XX001") -> Finding:
    return Finding(code, severity, "it is odd.", place=Place("a.yaml", 3, "$.b"))


@pytest.mark.parametrize(
    ("severities", "verdict"),
    [
        ((), Verdict.PASS),
        ((Severity.WARN, Severity.NOT_CHECKED, Severity.OK), Verdict.PASS),
        ((Severity.UNDECIDED, Severity.OK), Verdict.UNDETERMINED),
        ((Severity.UNDECIDED, Severity.FAIL), Verdict.FAIL),
    ],
)
def test_the_worst_finding_makes_the_verdict(severities, verdict) -> None:
    assert verdict_of([found(each) for each in severities]) is verdict


def test_the_first_of_the_heaviest_is_named() -> None:
    heavy = found(Severity.FAIL, "XX002")
    assert worst([found(Severity.WARN), heavy, found(Severity.FAIL)]) is heavy
    assert worst([]) is None


def test_one_table_shows_every_kind_and_leaves_out_what_says_nothing() -> None:
    report = Report("the answer")
    report.expect("lines_dt", False, "0.5", 0.4)
    report.not_checked("jobs", "no cluster is given.", "Set FOCUS_KUBECONFIG.")
    table = findings_table("x", report.findings)
    assert table.columns == ["severity", "subject", "expected", "seen", "sentence"]
    assert table.rows[1][-1] == "no cluster is given. Set FOCUS_KUBECONFIG."
    with_place = findings_table("x", [found(Severity.FAIL)])
    assert with_place.rows == [["XX001", "fail", "a.yaml:3 $.b", "it is odd."]]


def test_secrets_of_foreign_text_do_not_reach_the_table() -> None:
    report = Report()
    report.expect("url", False, "none", "amqp://me:pass@host/")
    assert "pass@" not in str(findings_table("x", report.findings).rows)


def test_a_report_concludes_by_what_is_wrong_and_by_what_is_decisive() -> None:
    report = Report("the answer", [Finding("XX001", Severity.FAIL, "it is odd.")])
    with pytest.raises(ProductFailure, match=r"^the answer: XX001: it is odd\.$"):
        report.conclude()
    doubtful = Report()
    doubtful.not_checked("jobs", "no cluster is given.")
    take_unchecked()
    doubtful.conclude()
    assert [each.claim for each in take_unchecked()] == ["jobs"]
    with pytest.raises(Undetermined, match=r"jobs was not checked: no cluster is given"):
        doubtful.conclude(decisive=("jobs",))


def test_reports_of_many_frames_say_each_code_once() -> None:
    parts = [Report(f"frame {at}", [found(Severity.FAIL)]) for at in range(3)]
    report = merged("the job", once_per_code(parts))
    assert report.failures == ["XX001: frame 0 (and 2 more): it is odd."]


def test_the_path_of_a_place_quotes_what_is_no_word() -> None:
    assert path_text(("recorders", 0, "a b")) == "$.recorders[0]['a b']"
