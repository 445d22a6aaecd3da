"""What may be shown of a text: no secret, and nothing that harms what shows it.

The one place that masks. A secret is known by its form (the user of an address, a bearer token, a
private key, what follows `password=`), or by its value: what the `FOCUS_*` and proxy variables and
the kubeconfig hold is found wherever it turns up, also in what others write about it.
"""

import base64
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from stat import S_ISREG
from typing import Any
from urllib.parse import quote, unquote

MASK = "***"
HEAD_CHARACTERS = 600
SHORTEST = 5  # characters; a shorter value stands in other words as well
_ADDRESSES = (
    *("FOCUS_BASE_URL", "FOCUS_MONGO_URI", "FOCUS_AMQP_URI"),
    *("FOCUS_TOXIPROXY_URL", "FOCUS_STREAM_HOST"),
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_KUBECONFIGS = ("FOCUS_KUBECONFIG", "KUBECONFIG")
_NAMES = (*_ADDRESSES, *_PROXIES, *_KUBECONFIGS)
_KEYS = [(name, getattr(os.environ, "encodekey", str)(name)) for name in _NAMES]
_LARGEST_KUBECONFIG = 2**20

_SECRET_KEY = re.compile(
    r"passw|secret|token|credential|api_?key|private_?key|(^|_)(cmd|command|uri|dsn)$",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)(?!USER:PASSWORD@)[^\s/?#@\"'<>]+@")  # but for our advice
_BEARER = re.compile(r"(?P<name>\bBearer\s+)(?!\*)[^\s'\",;<\\]{5,}", re.IGNORECASE)
_BASIC = re.compile(r"(?P<name>authorization\W{1,6}Basic\s+)[^\s'\",;<\\]+", re.IGNORECASE)
_PRIVATE_KEY = re.compile(
    r"(?P<name>-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_ASSIGNED = re.compile(
    r"(?P<name>(?:passw(?:or)?d|secret|token|api_?key|client-key-data)[\w.-]*"
    r"(?:\"|'|&quot;)?\s*[=:]\s*(?:\"|'|&quot;)?)(?P<value>[^\s,;'\"&<>{}\[\]]+)",
    re.IGNORECASE,
)
_IN_KUBECONFIG = re.compile(
    r"(?:[\w-]*token|password|client-key-data|client-secret|value)[\"']?\s*:\s*[\"']?"
    r"(?P<value>[^\s\"',}]+)",
    re.IGNORECASE,
)
_TOKEN_FILE = re.compile(r"tokenFile[\"']?\s*:\s*[\"']?(?P<path>[^\s\"',}]+)")
# Terminals obey them, XML refuses them, half a surrogate pair cannot be encoded at all, and the
# rest turns the direction of what follows.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def is_secret(path: Sequence[str | int]) -> bool:
    """Whether the value at `path` of a file must not be shown: a key on the way says so."""
    return any(isinstance(part, str) and _SECRET_KEY.search(part) for part in path)


def masked(text: str) -> str:
    """`text` without secrets."""
    return _ASSIGNED.sub(rf"\g<name>{MASK}", masked_forms(text))


def masked_forms(text: str) -> str:
    """As `masked`, but without a guess from a name before it: for markup, which would suffer."""
    for value in known_secrets():
        text = text.replace(value, MASK)
    if "://" in text:
        text = _USER_INFO.sub(f"{MASK}@", text)
    forms = (_BEARER, _PRIVATE_KEY, *((_BASIC,) if "asic " in text else ()))
    for form in forms:
        text = form.sub(rf"\g<name>{MASK}", text)
    return text


def printable(text: str) -> str:
    """`text` with escapes for what no report, terminal or database takes."""
    return _HARMFUL.sub(lambda found: ascii(found.group())[1:-1], text)


def showable(text: str) -> str:
    """`text` for a message, a log, a table or a database: masked and printable."""
    return masked(printable(text))


def head_of(text: str, limit: int = HEAD_CHARACTERS) -> str:
    """The first `limit` characters, showable, and how much was left out."""
    shown = showable(text[: 2 * limit])  # before it is cut, which may part a secret
    if len(text) <= limit:
        return shown
    return f"{shown[:limit]}… ({len(text)} characters in all)"


def known_secrets() -> tuple[str, ...]:
    """The secrets that this process was given, longest first, in each form that others write."""
    present: Any = getattr(os.environ, "_data", None)  # every cell of a table asks; a miss is slow
    names = [name for name, key in _KEYS if present is None or key in present]
    return _secrets_of(tuple((name, os.environ[name]) for name in names if os.environ.get(name)))


@cache
def _secrets_of(variables: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    found = {form for value in _found_in(dict(variables)) for form in _forms(value)}
    return tuple(sorted((form for form in found if len(form) >= SHORTEST), key=len, reverse=True))


def _found_in(variables: Mapping[str, str]) -> Iterator[str]:
    for name in (*_ADDRESSES, *_PROXIES):
        yield from _in_address(variables.get(name, ""))
    for name in _KUBECONFIGS:
        value = variables.get(name, "")
        paths = [value, *value.split(os.pathsep)]
        contents = [text for path in paths if (text := _content(path)) is not None]
        if value and not contents:  # the content itself, or something else that is no file
            yield value
            contents = [value, *_decoded(value)]
        for content in contents:
            yield from _in_kubeconfig(content)


def _in_address(address: str) -> Iterator[str]:
    """User and password; of an address that is wrongly written, all that could be one."""
    _, _, rest = address.partition("://")
    user_info, at, _ = (rest or address).rpartition("@")
    if not at:
        return
    yield user_info
    _, _, password = user_info.partition(":")
    yield password
    yield from re.split(r"[/?#@:]", password)


def _in_kubeconfig(content: str) -> Iterator[str]:
    for found in _IN_KUBECONFIG.finditer(content):
        yield found["value"]
        yield from _decoded(found["value"])
    for found in _TOKEN_FILE.finditer(content):
        yield (_content(found["path"]) or "").strip()


def _decoded(value: str) -> list[str]:
    try:
        return [base64.b64decode(value, validate=True).decode("utf-8")]
    except ValueError:
        return []


def _forms(value: str) -> Iterator[str]:
    """As it is, as it stands in an address, in quotes and in a header."""
    for text in (value, value.strip()):
        yield from (text, unquote(text), quote(text, "", errors="surrogatepass"), repr(text)[1:-1])
    if len(value) >= SHORTEST:
        encoded = base64.b64encode(unquote(value).encode("utf-8", "surrogateescape")).decode()
        yield encoded


def _content(path: str) -> str | None:
    """The text of a file, bounded; None where there is none that could be read."""
    try:
        file = Path(path).expanduser()
        if not S_ISREG(file.stat().st_mode):
            return None
        with file.open("rb") as opened:
            return opened.read(_LARGEST_KUBECONFIG).decode("utf-8", "replace")
    except (OSError, ValueError, RuntimeError):
        return None
