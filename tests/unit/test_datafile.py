"""Our own data is read strictly: whatever is wrong is one sentence with file, line and key."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, model_validator

from focus_engine.datafile import (
    AddressPart,
    Day,
    EndDay,
    Record,
    Text,
    read_json,
    read_large_json,
    read_yaml,
)
from focus_engine.verdict import ToolError

UNLUCKY = 13


class Example(Record):
    limit: Annotated[float, Field(gt=0)]
    until: Day = date(2027, 1, 31)
    password: int = 0
    path: AddressPart = ""
    why: Text = ""
    ends: EndDay | None = None

    @model_validator(mode="after")
    def _is_not_thirteen(self) -> "Example":
        if self.limit == UNLUCKY:
            raise ValueError("such a limit goes with no day")
        return self


REFUSED = {
    "nothing said": ("limit: 1\nwhy: ''\n", "line 2: key 'why' is '' .*says nothing"),
    "blanks said": ("limit: 1\nwhy: ' \u00a0'\n", "line 2: key 'why' is .*says nothing"),
    "no end": ("limit: 1\nends: 9999-12-31\n", "line 2: key 'ends' is .*within two years"),
    "as a whole": ("limit: 13\n", "yaml: line 1: such a limit goes with no day. Correct"),
    "a key twice": ("limit: 300\nlimit: 30000\n", "line 2: key 'limit' stands twice"),
    "octal": (
        "limit: 0300\n",
        r"line 1: 0300 stands without quotes; write a number in digits, such as 300 \(",
    ),
    "exponent": ("limit: 3e2\n", r"write a number in digits, such as 300 \(no exponent"),
    "exponent beyond": ("limit: 1e400\n", r"write a number in digits, such as 300 \(no exponent"),
    "turned text": ("limit: 1\npath: /a\u202e\n", r"line 2: key 'path' is .*: U\+202E cannot"),
    "blank": ("limit: 1\npath: /a b\n", r"U\+0020 cannot stand in an address; write printable"),
    "no ASCII": ("limit: 1\npath: /\u00e9\n", r"U\+00E9 cannot stand in an address"),
    "null": ("null\n", "the file holds null or is empty where a mapping of keys is expected"),
    "half a character": ('"\\ud800": 1\n', r"a key holds \\ud800, a character that is no text"),
    "half a value": ('path: "\\ud800"\n', r"a value holds \\ud800, which is no text"),
    "sexagesimal": ("limit: 5:00\n", "5:00 stands without quotes"),
    "infinite": ("limit: .inf\n", r"\.inf is no finite number"),
    "not a number": ("limit: .NaN\n", "is no finite number"),
    "overflow": (f"limit: {'9' * 5000}\n", "is too large"),
    "a date that is none": ("limit: 1\nuntil: 2027-02-30\n", "line 2: key 'until'.*no such day"),
    "a text for a date": ("limit: 1\nuntil: soon\n", "key 'until' is 'soon'"),
    "a number as text": ("limit: '300'\n", "key 'limit' is '300'"),
    "infinite as text": ("limit: 'inf'\n", "key 'limit' is 'inf'"),
    "too large as text": ("limit: '1e999'\n", "key 'limit' is '1e999'"),
    "yes for a number": ("limit: true\n", "key 'limit' is True"),
    "unknown": ("limit: 1\nlimits: 2\n", "line 2: key 'limits' is not known"),
    "missing": ("{}\n", "key 'limit' is missing"),
    "a list": ("- 1\n", "the file holds a list where a mapping of keys is expected"),
    "empty": ("", "is empty"),
    "two documents": ("limit: 1\n---\nlimit: 2\n", "holds 2 YAML documents"),
    "a tag": ("limit: !!python/name:os.system 1\n", "read by one program only"),
    "no YAML": ("limit: [1\n", "not valid YAML"),
    "tabs": ("limit:\n\t- 1\n", "not valid YAML"),
    "deep": ("limit: " + "[" * 20_000, "nests too deep|deeply|not valid"),
    "aliases": ("a: &a [x,x]\nb: &b [*a,*a]\n" * 1 + "limit: *c\n", "not valid YAML|alias"),
    "a loop": ("limit: &a [*a]\n", "loop|not valid"),
}


def test_no_number_of_a_data_file_is_read_loosely() -> None:
    """Else it is taken from a text too, such as 'inf', and from `true`."""
    loose = re.compile(r"Annotated\[\s*(float|int)\b[^\]]*strict=False")
    libraries = Path(__file__).parents[2] / "libraries"
    assert [f for f in libraries.rglob("*.py") if loose.search(f.read_text("utf-8"))] == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "example.yaml"


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said(file, text, sentence):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ToolError, match=sentence) as caught:
        read_yaml(file, Example)
    assert str(file) in str(caught.value)


def test_a_secret_in_a_wrong_place_is_not_quoted(file):
    file.write_text("limit: 1\npassword: hunter2-of-ours\n", encoding="utf-8")
    with pytest.raises(ToolError, match="line 2: key 'password' is no such value") as caught:
        read_yaml(file, Example)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("day", ["2027-01-30", "'2027-01-30'"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_date_may_stand_unquoted_and_a_mark_before_it_all(file, day, mark):
    file.write_text(f"{mark}limit: 1\nuntil: {day}\n", encoding="utf-8")
    assert read_yaml(file, Example) == Example(limit=1, until=date(2027, 1, 30))


@pytest.mark.parametrize("read", [read_json, read_large_json])
@pytest.mark.parametrize(
    "text",
    [
        '{"limit": 1, "limit": 2}',
        '{"limit": NaN}',
        '{"limit": 1} x',
        "[" * 100_000,
        "\x00",
        '{"\\ud800": 1}',
    ],
)
def test_json_is_read_as_strictly(file, read, text):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ToolError, match="Correct the file"):
        read(file, Example)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    import os  # noqa: PLC0415

    pipe = tmp_path / "pipe"
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with a name here")
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path, tmp_path / "absent"):
        with pytest.raises(ToolError, match="cannot read"):
            read_yaml(path, Example)


YAML_LIKE = st.text(alphabet="limtunp: -[]{}&*!|>%@#'\"0x.:eE_~\n\t,?<=\ufeff\ud800é", max_size=60)


@fuzzed
@given(content=st.binary(max_size=60) | YAML_LIKE.map(lambda text: text.encode("utf-8", "replace")))
def test_nothing_but_a_sentence_escapes(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "fuzzed"
    file.write_bytes(content)
    for read in (read_yaml, read_json, read_large_json):
        try:
            read(file, Example)
        except ToolError as error:
            assert str(file) in str(error)  # noqa: PT017 - mostly refused, sometimes not
