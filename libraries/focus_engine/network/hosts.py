"""Which hosts belong to which environment: a name and an address that do not fit are refused.

Environments may list their `hosts` (`server.example.org`, `*.example.org`, `192.0.2.7`). Then no
other host may be used under their name; and a host of production under no other name.
"""

import fnmatch
import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from focus_engine.verdict import ToolError

Hosts = tuple[str, ...]


def hosts_in(address: str) -> set[str]:
    """The hosts that an address of HTTP or MongoDB names, or a bare host; lower-case."""
    if address.startswith("mongodb"):
        rest = re.split(r"[/?]", address.partition("://")[2].rpartition("@")[2], maxsplit=1)[0]
        return {_host(f"//{place}") for place in rest.split(",")} - {""}
    if "//" in address:
        return {_host(address)} - {""}
    bare = f"[{address}]" if address.count(":") > 1 else address  # IPv6
    return {_host(f"//{bare}")} - {""}


def require_own_hosts(
    name: str, own: Hosts, production: Mapping[str, Hosts], given: Mapping[str, str]
) -> None:
    """Raise ToolError for a host that is not of environment `name`, or that is production's.

    `production` are the hosts of the other environments that are production, `given` the addresses
    by the variable that holds each.
    """
    for variable, address in given.items():
        for host in sorted(hosts_in(address)):
            _require_not_production(name, production, variable, host)
            if own and variable == "FOCUS_BASE_URL" and not _is_among(host, own):
                raise ToolError(
                    f"{variable} names host '{host}', which is none of environment '{name}' "
                    f"({', '.join(own)}). Choose the environment that the host belongs to, or add "
                    f"it to 'hosts' in variables/environments/{name}.yaml."
                )


def require_not_production_by_address(
    name: str, production: Mapping[str, Hosts], given: Mapping[str, str]
) -> None:
    """Raise ToolError where a host is production's under another name: by what both resolve to."""
    for other, hosts in production.items():
        theirs = _resolved(host for host in hosts if "*" not in host)
        for variable, address in given.items():
            for host in hosts_in(address):
                if theirs & _resolved([host]):
                    raise ToolError(_refusal(name, other, variable, host))


def _require_not_production(
    name: str, production: Mapping[str, Hosts], variable: str, host: str
) -> None:
    for other, hosts in production.items():
        if _is_among(host, hosts):
            raise ToolError(_refusal(name, other, variable, host))


def _refusal(name: str, other: str, variable: str, host: str) -> str:
    return (
        f"{variable} names host '{host}', which is production ('{other}'), but the run is for "
        f"environment '{name}', which allows more. Use --environment {other}, or another address."
    )


def _is_among(host: str, patterns: Iterable[str]) -> bool:
    known = (_in_one_form(pattern.lower().rstrip(".")) for pattern in patterns)
    return any(fnmatch.fnmatchcase(host, pattern) for pattern in known)


def _host(address: str) -> str:
    try:
        return _in_one_form((urlsplit(address).hostname or "").rstrip("."))
    except ValueError:  # judged where addresses are judged
        return ""


def _in_one_form(host: str) -> str:
    """An IP address as it is written shortest, and IPv4 as itself where IPv6 wraps it."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:  # a name
        return host
    return str(getattr(found, "ipv4_mapped", None) or found)


def _resolved(hosts: Iterable[str]) -> set[str]:
    """The addresses that `hosts` have now; none for a name that nobody knows."""
    found: set[str] = set()
    for host in hosts:
        try:
            found |= {_in_one_form(str(entry[4][0])) for entry in socket.getaddrinfo(host, None)}
        except OSError:
            continue
    return found
