"""What may be shown of a text: no secret, and nothing that harms what shows it.

The one place that masks. A secret is known by its form (the user of an address, a bearer token, a
private key, what follows `password=`), or by its value: what the `FOCUS_*` and proxy variables and
the kubeconfig hold, and what `learn` was given by who signs in, is found wherever it turns up, also
in what others write about it.
"""

import base64
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from stat import S_ISREG
from typing import Any
from urllib.parse import quote, unquote

MASK = "***"
HEAD_CHARACTERS = 600
SHORTEST = 5  # characters; a shorter value stands in other words as well
# What a variable holds is told by its name, so that a new one is masked without being listed here.
_HOLDS_SECRET = re.compile(r"TOKEN|PASSW|SECRET|CREDENTIAL|(?:_|^)KEY(?:_|$)")
_HOLDS_ADDRESS = re.compile(r"(?:UR[IL]|HOST|SCHEDULER|PROXY)$", re.IGNORECASE)
_HOLDS_KUBECONFIG = re.compile(r"KUBECONFIG$|^FOCUS_CLUSTER_ADMIN$")
_OURS = re.compile(r"FOCUS_|KUBECONFIG$|(?:HTTPS?|ALL)_PROXY$|(?:https?|all)_proxy$")
_LARGEST_KUBECONFIG = 2**20

_SECRET_KEY = re.compile(
    r"passw|passphrase|passcode|secret|token|credential|authorization|cookie|"
    r"(api|private|access|account|signing|encryption|certificate|ssh)[_-]?key|"
    r"(^|[_-])(cmd|command|uri|dsn|pwd|pass|pin|psk|auth)$",
    re.IGNORECASE,
)
# But for our advice; a password may hold what ends a host, and digits after a colon are a port.
_USER_INFO = re.compile(
    r"(?<=://)(?!USER:PASSWORD@)(?:[^\s/?#@\"'<>]+@|"
    r"[^\s/?#@:\"'<>]+:(?![0-9]{1,5}(?:[/?#]|$))[^\s@\"'<>]{1,200}+@)"
)
_WEB_TOKEN = re.compile(r"(?<![\w.-])eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?")
_BEARER = re.compile(r"(?P<name>\bBearer\s+)(?!\*)[^\s'\",;<\\]{5,}", re.IGNORECASE)
_BASIC = re.compile(r"(?P<name>authorization\W{1,6}Basic\s+)[^\s'\",;<\\]+", re.IGNORECASE)
_PRIVATE_KEY = re.compile(
    r"(?P<name>-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_ASSIGNED = re.compile(
    r"(?P<name>(?:passw(?:or)?d|secret|token|(?:api|account)[_-]?key|client-key-data)"
    r"[\w.-]{0,200}+(?:\\?[\"']|&quot;)?\s*[=:]\s*(?:\\?[\"']|&quot;)?)"
    r"(?P<value>[^\s,;'\"&<>{}\[\]]+)",
    re.IGNORECASE,
)
# These words alone are those of many sentences, also before a colon.
_PASS = re.compile(
    r"(?P<name>(?:(?<!\w)(?:pass|pwd)\s*=|(?<=_)(?:pass|pwd)[\"']?\s*[=:]|"
    r"(?<=[\"'])(?:pass|pwd)[\"']\s*:)\s*[\"']?)"
    r"(?P<value>[^\s,;'\"&<>{}\[\]]+)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?P<name>[?&;]sig=)[^\s&\"'<>]+", re.IGNORECASE)
_OPTION = re.compile(
    r"(?P<name>(?<![\w-])--?(?:[a-z]+-){0,5}+(?:passw(?:or)?d|secret|token|api-?key)\s+)"
    r"(?P<value>[^\s,;'\"&<>{}\[\]-][^\s,;'\"&<>{}\[\]]*)",
    re.IGNORECASE,
)
_IN_KUBECONFIG = re.compile(
    r"(?:token|password|client-key-data|client-secret|value)[\"']?\s*:\s*[\"']?"
    r"(?P<value>[^\s\"',}]+)",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"([;?&])([^=;?&/#]+)=([^;?&/#]+)")
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
    text = _ASSIGNED.sub(rf"\g<name>{MASK}", masked_forms(text))
    text = _SIGNATURE.sub(rf"\g<name>{MASK}", text)
    text = _PASS.sub(rf"\g<name>{MASK}", text)
    return _OPTION.sub(rf"\g<name>{MASK}", text) if "-" in text else text


def masked_forms(text: str) -> str:
    """As `masked`, but without a guess from a name before it: for markup, which would suffer."""
    for value in known_secrets():
        text = text.replace(value, MASK)
    if "://" in text:
        text = _USER_INFO.sub(f"{MASK}@", text)
    if "eyJ" in text:
        text = _WEB_TOKEN.sub(MASK, text)
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
    end = 2 * limit
    for secret in known_secrets():  # one that is parted would not be known
        at = text.find(secret, max(0, end - len(secret)), end + len(secret))
        end = max(end, at + len(secret)) if at >= 0 else end
    shown = showable(text[:end])
    if len(text) <= limit:
        return shown
    return f"{shown[:limit]}… ({len(text)} characters in all)"


def learn(*secrets: str | None) -> None:
    """Mask these from now on in this process: what somebody signs in with, by who reads it."""
    _SECRETS.learned.update(filter(None, secrets))


def known_secrets() -> tuple[str, ...]:
    """The secrets that this process has, longest first, in each form that others write."""
    return _SECRETS.known()


class _Secrets:
    """Found anew when a variable has changed, or one was learned."""

    def __init__(self) -> None:
        self.learned: set[str] = set()
        self._found: tuple[dict[Any, Any] | None, int, tuple[str, ...]] = (None, 0, ())

    def known(self) -> tuple[str, ...]:
        variables, learned, forms = self._found
        if variables != _ENVIRONMENT or learned != len(self.learned):
            variables, values = dict(_ENVIRONMENT), frozenset(self.learned)
            forms = _forms_of(variables, values)
            self._found = (variables, len(values), forms)  # at once: there are other threads
        return forms


# As the system has them: every cell of a table asks, and to look at each name is slow.
_ENVIRONMENT: Any = getattr(os.environ, "_data", os.environ)
_SECRETS = _Secrets()


def _forms_of(variables: Mapping[Any, Any], learned: Iterable[str]) -> tuple[str, ...]:
    values = list(learned)
    for name, value in variables.items():
        values += _in_variable(os.fsdecode(name), os.fsdecode(value))
    found = {form for value in values for form in _forms(value)}
    return tuple(sorted((form for form in found if len(form) >= SHORTEST), key=len, reverse=True))


def _in_variable(name: str, value: str) -> Iterator[str]:
    if not value or not _OURS.match(name):
        return
    if _HOLDS_ADDRESS.search(name) or "://" in value:
        yield from in_address(value)
    if _HOLDS_KUBECONFIG.search(name):
        paths = [value, *value.split(os.pathsep)]
        contents = [text for path in paths if (text := _content(path)) is not None]
        if not contents:  # the content itself, or something else that is no file
            yield value
            contents = [value, *_decoded(value)]
        for content in contents:
            yield from _in_kubeconfig(content)
    elif _HOLDS_SECRET.search(name):
        held = _content(value)  # of a file the path may be told
        yield value if held is None else held


def in_address(address: str) -> Iterator[str]:
    """User, password and parameters; of one that is wrongly written, all that could be one."""
    for mark, name, value in _PARAMETER.findall(address):
        if mark == ";" or is_secret((name,)):
            yield value
    _, _, rest = address.partition("://")
    user_info, at, _ = (rest or address).rpartition("@")
    if not at:
        return
    yield user_info
    _, _, password = user_info.partition(":")
    yield password
    yield from re.split(r"[/?#@:]", password)


def in_options(words: Sequence[Any]) -> Iterator[str]:
    """The values of options that name a secret, such as `--client-secret X` or `--token=X`."""
    for before, word in pairwise(["", *words]):
        if isinstance(before, str) and isinstance(word, str):
            name, _, value = word.partition("=")
            if value and is_secret((name,)):
                yield value
            if before.startswith("-") and "=" not in before and is_secret((before,)):
                yield word


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
    """As it is, as it stands in an address, in markup, in quotes and in a header."""
    # Who reads it as a host writes it small, and a header's name large.
    for text in {value, value.strip(), value.lower(), value.upper()}:
        quoted = quote(text, "", errors="surrogatepass")
        yield from (text, unquote(text), quoted, quote(quoted, ""), escape(text))
        yield re.sub("%..", lambda found: found[0].lower(), quoted)
        told = json.dumps(text)[1:-1]
        yield from (repr(text)[1:-1], told, told.replace("/", r"\/"))
        if len(text) >= SHORTEST:
            yield base64.b64encode(unquote(text).encode("utf-8", "surrogateescape")).decode()


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
