"""Runs first in every python that pods/exec starts: the network is what that pod sees of it.

Names and addresses lead where the pod's routes lead; everything else but loopback leads nowhere.
"""

import errno
import json
import os
import socket
from typing import Any

_ROUTES = {
    key: (address, port)
    for key, (address, port) in json.loads(os.environ.pop("SANDBOX_ROUTES", "{}")).items()
}
_HOSTS = {key.rpartition(":")[0] for key in _ROUTES}
_NOWHERE = "203.0.113.53"
"""Address of a known name at a port where nobody listens."""
_SUFFIX = ".cluster.local"

_real_getaddrinfo = socket.getaddrinfo
_real_connect = socket.socket.connect
_real_connect_ex = socket.socket.connect_ex


def _named(host: Any) -> str:
    text = host.decode() if isinstance(host, bytes) else str(host)
    return text.lower().rstrip(".").removesuffix(_SUFFIX)


def _is_loopback(host: str) -> bool:
    return host in {"", "localhost", "::1"} or host.startswith("127.")


def _getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
    if host is None or _is_loopback(_named(host)):
        return _real_getaddrinfo(host, port, *args, **options)
    name = _named(host)
    route = _ROUTES.get(f"{name}:{port}")
    if route is None and name not in _HOSTS:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    address, number = route or (_NOWHERE, port)
    kind = options.get("type") or (args[1] if len(args) > 1 else 0) or socket.SOCK_STREAM
    return _real_getaddrinfo(address, number, socket.AF_INET, kind, flags=socket.AI_NUMERICHOST)


def _gethostbyname(host: str) -> str:
    return str(_getaddrinfo(host, None)[0][4][0])


def _led(address: Any) -> Any:
    """Where an address leads. Raises OSError as connect does."""
    if not isinstance(address, tuple):
        return address
    host = _named(address[0])
    if _is_loopback(host):
        return address
    if route := _ROUTES.get(f"{host}:{address[1]}"):
        return route
    if host == _NOWHERE or host in _HOSTS:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    raise OSError(errno.ENETUNREACH, "Network is unreachable")


def _connect(self: socket.socket, address: Any) -> None:
    _real_connect(self, _led(address))


def _connect_ex(self: socket.socket, address: Any) -> int:
    try:
        return _real_connect_ex(self, _led(address))
    except OSError as error:
        return error.errno or errno.ECONNREFUSED


socket.getaddrinfo = _getaddrinfo
socket.gethostbyname = _gethostbyname
socket.socket.connect = _connect  # type: ignore[method-assign,assignment]
socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign,assignment]
