"""Addresses that the process environment gives: well-formed, and on this machine where they must.

They are judged by a grammar on which all clients agree, so what is judged is what is dialled: an
address that two parsers could read differently is refused. None is quoted whole in a message, since
it may hold a password.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass

from focus_engine.verdict import ToolError

_USER_INFO = r"(?:[\w.~!$&'()*+,;=:%-]*@)?"
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?)"
_PORT = r"(?::(?P<port>\d{1,5}))?"
_HTTP = re.compile(
    rf"(?P<scheme>https?|amqps?)://{_USER_INFO}(?P<host>{_HOST}){_PORT}(?P<path>(?:/[\w.~!$&'()*+,;=:%-]+)*)/*",
    re.ASCII,
)
_MONGO = re.compile(
    rf"mongodb(?P<srv>\+srv)?://{_USER_INFO}(?P<hosts>[^/?#@\\\s]+)(?:/[^/#@\\\s]*)?", re.ASCII
)
_PLACE = re.compile(rf"(?P<host>{_HOST}){_PORT}", re.ASCII)
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?")  # no name ends so
_HIGHEST_PORT = 65_535
NO_ADDRESS = "what is no plain address"


@dataclass(frozen=True)
class HostPort:
    """A host and, where it is given, a port. An IPv6 address has no brackets."""

    host: str
    port: int | None


def http_address(variable: str, text: str, example: str) -> str:
    """`text` without blanks around it and slashes at its end.

    Raises ToolError, which does not quote it, unless it is http(s)://[USER:PASSWORD@]HOST[:PORT]
    and a path.
    """
    address = _stripped(variable, text)
    if not address.startswith("http") or _http(address) is None:
        raise ToolError(
            f"{variable} is no http or https address that can be used{_reason(address)}. "
            f"Write it as {example}."
        )
    return address.rstrip("/")


def amqp_address(variable: str, text: str) -> str:
    """The same for amqp(s)://[USER:PASSWORD@]HOST[:PORT] and a virtual host."""
    address = _stripped(variable, text)
    if not address.startswith("amqp") or _http(address) is None:
        raise ToolError(
            f"{variable} is no usable AMQP address (it is not shown, because it may hold a "
            "password). Write it as amqp://USER:PASSWORD@HOST:5672; what is special in a "
            "password, such as @ or /, is written as %40 or %2F."
        )
    return address.rstrip("/")


def places_of_mongo(variable: str, text: str) -> tuple[HostPort, ...]:
    """The hosts that a MongoDB address names. Raises ToolError, which does not quote it."""
    found = _MONGO.fullmatch(_stripped(variable, text))
    places = [_place(each) for each in found["hosts"].split(",")] if found else [None]
    if None in places:
        raise ToolError(
            f"{variable} is no usable MongoDB address{_reason_of_places(found)} (it is not shown, "
            "because it may hold a password). Write it as mongodb://USER:PASSWORD@HOST/DATABASE; "
            "what is special in a password, such as @ or /, is written as %40 or %2F."
        )
    return tuple(place for place in places if place is not None)


def proxy_address(variable: str, text: str) -> str:
    """[SCHEME://][USER:PASSWORD@]HOST[:PORT]. Raises ToolError, which does not quote it."""
    address = _stripped(variable, text)
    bare = re.sub("^[a-z][a-z0-9+.-]*://", "", address.rstrip("/"), flags=re.IGNORECASE)
    if _http(f"http://{bare}") is None:
        raise ToolError(
            f"{variable} is no address of a proxy that can be used (it is not shown, because it "
            "may hold a password). Write it as http://HOST:PORT, or unset it."
        )
    return address


def scheduler_address(variable: str, text: str) -> str:
    """[tcp://|tls://]HOST:PORT, of Dask's scheduler. Raises ToolError, which does not quote it."""
    address = _stripped(variable, text)
    place = _place(re.sub("^(tcp|tls)://", "", address))
    if place is None or place.port is None:
        raise ToolError(f"{variable} is no address of a scheduler. Write it as tcp://HOST:PORT.")
    return address


def host_name(variable: str, text: str) -> str:
    """A host without a port. Raises ToolError for anything else."""
    bare = _stripped(variable, text)
    place = _place(bare)
    if place is None:
        reason = _reason_of_place(bare)
        raise ToolError(f"{variable} is no name or address of a host{reason}. Write it as HOST.")
    if place.port is not None:
        raise ToolError(f"{variable} has a port, which comes from elsewhere. Write it as HOST.")
    return place.host


def is_url_of_host(text: str) -> bool:
    """Whether `text` is http(s)://HOST and nothing else."""
    found = re.fullmatch(rf"https?://({_HOST})", text, re.ASCII)
    return found is not None and _place(found[1]) is not None


def require_loopback(variable: str, address: str) -> None:
    """Raise ToolError unless every host of `address`, which `variable` holds, is this machine.

    The address is that of HTTP, AMQP or MongoDB, or a host with or without a port.
    """
    if address.startswith("mongodb"):
        places: tuple[HostPort | None, ...] = places_of_mongo(variable, address)
        if address.startswith("mongodb+srv"):
            _refuse(variable, "a DNS record")
    else:
        places = (_http(address) if "://" in address else _place(address),)
    for place in places:
        if place is None or not is_loopback(place.host):
            bare = "://" not in address  # may be a secret in a wrong place
            told = "a host elsewhere" if bare else f"host '{place.host}'" if place else NO_ADDRESS
            _refuse(variable, told)


def is_loopback(host: str) -> bool:
    """Whether a connection to `host` stays on this machine, also where it is a name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost" and _resolves_to_loopback(host)


def _resolves_to_loopback(name: str) -> bool:
    try:
        found = socket.getaddrinfo(name, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(address[0])).is_loopback for *_, address in found)


def _refuse(variable: str, what: str) -> None:
    raise ToolError(
        f"{variable} names {what}, but environment 'sandbox' accepts loopback "
        "addresses only. Choose another environment by name (--environment)."
    )


def _http(address: str) -> HostPort | None:
    found = _HTTP.fullmatch(address)
    return None if found is None else _checked(found["host"], found["port"])


def _place(text: str) -> HostPort | None:
    found = _PLACE.fullmatch(text)
    return None if found is None else _checked(found["host"], found["port"])


def _checked(host: str, port: str | None) -> HostPort | None:
    """None for a port beyond the highest, and for what looks like an IP address and is none."""
    if port is not None and not is_port(port):
        return None
    bare = host.strip("[]")
    try:
        if host.startswith("["):
            ipaddress.IPv6Address(bare)
        elif _is_numeric(host):
            ipaddress.IPv4Address(bare)
    except ValueError:
        return None
    return HostPort(bare, int(port) if port else None)


def _is_numeric(host: str) -> bool:
    """Whether clients read `host` as IPv4: 0x7f.1, 2130706433 and 010.0.0.1, each in its way."""
    return _NUMERIC.fullmatch(host) is not None


def _stripped(variable: str, text: str) -> str:
    """`text` without blanks around it: they come with a copy, and are said where they remain."""
    stripped = text.strip()
    if re.search(r"\s", stripped):
        raise ToolError(f"{variable} holds blanks or several lines. Write one address.")
    unseen = [character for character in stripped if not character.isprintable()]
    if unseen:
        raise ToolError(
            f"{variable} holds a character that cannot be seen (U+{ord(unseen[0]):04X}), such as a "
            "copy brings along. Write the address anew."
        )
    return stripped


def _reason(address: str) -> str:
    """What is wrong, where that can be said without quoting it."""
    if "://" not in address:
        return ": it has no http:// or https:// before the host"
    if not address.startswith(("http://", "https://")):
        return ": its scheme is neither http nor https"
    if "?" in address or "#" in address:
        return ": it has a '?' or '#'; what is special in a password is written as %3F or %23"
    authority, _, path = address.partition("://")[2].partition("/")
    if "@" in path or authority.count("@") > 1:
        return ": what is special in a user or password, such as / or @, is written as %2F or %40"
    return _reason_of_place(authority.rpartition("@")[2])


def _reason_of_place(place: str) -> str:
    host, _, rest = place.partition("]") if place.startswith("[") else place.partition(":")
    if host in {"", "["}:
        return ": it names no host"
    if place.startswith("[") or ":" in rest:
        try:
            ipaddress.IPv6Address(host.removeprefix("[") if "]" in place else "")
        except ValueError:
            return ": an IPv6 address stands in brackets, such as [::1]:80"
    if _is_numeric(host) and _checked(host, None) is None:
        return ": an IPv4 address is four numbers of 0 to 255 without zeros before them"
    port = rest.removeprefix(":")
    if (":" in place.rpartition("]")[2]) and not is_port(port):
        return f": its port is no number of 1 to {_HIGHEST_PORT}"
    return ": it holds a character that cannot stand there"


def _reason_of_places(found: re.Match[str] | None) -> str:
    """The reason of the first host that is none, where the rest of the address has its form."""
    places = found["hosts"].split(",") if found else []
    return next((_reason_of_place(each) for each in places if _place(each) is None), "")


def is_port(text: str) -> bool:
    """Whether `text` is the number of a port, 1 to 65535, in ASCII digits."""
    return re.fullmatch(r"[0-9]{1,5}", text) is not None and 0 < int(text) <= _HIGHEST_PORT
