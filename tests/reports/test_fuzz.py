"""Whatever an output.xml holds: its two readers give a value, or one class of error."""

from random import Random
from xml.sax.saxutils import escape, quoteattr

from fuzzing import Maker, fuzzed, made, one_of, pieces, several
from hypothesis import given

from reports.history.record import read_run
from runner.cases import read_outcome
from runner.problem import ProblemError

TEXTS = (
    *["", "x", "PASS", "FAIL", "SKIP", "NOT RUN", "1e999", "-1", "nan", "0.5", "1e300", "WARN"],
    *["2026-01-01T00:00:00", "9999-12-31T23:59:59", "20260101 00:00:00.000", "P95 GET /x"],
    *["5 ms", "9.9.9 ms", "9" * 400 + " ms", "Not checked", "\u2028", "0001-01-01T00:00:00+14:00"],
    *["*HTML* <hr>Original message:\nx", "KNOWN BUG PZ-1: x", "PZ-1", "Known bug", "robot:exit"],
)
NAMES = "suite test status meta tag errors msg kw for doc statistics if try branch iter arg var"
ATTRIBUTES = "name status start elapsed level starttime endtime id source line type generated"
MARKS = ("<", "</suite>", "<!DOCTYPE a>", "&x;", "\0", "<?x?>", "<![CDATA[", "\n", "\x0b", "]]>")


def element(inner: Maker, names: str = NAMES) -> Maker:
    def make(chance: Random) -> str:
        name = chance.choice(names.split())
        given = {chance.choice(ATTRIBUTES.split()): chance.choice(TEXTS) for _ in range(3)}
        said = "".join(f" {key}={quoteattr(text)}" for key, text in given.items())
        return f"<{name}{said}>{''.join(several(inner, 3)(chance))}</{name}>"

    return make


def words(chance: Random) -> str:
    return escape(chance.choice(TEXTS))


LEAF = element(words, "status meta tag msg doc")
TEST = element(one_of(LEAF, LEAF, element(words)), "test")
SUITE = element(one_of(TEST, LEAF, element(one_of(TEST, LEAF), "suite test kw errors")), "suite")
ROBOT = element(one_of(SUITE, SUITE, LEAF), "robot")


def output(chance: Random) -> str:
    """An output of robot, now and then with what does not belong there."""
    whole = ROBOT(chance)
    at = chance.randint(0, len(whole))
    return whole if chance.random() < 0.7 else whole[:at] + chance.choice(MARKS) + whole[at:]


@fuzzed
@given(text=made(one_of(output, output, output, pieces(MARKS, 6))))
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
