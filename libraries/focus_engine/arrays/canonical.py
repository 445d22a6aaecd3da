"""The closed set of dtype names, and what other spellings mean. Knows nothing of numpy."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

BITS_PER_BYTE = 8


class NumberKind(StrEnum):
    """What the bits of one value mean."""

    BOOLEAN = "boolean"
    SIGNED = "signed integer"
    UNSIGNED = "unsigned integer"
    FLOAT = "float"
    COMPLEX = "complex"


class Endian(StrEnum):
    """Byte order. One-byte types have none."""

    LITTLE = "little"
    BIG = "big"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True)
class Dtype:
    """A canonical type; `width` is bytes per value."""

    name: str
    kind: NumberKind
    width: int

    @property
    def multi_byte(self) -> bool:
        return self.width > 1

    @property
    def integer(self) -> bool:
        return self.kind in {NumberKind.SIGNED, NumberKind.UNSIGNED}

    def typestr(self, endian: Endian) -> str:
        """How numpy spells it, such as `<f4`."""
        mark = {Endian.LITTLE: "<", Endian.BIG: ">"}.get(endian, "|")
        return f"{mark if self.multi_byte else '|'}{LETTER_OF[self.kind]}{self.width}"


LETTER_OF = {
    NumberKind.BOOLEAN: "b",
    NumberKind.SIGNED: "i",
    NumberKind.UNSIGNED: "u",
    NumberKind.FLOAT: "f",
    NumberKind.COMPLEX: "c",
}


def _family(prefix: str, kind: NumberKind, *bits: int) -> list[Dtype]:
    return [Dtype(f"{prefix}{each}", kind, each // BITS_PER_BYTE) for each in bits]


CANONICAL: dict[str, Dtype] = {
    dtype.name: dtype
    for dtype in (
        Dtype("bool", NumberKind.BOOLEAN, 1),
        *_family("int", NumberKind.SIGNED, 8, 16, 32, 64),
        *_family("uint", NumberKind.UNSIGNED, 8, 16, 32, 64),
        *_family("float", NumberKind.FLOAT, 16, 32, 64),
        *_family("complex", NumberKind.COMPLEX, 64, 128),
    )
}

# What numpy, C and Python call them on every platform alike.
_ALIASES = {
    **{LETTER_OF[dtype.kind] + str(dtype.width): name for name, dtype in CANONICAL.items()},
    **dict.fromkeys(("?", "bool_", "bool8", "boolean"), "bool"),
    **dict.fromkeys(("b", "byte"), "int8"),
    **dict.fromkeys(("B", "ubyte"), "uint8"),
    **dict.fromkeys(("h", "short"), "int16"),
    **dict.fromkeys(("H", "ushort"), "uint16"),
    **dict.fromkeys(("i", "intc"), "int32"),
    **dict.fromkeys(("I", "uintc"), "uint32"),
    **dict.fromkeys(("q", "longlong"), "int64"),
    **dict.fromkeys(("Q", "ulonglong"), "uint64"),
    **dict.fromkeys(("e", "half"), "float16"),
    **dict.fromkeys(("f", "single"), "float32"),
    **dict.fromkeys(("d", "double", "float", "float_"), "float64"),
    **dict.fromkeys(("F", "csingle"), "complex64"),
    **dict.fromkeys(("D", "cdouble", "complex", "complex_"), "complex128"),
}
PLATFORM_DEPENDENT = frozenset(
    {
        *("int", "uint", "int_", "uint_", "long", "ulong", "l", "L"),
        *("intp", "uintp", "p", "P", "n", "N"),
        *("longdouble", "longfloat", "g", "float80", "float96", "float128"),
        *("clongdouble", "clongfloat", "G", "complex160", "complex192", "complex256"),
    }
)
_TYPESTR = re.compile(r"(?P<mark>[<>|=])(?P<body>.+)")


def canonical_of(alias: str) -> Dtype | None:
    """The type that `alias` means on every platform; None when it is no alias."""
    name = _ALIASES.get(alias)
    return None if name is None else CANONICAL[name]


def without_mark(text: str) -> tuple[str, str]:
    """A byte order mark that leads `text` (empty when there is none), and the rest."""
    found = _TYPESTR.fullmatch(text)
    return ("", text) if found is None else (found["mark"], found["body"])


def nearest(text: str) -> str:
    """The canonical name that `text` may have meant; empty when none is near."""
    _, body = without_mark(text.strip())
    alias = _ALIASES.get(body) or _ALIASES.get(body.casefold())
    if alias:
        return alias
    close = get_close_matches(body.casefold(), CANONICAL, n=1)
    return close[0] if close else ""
