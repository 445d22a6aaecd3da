"""What a kubeconfig may hold, judged before the client takes it.

The client converts what it is given: `"no"` for insecure-skip-tls-verify turns the check off, a
list becomes a token, and what is no base64 an empty certificate. No value is told: it may be
secret.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from yaml import safe_load

from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.reading.codes import ReadingCode
from focus_engine.reading.document import Document
from focus_engine.reading.yaml_reader import read_yaml

LARGEST_KUBECONFIG = 2**20  # bytes
_TOLD = 3  # problems that a message names
# Of keys that stand twice and of documents the client takes one; aliases it multiplies without end.
_REFUSED = {
    code.id
    for code in (
        *(ReadingCode.DUPLICATE_KEY, ReadingCode.SEVERAL_DOCUMENTS, ReadingCode.ALIAS_ABUSE),
        *(ReadingCode.TOO_DEEP, ReadingCode.CUSTOM_TAG, ReadingCode.NOT_UTF8, ReadingCode.SYNTAX),
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


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


Text = Annotated[str, Field(min_length=1)]
Pem = Annotated[str, AfterValidator(_pem)]


class _Variable(_Part):
    name: Annotated[str, Field(pattern="^[^=\0]+$")]
    value: Annotated[str, Field(pattern="^[^\0]*$")]


class _Exec(_Part):
    api: Annotated[Text, Field(alias="apiVersion")]
    command: Text
    args: list[Annotated[str, Field(pattern="^[^\0]*$")]] | None = None
    env: list[_Variable] | None = None


class _User(_Part):
    token: str | None = None
    token_file: Annotated[str | None, Field(alias="tokenFile")] = None
    username: str | None = None
    password: str | None = None
    certificate: Annotated[Pem | None, Field(alias="client-certificate-data")] = None
    certificate_file: Annotated[str | None, Field(alias="client-certificate")] = None
    key: Annotated[Pem | None, Field(alias="client-key-data")] = None
    key_file: Annotated[str | None, Field(alias="client-key")] = None
    plugin: Annotated[_Exec, Field(alias="exec")] = None  # type: ignore[assignment]
    # The client would go on as the account itself.
    impersonated: Annotated[None, Field(alias="as")] = None


class _Cluster(_Part):
    server: Text
    authority: Annotated[Pem | None, Field(alias="certificate-authority-data")] = None
    authority_file: Annotated[str | None, Field(alias="certificate-authority")] = None
    unverified: Annotated[bool, Field(alias="insecure-skip-tls-verify")] = False
    tls_name: Annotated[str | None, Field(alias="tls-server-name")] = None
    proxy: Annotated[str | None, Field(alias="proxy-url")] = None


class _Context(_Part):
    cluster: Text
    user: Text
    namespace: str | None = None


class _NamedContext(_Part):
    name: Text
    context: _Context


class _NamedCluster(_Part):
    name: Text
    cluster: _Cluster


class _NamedUser(_Part):
    name: Text
    user: _User


class _Kubeconfig(_Part):
    """One file; of several that are merged, each may lack what another has."""

    current: Annotated[str | None, Field(alias="current-context")] = None
    contexts: list[_NamedContext] | None = None
    clusters: list[_NamedCluster] | None = None
    users: list[_NamedUser] | None = None


def require_plain(path: Path) -> None:
    """Raise UndecodableError unless the file at `path` is a kubeconfig that reads one way only."""
    content = read_bounded(path, LARGEST_KUBECONFIG)
    loaded = read_yaml(content, path.name)
    for found in loaded.findings:
        if found.code in _REFUSED:
            where = _at(path.name, found.place.line)
            raise UndecodableError(f"{where}{found.sentence.rstrip('.')}")
    if loaded.document is not None:
        _require_shape(safe_load(content), loaded.document)


def _require_shape(data: Any, document: Document) -> None:
    """`data` is the client's own view, which differs from ours where YAML is read in two ways."""
    try:
        _Kubeconfig.model_validate({} if data is None else data)
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
