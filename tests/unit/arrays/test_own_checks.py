"""PZ's own checks in a process of their own: every disagreement is a finding."""

import contextlib
import shutil
from pathlib import Path

import pytest

from focus_corpus import own_checks
from focus_corpus.catalogue import asked_claims, asked_summaries
from focus_corpus.claims import claims
from focus_corpus.own_checks import CHECKOUT, compare_with_own_check
from focus_engine.arrays.profile import OwnCheck, load_arrays_profile
from focus_engine.evidence import Evidence
from focus_engine.verdict import NeedsInput, ProductFailure, ToolError

CHECKOUTS = Path(__file__).parents[2] / "pz_checkout"
ENTRIES = {"dtype": asked_claims(), "summary": asked_summaries()}
FILE = load_arrays_profile("example").file
CHECKS = {"dtype": FILE.own_dtype_check, "summary": FILE.own_summary_check}


@pytest.mark.parametrize("what", CHECKS)
def test_a_check_that_agrees_gives_no_finding(what, monkeypatch) -> None:
    monkeypatch.setenv(CHECKOUT, str(CHECKOUTS / "strict"))
    evidence = Evidence()
    compare_with_own_check(CHECKS[what], ENTRIES[what], evidence)
    [table] = evidence.tables
    assert {row[2] for row in table.rows} == {"accepted", "refused"}


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("dtype", "'dtype null': PZ accepts .*DT001"),
        ("summary", "'count too low': PZ accepts .*DS001"),
    ],
)
def test_a_check_that_is_weaker_is_a_finding(what, sentence, monkeypatch) -> None:
    monkeypatch.setenv(CHECKOUT, str(CHECKOUTS / "lenient"))
    with pytest.raises(ProductFailure, match=sentence):
        compare_with_own_check(CHECKS[what], ENTRIES[what], Evidence())


WEAKER = {
    "widths that there are not": ("msgbus", "(16, 32, 64)", "(8, 16, 32, 64)"),
    "wide complex numbers": ("msgbus", '{"bool", "int8"', '{"bool", "complex128", "int8"'),
    "no order": ("msgbus", '{"little", "big"}', '{"little", "big", None}'),
    "orders in capitals": ("msgbus", "if endian not", "if str(endian).lower() not"),
    "any shape": ("data_summary", "list(shape), values", 'summary["shape"], values'),
    "integers to 53 bits": ("data_summary", ".item())", ".astype(np.float64).item())"),
    "means of three digits": ("data_summary", "rel_tol=1e-6", "rel_tol=1e-3"),
    "any NaN": ("data_summary", "return values.size - valid.size", "return 0"),
    "one order": ("data_summary", '">" if endian == "big" else "<"', '"<"'),
}


@pytest.mark.parametrize(("module", "strict", "weak"), WEAKER.values(), ids=WEAKER)
def test_what_a_check_lets_pass_is_found_out(module, strict, weak, monkeypatch, tmp_path) -> None:
    copied = shutil.copytree(CHECKOUTS / "strict", tmp_path / "pz")
    file = copied / "example_pz" / f"{module}.py"
    text = file.read_text(encoding="utf-8")
    assert strict in text
    file.write_text(text.replace(strict, weak), encoding="utf-8")
    monkeypatch.setenv(CHECKOUT, str(copied))
    what = "dtype" if module == "msgbus" else "summary"
    with pytest.raises(ProductFailure, match=r"PZ (accepts|refuses)"):
        compare_with_own_check(CHECKS[what], ENTRIES[what], Evidence())


def test_a_check_that_is_stricter_is_a_finding(monkeypatch, tmp_path) -> None:
    (tmp_path / "picky.py").write_text("def check(dtype, endian):\n    return endian != 'big'\n")
    monkeypatch.setenv(CHECKOUT, str(tmp_path))
    own = CHECKS["dtype"].model_copy(update={"function": "picky:check"})
    with pytest.raises(
        ProductFailure, match=r"'int16 big': PZ refuses .* ours must become stricter"
    ):
        compare_with_own_check(own, [e for e in claims() if e.name == "int16 big"], Evidence())


def test_without_a_checkout_the_input_is_missing(monkeypatch) -> None:
    monkeypatch.delenv(CHECKOUT, raising=False)
    with pytest.raises(NeedsInput, match=f"set {CHECKOUT}"):
        compare_with_own_check(CHECKS["dtype"], ENTRIES["dtype"], Evidence())


def test_without_a_function_the_team_is_asked() -> None:
    own = load_arrays_profile("pz").file.own_dtype_check
    with pytest.raises(NeedsInput, match="Needed: a checkout of PZ with that branch"):
        compare_with_own_check(own, ENTRIES["dtype"], Evidence())


@pytest.mark.parametrize("function", ["absent:check", "example_pz.msgbus:absent"])
def test_a_function_that_is_not_there_is_an_error(function, monkeypatch) -> None:
    monkeypatch.setenv(CHECKOUT, str(CHECKOUTS / "strict"))
    own: OwnCheck = CHECKS["dtype"].model_copy(update={"function": function})
    with pytest.raises(ToolError, match="could not be run"):
        compare_with_own_check(own, ENTRIES["dtype"], Evidence())


ODD = {
    "writes without end": (
        "import os\nwhile True: os.write(1, b'x' * 65536)",
        "odd:check of PZ wrote more than 4194304 bytes",
    ),
    "says without end": (
        "import sys\ndef check(*_):\n    while True: print('x' * 65536, file=sys.stderr)",
        "odd:check of PZ wrote more than 4194304 bytes",
    ),
    "never ends": ("import time\ntime.sleep(600)", "odd:check of PZ did not end within 1.5 s"),
    "ends at once": ("import os\nos._exit(0)", "odd:check of PZ left no verdicts"),
    "is killed": ("import os\nos.kill(os.getpid(), 9)", "could not be run: it said nothing"),
}
HARMLESS = {
    "prints": "import os\ndef check(*_):\n    os.write(1, b'[[')\n    print('hello')",
    "long text": "def check(*_):\n    return 'x' * 10**7",
    "half a character": "def check(*_):\n    raise ValueError(chr(0xd800))",
    "cannot be shown": "class A:\n    __repr__ = None\ncheck = lambda *_: A()",
}


def _odd(monkeypatch, tmp_path: Path, code: str) -> OwnCheck:
    (tmp_path / "odd.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv(CHECKOUT, str(tmp_path))
    return CHECKS["dtype"].model_copy(update={"function": "odd:check"})


@pytest.mark.parametrize("kind", ODD)
def test_a_check_that_misbehaves_is_bounded(kind: str, monkeypatch, tmp_path) -> None:
    code, said = ODD[kind]
    if kind == "never ends":
        monkeypatch.setattr(own_checks, "TIME_LIMIT", 1.5)
    with pytest.raises(ToolError, match=said):
        compare_with_own_check(_odd(monkeypatch, tmp_path, code), ENTRIES["dtype"][:2], Evidence())


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_a_check_says_is_told_shortly(kind: str, monkeypatch, tmp_path) -> None:
    own, evidence = _odd(monkeypatch, tmp_path, HARMLESS[kind]), Evidence()
    with contextlib.suppress(ProductFailure):
        compare_with_own_check(own, ENTRIES["dtype"][:2], evidence)
    [table] = evidence.tables
    assert len(table.rows) == 2
    assert all(len(row[3]) < 400 for row in table.rows)
