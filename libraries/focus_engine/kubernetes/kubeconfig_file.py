"""What a kubeconfig may hold, judged before the client takes it.

The client converts what it is given: `"no"` for insecure-skip-tls-verify turns the check off, a
list becomes a token, and what is no base64 an empty certificate. A name may be empty, as kubectl
writes where one field alone was set: only those in use must say something (kubeconfig.py). No value
is told: it may be secret, and those that are get masked from here on, as YAML has them: a pattern
knows neither its blocks nor its escapes.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Required

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict
from yaml import safe_load

from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import in_options, is_secret, learn
from focus_engine.reading.codes import ReadingCode
from focus_engine.reading.document import Document
from focus_engine.reading.yaml_reader import read_yaml

LARGEST_KUBECONFIG = 2**20  # bytes
_TOLD = 3  # problems that a message names
# Of keys that stand twice and of documents the client takes one; aliases it multiplies without end.
_REFUSED = {
    code.id
    for code in (
        *(ReadingCode.DUPLICATE_KEY, ReadingCode.SEVERAL_DOCUMENTS, ReadingCode.CUSTOM_TAG),
        *(ReadingCode.ALIAS_ABUSE, ReadingCode.TOO_DEEP, ReadingCode.TOO_LARGE),
        *(ReadingCode.NOT_UTF8, ReadingCode.SYNTAX),
    )
}


def _pem(text: str) -> str:
    try:
        content = base64.b64decode(re.sub(r"\s", "", text), validate=True)
    except ValueError as error:
        raise ValueError("no base64") from error
    if b"-----BEGIN " not in content:
        raise ValueError("no PEM in base64")
    return text


Text = Annotated[str, Field(min_length=1)]
Pem = Annotated[str, AfterValidator(_pem)]
NoNul = Annotated[str, Field(pattern="^[^\0]*$")]


class _Variable(TypedDict):
    name: Annotated[str, Field(pattern="^[^=\x00]+$")]
    value: NoNul


class _Plugin(TypedDict, total=False):
    apiVersion: Required[Text]
    command: Required[Text]
    args: list[NoNul] | None
    env: list[_Variable] | None


_User = TypedDict(
    "_User",
    {
        "token": str | None,
        "tokenFile": str | None,
        "username": str | None,
        "password": str | None,
        "client-certificate-data": Pem | None,
        "client-certificate": str | None,
        "client-key-data": Pem | None,
        "client-key": str | None,
        "exec": _Plugin,
        "as": None,  # the client would go on as the account itself
        "as-uid": None,
        "as-groups": None,
        "as-user-extra": None,
    },
    total=False,
)
_Cluster = TypedDict(
    "_Cluster",
    {
        "server": Required[str],
        "certificate-authority-data": Pem | None,
        "certificate-authority": str | None,
        "insecure-skip-tls-verify": bool,
        "tls-server-name": str | None,
        "proxy-url": str | None,
    },
    total=False,
)


class _Context(TypedDict, total=False):
    cluster: Required[str]
    user: Required[str]
    namespace: str | None


class _NamedContext(TypedDict):
    name: Text
    context: _Context


class _NamedCluster(TypedDict):
    name: Text
    cluster: _Cluster


class _NamedUser(TypedDict):
    name: Text
    user: _User


_Kubeconfig = TypedDict(  # one file: of several that are merged, each may lack what another has
    "_Kubeconfig",
    {
        "current-context": str | None,
        "contexts": list[_NamedContext] | None,
        "clusters": list[_NamedCluster] | None,
        "users": list[_NamedUser] | None,
    },
    total=False,
)
_SECRET_KEYS = {"token", "password", "client-key-data", "auth-provider"}
_SHAPE = TypeAdapter(_Kubeconfig)


def require_plain(path: Path) -> None:
    """Raise UndecodableError unless the file at `path` is a kubeconfig that reads one way only."""
    content = read_bounded(path, LARGEST_KUBECONFIG)
    loaded = read_yaml(content, path.name)
    for found in loaded.findings:
        if found.code in _REFUSED:
            where = _at(path.name, found.place.line)
            raise UndecodableError(f"{where}{found.sentence.rstrip('.')}")
    if loaded.document is not None:
        data = safe_load(content)
        learn(*_secrets_in(data))
        _require_shape(data, loaded.document)


def _secrets_in(node: Any, *, held: bool = False) -> Iterator[str]:
    """Each text that `node` has below a key of a secret, whatever the shape of it is."""
    if isinstance(node, str) and held:
        yield from (node, *node.splitlines())
    elif isinstance(node, Mapping):
        named = is_secret((str(node.get("name")),))  # a variable of a plugin; a value may be a word
        for key, value in node.items():
            secret = key in _SECRET_KEYS or (key == "value" and named)
            yield from _secrets_in(value, held=held or secret)
    elif isinstance(node, Sequence) and not isinstance(node, str | bytes):
        for value in node:
            yield from _secrets_in(value, held=held)
        yield from in_options(node)


def _require_shape(data: Any, document: Document) -> None:
    """`data` is the client's own view, which differs from ours where YAML is read in two ways."""
    try:
        _SHAPE.validate_python({} if data is None else data, strict=True)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        said = [_problem(each["loc"], each["msg"], document) for each in problems[:_TOLD]]
        raise UndecodableError("; ".join(said)) from None
    for kind in ("contexts", "clusters", "users"):
        _require_names_once(data, kind)


def _require_names_once(data: Mapping[str, Any] | None, kind: str) -> None:
    names = sorted(each["name"] for each in (data or {}).get(kind) or [])
    twice = next((one for one, other in pairwise(names) if one == other), None)
    if twice is not None:
        raise UndecodableError(f"two of its {kind} are called '{twice}'")


def _problem(place: Sequence[str | int], said: str, document: Document) -> str:
    key = f"key '{'.'.join(map(str, place))}'" if place else "it"
    reason = said.removeprefix("Value error, ").partition(" or instance of ")[0]
    where = _at(document.name, document.line(tuple(place)))
    return f"{where}{key} is not what it should be ({reason})"


def _at(name: str, line: int | None) -> str:
    return f"{name}, line {line}: " if line else ""
