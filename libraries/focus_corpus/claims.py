"""Claims of a dtype: the canonical ones, and every way in which one goes wrong."""

from focus_corpus.entry import CorpusEntry, seen_verdict
from focus_engine.arrays.canonical import CANONICAL, Endian, NumberKind
from focus_engine.arrays.checks import claim_report
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import ArrayContract
from focus_engine.arrays.message import DtypeClaim
from focus_engine.checks.report import Report
from focus_engine.reading.missing import MISSING

ANY = ArrayContract("any")
INT16 = ArrayContract("samples", ("int16",), Endian.LITTLE)
BOOL = ArrayContract("flags", ("bool",))
COUNTERS = ArrayContract("counters", ("uint32", "uint64"), Endian.LITTLE)
SPECTRUM = ArrayContract("spectrum", ("complex64",), Endian.LITTLE)

_KINDS = ("bool", "int", "uint", "float", "bfloat", "complex", "decimal")
_ORDERS = ("little", "big", "LITTLE", " big", "native", "not-applicable", "le", ">", "", None, 1)
_WRONG: tuple[tuple[str, ArrayCode, object, object, ArrayContract], ...] = (
    ("dtype missing", ArrayCode.DTYPE_MISSING, MISSING, "little", ANY),
    ("dtype null", ArrayCode.DTYPE_MISSING, None, "little", ANY),
    ("dtype a number", ArrayCode.DTYPE_NOT_TEXT, 4, "little", ANY),
    ("dtype unknown", ArrayCode.DTYPE_UNKNOWN, "flaot32", "little", ANY),
    ("dtype alias", ArrayCode.DTYPE_ALIAS, "i2", "little", ANY),
    ("order missing", ArrayCode.ORDER_MISSING, "int16", MISSING, ANY),
    ("dtype of the platform", ArrayCode.DTYPE_OF_PLATFORM, "long", "little", ANY),
    ("dtype in capitals", ArrayCode.DTYPE_SPELLING, "FLOAT32", "little", ANY),
    ("order in the name", ArrayCode.ORDER_IN_NAME, "<f4", "little", ANY),
    ("order unknown", ArrayCode.ORDER_UNKNOWN, "int16", "native", ANY),
    ("dtype object", ArrayCode.DTYPE_OBJECT, "O", "little", ANY),
    ("dtype string", ArrayCode.DTYPE_TEXT, "S8", "little", ANY),
    ("dtype structure", ArrayCode.DTYPE_STRUCT, "f4,f4", "little", ANY),
    ("dtype complex", ArrayCode.DTYPE_COMPLEX, "complex64", "little", ANY),
    ("datetime without unit", ArrayCode.DATETIME_WITHOUT_UNIT, "M8", "little", ANY),
    ("datetime", ArrayCode.DATETIME, "M8[ns]", "little", ANY),
    ("dtype sub-array", ArrayCode.DTYPE_SUBARRAY, "3f4", "little", ANY),
    ("order differs", ArrayCode.ORDER_DIFFERS, "int16", "big", INT16),
    ("sign differs", ArrayCode.SIGN_DIFFERS, "uint16", "little", INT16),
    ("kind differs", ArrayCode.KIND_DIFFERS, "float16", "little", INT16),
    ("width differs", ArrayCode.WIDTH_DIFFERS, "int32", "little", INT16),
    ("boolean differs", ArrayCode.BOOLEAN_DIFFERS, "uint8", MISSING, BOOL),
    ("not in the contract", ArrayCode.NOT_IN_CONTRACT, "uint16", "little", COUNTERS),
)


def claims() -> list[CorpusEntry]:
    """Every canonical dtype in either order, and one wrong claim per code."""
    real = [dtype for dtype in CANONICAL.values() if dtype.kind is not NumberKind.COMPLEX]
    valid = [
        _entry(f"{dtype.name} {order}", None, dtype.name, order, ANY)
        for dtype in real
        for order in (("little", "big") if dtype.multi_byte else ("not-applicable",))
    ]
    valid.append(_entry("complex64 by contract", None, "complex64", "little", SPECTRUM))
    return valid + [_entry(*each) for each in _WRONG]


def more_claims() -> list[CorpusEntry]:
    """Every kind of number in widths that there are and are not, with every order and none.

    What is right of each is what our own check says.
    """
    names = [f"{kind}{bits}" for kind in _KINDS for bits in ("", 4, 8, 16, 32, 64, 80, 128, 256)]
    one_byte = {dtype.name for dtype in CANONICAL.values() if not dtype.multi_byte}
    return [
        claim_entry(name, order)
        for name in names
        for order in (["not-applicable"] if name in one_byte else _ORDERS)
    ]


def claim_entry(dtype: object, endian: object) -> CorpusEntry:
    """Any claim as an entry, such as one of a row."""
    claim = DtypeClaim(dtype, endian)
    report = claim_report(claim, ANY)
    return _entry(str(claim), seen_verdict(report), dtype, endian, ANY)


def _entry(
    name: str, verdict: ArrayCode | None, dtype: object, endian: object, contract: ArrayContract
) -> CorpusEntry:
    def judge() -> Report:
        return claim_report(DtypeClaim(dtype, endian), contract)

    if contract is not ANY or MISSING in (dtype, endian):
        return CorpusEntry(name, verdict, judge)  # what a call cannot say, PZ's check cannot judge
    return CorpusEntry(name, verdict, judge, {"dtype": dtype, "endian": endian})
