"""Whatever bytes come: no crash, no hang, nothing executed, always a verdict."""

import json
from random import Random

import pytest
from fuzzing import Maker, fuzzed, made, noise, one_of, pieces
from hypothesis import example, given

from focus_engine.checks.finding import verdict_of
from focus_engine.pz.profile_file import ListKind, ListRule
from focus_engine.pz.reading.module_list import read_modules
from focus_engine.pz.reading.reader import read
from focus_engine.pz.reading.variables import substitute_tree
from focus_engine.reading import yaml_reader
from focus_engine.reading.document import Format, Loaded
from focus_engine.verdict import Verdict

PIECES = (
    *["{", "}", "[", "]", ":", ",", '"', "'", "\n", "  ", "- ", "? ", "&a ", "*a", "<<", "|"],
    *[">", "!!python/object:os.system", "!x", "---", "...", "%YAML 1.1", "#", "\t", "\ufeff"],
    *["no", "010", "1:2:3", "1e999", "NaN", ".inf", "null", "a", "a: ", "0x", "${A}", "\x00"],
    *["-", "1", "1.5", "true", '"k":', "\\u", "\\", "é", "\ud7ff", "\u2028", "2026-02-30"],
    *["\n  a: ", "\n- ", "<<: *a", "!!binary ", "!!set ", "!!omap ", "9" * 400, "${", "}}", "\r"],
)
OF_PYTHON = (
    *["X = ", "X += ", "[", "]", "(", ")", "'a'", ",", "\n", "    ", "class X:", "def f():", "*X"],
    *["lambda: 1", "f'{1}'", "{", "}", ":", "...", "await ", "\\", "#", "\x00", "é", "\x0c", "="],
    *["if True:", "[x for x in X]", "'", '"', "'" * 3, "1_0", "0x", "1e999", "del X", "import os"],
)


def text(of: tuple[str, ...]) -> Maker:
    return lambda chance: pieces(of, 25)(chance).encode("utf-8", "surrogatepass")


CONTENT = made(one_of(text(PIECES), text(PIECES), text(PIECES), noise(60)))
MODULES = made(one_of(text(OF_PYTHON), text(OF_PYTHON), text(PIECES), noise(60)))
TYPICAL = (None, True, False, 0, 2**63 - 1, -(2**63), 1.5, -0.0, 5e-324, "", "a", "é\ud7ff", "\n")


def json_value(chance: Random, depth: int = 0) -> object:
    kind = chance.randint(0, 4) if depth < 4 else 0
    if kind < 3:
        return chance.choice([*TYPICAL, chance.getrandbits(60), chance.uniform(-1e9, 1e9)])
    inner = [json_value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    return inner if kind == 3 else {f"k{at}": item for at, item in enumerate(inner)}


def verdict(loaded: Loaded) -> Verdict:
    assert loaded.document is not None or loaded.findings
    assert all(item.code and item.sentence for item in loaded.findings)
    if loaded.document is not None:
        substitute_tree(loaded.document, {"A": "1"})
        json.dumps(loaded.document.data, allow_nan=False)
    return verdict_of(loaded.findings)


@fuzzed
@given(CONTENT)
@example(b"[" * 3000)
@example(b'{"a":' * 3000)
@example(b"9" * 5000)
def test_json_always_ends_with_a_verdict(content: bytes) -> None:
    assert verdict(read(content, "file", Format.JSON)) in Verdict


@fuzzed
@given(CONTENT)
@example(b"a: &a [*a, *a]")
@example(b"{" * 200)
@example(b"%YAML 1.1\n--- a")
@example(b"- ? - ? - ?")
def test_yaml_always_ends_with_a_verdict(content: bytes) -> None:
    assert verdict(read(content, "file", Format.YAML)) in Verdict


@fuzzed
@given(made(json_value))
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


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a:\n" + b"- 1\n" * 1_500_000, "CF029"),
        (b"a: [" + b"1," * 1_500_000 + b"1]", "CF029"),
        (b"a: " + b"[" * 1_000_000, "CF036"),
        (b"\n".join(b" " * level + b"a:" for level in range(1500)), "CF036"),
    ],
    ids=["list", "flow", "brackets", "blocks"],
)
def test_what_would_take_the_parser_minutes_is_left_early(monkeypatch, content, code) -> None:
    """Each node takes it 70 µs, so they are counted as they come."""
    monkeypatch.setattr(yaml_reader, "MOST_VALUES", 1000)
    assert [item.code for item in read(content, "file", Format.YAML).findings] == [code]


@fuzzed
@given(MODULES)
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
