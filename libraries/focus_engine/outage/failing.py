"""Two things that went wrong at once, told as one verdict that hides neither."""

from focus_engine.verdict import (
    NotAllowed,
    PreconditionUnmet,
    Prefix,
    ProductFailure,
    ToolError,
    Undetermined,
)

_KINDS = (NotAllowed, PreconditionUnmet, Undetermined)


def lifted_again(error: BaseException) -> BaseException:
    """The same verdict, with the word that the outage was lifted; anything else as it is."""
    sentence = getattr(error, "sentence", None)
    if isinstance(error, (*_KINDS, ToolError)) and sentence:
        kind = next((kind for kind in _KINDS if isinstance(error, kind)), ToolError)
        return kind(f"{sentence} It was lifted.")
    return error


def both(first: Exception, cleaning_up: Exception) -> Exception:
    """A failure of both, in the order in which they happened.

    It is never a SKIP, since something was left behind. A product's failure stays one: it keeps
    its message in front.
    """
    said = f"{first} In addition: {cleaning_up}"
    if Prefix.of(str(first)) is None:
        return ProductFailure(said)
    return ToolError(said.removeprefix(f"{Prefix.ERROR.value} "))
