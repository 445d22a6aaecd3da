"""A dtype check with a closed set of names and a mandatory byte order."""

ONE_BYTE = {"bool", "int8", "uint8"}
MULTI_BYTE = {f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (16, 32, 64)}


def check_dtype(dtype: object, endian: object) -> None:
    if dtype in ONE_BYTE:
        return
    if dtype not in MULTI_BYTE:
        raise ValueError(f"dtype {dtype!r} is not known")
    if endian not in {"little", "big"}:
        raise ValueError(f"byte order {endian!r} is not known")
