"""Whatever an output.xml holds: its two readers give a value, or one class of error."""

from xml.sax.saxutils import escape, quoteattr

from fuzzing import FUZZ
from hypothesis import given
from hypothesis import strategies as st

from reports.history.record import read_run
from runner.cases import read_outcome
from runner.problem import ProblemError

TEXTS = st.sampled_from(
    [
        *["", "x", "PASS", "FAIL", "SKIP", "NOT RUN", "1e999", "-1", "nan", "0.5", "1e300", "WARN"],
        *["2026-01-01T00:00:00", "9999-12-31T23:59:59", "20260101 00:00:00.000", "P95 GET /x"],
        *["5 ms", "9.9.9 ms", "9" * 400 + " ms", "Not checked", "\u2028"],
        "*HTML* <hr>Original message:\nx",
    ]
)
NAMES = [
    "suite",
    "test",
    "status",
    "meta",
    "tag",
    "errors",
    "msg",
    "kw",
    "for",
    "doc",
    "statistics",
]
ATTRIBUTES = ["name", "status", "start", "elapsed", "level", "starttime", "endtime", "id", "source"]
MARKS = st.sampled_from(["<", "</suite>", "<!DOCTYPE a>", "&x;", "\0", "<?x?>", "<![CDATA[", "\n"])


def element(inner: st.SearchStrategy[str], names: list[str] = NAMES) -> st.SearchStrategy[str]:
    said = st.dictionaries(st.sampled_from(ATTRIBUTES), TEXTS, max_size=3).map(
        lambda given: "".join(f" {name}={quoteattr(text)}" for name, text in given.items())
    )
    return st.tuples(st.sampled_from(names), said, st.lists(inner, max_size=3).map("".join)).map(
        lambda part: f"<{part[0]}{part[1]}>{part[2]}</{part[0]}>"
    )


LEAF = element(TEXTS.map(escape), ["status", "meta", "tag", "msg", "doc"])
TEST = element(LEAF, ["test"])
OUTPUT = element(element(TEST | LEAF | element(TEST | LEAF), ["suite"]) | LEAF, ["robot"])


@FUZZ
@given(text=OUTPUT | st.tuples(OUTPUT, MARKS).map("".join) | st.lists(MARKS).map("".join))
def test_no_output_escapes(tmp_path_factory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.xml"
    file.write_text(text, encoding="utf-8")
    for read, refused in (
        (lambda: read_outcome([file]), ProblemError),
        (lambda: read_run(file), ValueError),
    ):
        try:
            read()
        except refused as error:
            assert "fuzzed.xml" in str(error)  # noqa: PT017 - mostly refused, sometimes not
