"""Module lists: what the syntax tells is read, what only a run would tell is UNDETERMINED."""

import pytest

from focus_engine.checks.finding import verdict_of
from focus_engine.pz.profile_file import ListKind, ListRule
from focus_engine.pz.reading.module_list import read_modules
from focus_engine.verdict import Verdict

ASSIGN = ListRule(kind=ListKind.ASSIGN, name="SV")
CLASS = ListRule(kind=ListKind.CLASS, name="SV")
IMPORT = ListRule(kind=ListKind.IMPORT, name="pkg")


@pytest.mark.parametrize(
    ("source", "rule", "names"),
    [
        ("SV = ['a', 'b']", ASSIGN, ("a", "b")),
        ("SV = ('a', ['b'])", ASSIGN, ("a", "b")),
        ("SV: list[str] = ['a'] + ['b']", ASSIGN, ("a", "b")),
        ("SV = {'a': start, 'b': None}", ASSIGN, ("a", "b")),
        ("SV = {'a'}\nSV += ['b']", ASSIGN, ("a", "b")),
        ("class SV(Enum):\n    A = 'a'\n    B: str = 'b'\n    def f(self): ...", CLASS, ("a", "b")),
        (
            "@unique\nclass SV(Enum):\n    'All'\n    A = 'a'\nALL = [SV.A, SV.A.x()]",
            CLASS,
            ("a",),
        ),
        ("import pkg.a, other\nfrom pkg import b", IMPORT, ("pkg.a", "pkg.b")),
    ],
)
def test_plain_lists_are_read(source: str, rule: ListRule, names: tuple[str, ...]) -> None:
    found = read_modules(source.encode(), "sv_modules.py", [rule])
    assert found.names == names
    assert found.findings == ()


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("SV = ['a', *more]", ASSIGN),
        ("SV = ['a']\nraise SystemExit", ASSIGN),
        ("assert WINDOWS\nSV = ['a']", ASSIGN),
        ("import sys\nsys.exit(1)\nSV = ['a']", ASSIGN),
        ("import pkg.a\nquit()", IMPORT),
        ("class SV(Enum):\n    A = 'a'\nraise ValueError(1)", CLASS),
        ("SV = [m for m in all_modules]", ASSIGN),
        ("SV = load()", ASSIGN),
        ("SV = ['a' + 'b']", ASSIGN),
        ("SV = [f'{x}.main']", ASSIGN),
        ("SV = {**more}", ASSIGN),
        ("SV = ['a']\nSV.append('b')", ASSIGN),
        ("SV = ['a']\nSV = ['b']", ASSIGN),
        ("SV = ['a', 'b']\ndel SV[0]", ASSIGN),
        ("SV = ['a', 'b']\nSV[0] = 'c'", ASSIGN),
        ("SV = ['a']\nif WINDOWS:\n    SV = ['b']", ASSIGN),
        ("if WINDOWS:\n    SV = ['b']", ASSIGN),
        ("SV = ['a']\nfor m in SV[:]:\n    SV.remove(m)", ASSIGN),
        ("class SV(Enum):\n    A = auto()", CLASS),
        ("class SV(Enum):\n    if WINDOWS:\n        A = 'a'", CLASS),
        ("class SV(Enum):\n    A = 'a'\n    del A", CLASS),
        ("class SV(Enum):\n    A = 'a'\n    A = 'b'", CLASS),
        ("class SV(Enum):\n    A = 'a'\n    A += '.v2'", CLASS),
        ("class SV(Enum):\n    A = 'a'\n    def A(self): ...", CLASS),
        ("class SV(Enum):\n    A = 'a'\n    exec(more)", CLASS),
        ("class SV(Enum):\n    match x:\n        case 1: A = 'a'", CLASS),
        ("class SV(metaclass=Other):\n    A = 'a'", CLASS),
        ("@changed\nclass SV(Enum):\n    A = 'a'", CLASS),
        ("class SV(Enum):\n    A = 'a'\ndel SV.A", CLASS),
        ("class SV(Enum):\n    A = 'a'\nSV.A = 'b'", CLASS),
        ("class SV(Enum):\n    A = 'a'\nSV = None", CLASS),
        ("class SV(Enum):\n    A = 'a'\nclass SV(Enum):\n    B = 'b'", CLASS),
        ("class SV(Enum):\n    A = 'a'\nsetattr(SV, 'A', 'b')", CLASS),
        ("class SV(Enum):\n    A = 'a'\nchange(SV)", CLASS),
        ("def nobody_calls():\n    class SV(Enum):\n        A = 'a'", CLASS),
        ("from pkg import *", IMPORT),
        ("def nobody_calls():\n    import pkg.a", IMPORT),
        ("if WINDOWS:\n    from pkg import a", IMPORT),
    ],
)
def test_a_computed_list_is_undetermined(source: str, rule: ListRule) -> None:
    found = read_modules(source.encode(), "sv_modules.py", [rule])
    assert verdict_of(found.findings) is Verdict.UNDETERMINED
    assert {item.code for item in found.findings} == {"CF024"}
    assert found.findings[0].place.line is not None
