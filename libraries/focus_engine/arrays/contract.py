"""What a contract allows a message to be, and how a claim is compared with it."""

from dataclasses import dataclass
from enum import StrEnum

from focus_engine.arrays.canonical import CANONICAL, Dtype, Endian, NumberKind
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.dtype_text import dtype_of
from focus_engine.arrays.message import DtypeClaim
from focus_engine.checks.finding import Finding, finding
from focus_engine.reading.missing import MISSING


@dataclass(frozen=True)
class ArrayContract:
    """The dtypes (canonical names) and the byte order that messages of one schema must have.

    No names means every real type; `endian` None means either order, but still a stated one.
    """

    schema: str
    dtypes: tuple[str, ...] = ()
    endian: Endian | None = None

    @property
    def complex_allowed(self) -> bool:
        return any(CANONICAL[name].kind is NumberKind.COMPLEX for name in self.dtypes)


@dataclass(frozen=True)
class ReadClaim:
    """A claim that holds: the type and the byte order in which to read the bytes."""

    dtype: Dtype
    endian: Endian


class RangePolicy(StrEnum):
    """What negative values mean: a linear scale has none, a logarithmic one does."""

    LINEAR = "linear"
    LOG = "log"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Extrema:
    """The extrema that come with a frame: running, so they contain the values and may be wider."""

    minimum: float
    maximum: float


def read_claim(claim: DtypeClaim, contract: ArrayContract) -> ReadClaim | Finding:
    """The type that `claim` states, or the first defect; nothing is coerced."""
    dtype = dtype_of(claim, complex_allowed=contract.complex_allowed)
    if isinstance(dtype, Finding):
        return dtype
    endian = _endian_of(claim, dtype)
    if isinstance(endian, Finding):
        return endian
    return _against(contract, ReadClaim(dtype, endian)) or ReadClaim(dtype, endian)


def named_dtype(claim: DtypeClaim, contract: ArrayContract) -> Dtype | Finding:
    """As above for a claim that has no byte order to judge."""
    dtype = dtype_of(claim, complex_allowed=contract.complex_allowed)
    if isinstance(dtype, Finding):
        return dtype
    if contract.dtypes and dtype.name not in contract.dtypes:
        return _other_dtype(contract, dtype)
    return dtype


def _endian_of(claim: DtypeClaim, dtype: Dtype) -> Endian | Finding:
    given = claim.endian
    if given is MISSING or given is None or given == Endian.NOT_APPLICABLE.value:
        if not dtype.multi_byte:
            return Endian.NOT_APPLICABLE
        sentence = f"{dtype.name} has {dtype.width} bytes per value, but no byte order is stated"
        return finding(
            ArrayCode.ORDER_MISSING, f"{sentence}; write little or big.", "little or big"
        )
    if not isinstance(given, str) or given not in {Endian.LITTLE.value, Endian.BIG.value}:
        sentence = f"the byte order is {given!r}; expected little, big or not-applicable."
        return finding(ArrayCode.ORDER_UNKNOWN, sentence, "little or big", str(given))
    return Endian(given) if dtype.multi_byte else Endian.NOT_APPLICABLE


def _against(contract: ArrayContract, claim: ReadClaim) -> Finding | None:
    if contract.dtypes and claim.dtype.name not in contract.dtypes:
        return _other_dtype(contract, claim.dtype)
    if contract.endian is None or not claim.dtype.multi_byte or claim.endian is contract.endian:
        return None
    return finding(
        ArrayCode.ORDER_DIFFERS,
        f"{claim.dtype.name} is {claim.endian.value}-endian; the contract of {contract.schema} "
        f"says {contract.endian.value}.",
        contract.endian.value,
        claim.endian.value,
    )


def _other_dtype(contract: ArrayContract, claimed: Dtype) -> Finding:
    allowed = [CANONICAL[name] for name in contract.dtypes]
    code = ArrayCode.NOT_IN_CONTRACT if len(allowed) > 1 else _difference(claimed, allowed[0])
    names = " or ".join(contract.dtypes)
    sentence = f"dtype is {claimed.name}; the contract of {contract.schema} says {names}"
    return finding(code, f"{sentence} ({code.meaning}).", names, claimed.name)


def _difference(claimed: Dtype, agreed: Dtype) -> ArrayCode:
    kinds = {claimed.kind, agreed.kind}
    if kinds == {NumberKind.SIGNED, NumberKind.UNSIGNED}:
        return ArrayCode.SIGN_DIFFERS
    if NumberKind.BOOLEAN in kinds and (claimed.integer or agreed.integer):
        return ArrayCode.BOOLEAN_DIFFERS
    return ArrayCode.WIDTH_DIFFERS if len(kinds) == 1 else ArrayCode.KIND_DIFFERS
