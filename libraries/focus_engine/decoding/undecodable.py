"""The exception that all decoders raise for foreign data that cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager

_OF_PARSERS: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    SyntaxError,
)


class UndecodableError(ValueError):
    """Foreign data that cannot be read as what it should be.

    Its text continues a sentence about the data: "it nests deeper than 100 levels". It quotes the
    data at most in part, so it is masked and bounded where it is shown, like all foreign text.
    """


@contextmanager
def refusing(*kinds: type[Exception]) -> Iterator[None]:
    """Whatever a parser fails with becomes an `UndecodableError`; `kinds` are its own classes.

    A parser that is fed with anything at all may also meet the limits of the interpreter.
    """
    try:
        yield
    except UndecodableError:
        raise
    except RecursionError as error:
        raise UndecodableError("it nests too deeply to be read") from error
    except MemoryError as error:
        raise UndecodableError("it takes more memory than there is") from error
    except (*_OF_PARSERS, *kinds) as error:
        raise UndecodableError(first_line(error)) from error


def first_line(error: Exception) -> str:
    """The first line of what `error` says, else the name of its class; at most 200 characters."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
