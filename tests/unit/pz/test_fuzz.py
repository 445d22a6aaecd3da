"""Whatever bytes come: no crash, no hang, nothing executed, always a verdict."""

import json

import pytest
from fuzzing import FUZZ
from hypothesis import example, given
from hypothesis import strategies as st

from focus_engine.checks.finding import verdict_of
from focus_engine.pz.profile_file import ListKind, ListRule
from focus_engine.pz.reading.module_list import read_modules
from focus_engine.pz.reading.reader import read
from focus_engine.pz.reading.variables import substitute_tree
from focus_engine.reading.document import Format, Loaded
from focus_engine.verdict import Verdict

PIECES = st.sampled_from(
    [
        *["{", "}", "[", "]", ":", ",", '"', "'", "\n", "  ", "- ", "? ", "&a ", "*a", "<<", "|"],
        *[">", "!!python/object:os.system", "!x", "---", "...", "%YAML 1.1", "#", "\t", "\ufeff"],
        *["no", "010", "1:2:3", "1e999", "NaN", ".inf", "null", "a", "a: ", "0x", "${A}", "\x00"],
        *["-", "1", "1.5", "true", '"k":', "\\u", "\\", "é", "\ud7ff", "\u2028"],
    ]
)
TEXT = st.lists(PIECES, max_size=25).map("".join)
CONTENT = st.one_of(st.binary(max_size=60), TEXT.map(str.encode))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=6)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=15,
)  # fmt: skip


def verdict(loaded: Loaded) -> Verdict:
    assert loaded.document is not None or loaded.findings
    assert all(item.code and item.sentence for item in loaded.findings)
    if loaded.document is not None:
        substitute_tree(loaded.document, {"A": "1"})
        json.dumps(loaded.document.data, allow_nan=False)
    return verdict_of(loaded.findings)


@FUZZ
@given(CONTENT)
@example(b"[" * 3000)
@example(b'{"a":' * 3000)
@example(b"9" * 5000)
def test_json_always_ends_with_a_verdict(content: bytes) -> None:
    assert verdict(read(content, "file", Format.JSON)) in Verdict


@FUZZ
@given(CONTENT)
@example(b"a: &a [*a, *a]")
@example(b"{" * 200)
@example(b"%YAML 1.1\n--- a")
@example(b"- ? - ? - ?")
def test_yaml_always_ends_with_a_verdict(content: bytes) -> None:
    assert verdict(read(content, "file", Format.YAML)) in Verdict


@FUZZ
@given(JSON_VALUES)
def test_strict_json_comes_back_unchanged_and_without_a_finding(value: object) -> None:
    loaded = read(json.dumps(value, indent=1).encode(), "file", Format.JSON)
    assert loaded.findings == ()
    assert loaded.document is not None
    assert json.dumps(loaded.document.data) == json.dumps(value)


def test_aliases_cannot_multiply_without_bound() -> None:
    rows = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 9)]
    loaded = read("\n".join(rows).encode(), "file", Format.YAML)
    assert [item.code for item in loaded.findings] == ["CF037"]


@FUZZ
@given(st.one_of(CONTENT, st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))))
@example(b"X = [" + b"(" * 300)
@example(b"X = " + b"-" * 5000 + b"1")
def test_a_module_list_always_ends_with_a_verdict(content: bytes) -> None:
    rules = [ListRule(kind=kind, name="X") for kind in ListKind]
    found = read_modules(content, "file", rules)
    assert verdict_of(found.findings) in Verdict


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['RAN'] = '1'\nSV = ['a']",
        "SV = [__import__('os').environ.setdefault('RAN', '1')]",
        "@__import__('os').environ.setdefault('RAN', '1')\nclass SV: A = 'a'",
    ],
)
def test_a_module_list_is_never_executed(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import os  # noqa: PLC0415 - only to look at what must not have happened

    monkeypatch.delenv("RAN", raising=False)
    read_modules(source.encode(), "file", [ListRule(kind=ListKind.ASSIGN, name="SV")])
    assert "RAN" not in os.environ


def test_a_yaml_tag_constructs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr("os.system", called.append)
    loaded = read(b"a: !!python/object/apply:os.system ['x']", "file", Format.YAML)
    assert [item.code for item in loaded.findings] == ["CF031"]
    assert called == []
